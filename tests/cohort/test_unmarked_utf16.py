from __future__ import annotations

import pytest

from core.cohort.tables import read_table

LATIN = "patient_id,age\n1,40\n2,50\n3,61\n"
CHINESE = "患者编号,年龄,性别,入院诊断\n" + "".join(
    f"p{i},{40 + i},{'男女'[i % 2]},急性肺栓塞一例\n" for i in range(6)
)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [",", "\t"])
@pytest.mark.parametrize("table", [LATIN, CHINESE])
def test_utf_16_without_its_mark_is_read_as_the_same_table_in_utf_8(codec, mark, table):
    content = table.replace(",", mark)
    read, plain = read_table(content.encode(codec), "a.csv"), read_table(content.encode(), "a.csv")
    assert read.frame.equals(plain.frame)
    assert read.report.format.startswith("CSV, UTF-16")
