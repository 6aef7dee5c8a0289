"""Tables as hospitals write them that would be read wrongly without a word: each is read right, or said."""

from __future__ import annotations

import pytest

from core.cohort.column_mapping import Choice, check_choices
from core.cohort.tables import label_notes, load_cells, read_both, read_labels, read_table
from core.errors import TableError
from tests.cohort.workbooks import workbook


def notes_of(table) -> dict[str, object]:
    return {note.key: note for note in table.report.notes}


def csv(header: str, *rows: str) -> bytes:
    return "\n".join((header, *rows, "")).encode()


TWO = [
    ["住院号", "生命体征", None, None, "化验", None],
    [None, "心率", "收缩压", "体温", "肌酐(umol/L)", "乳酸"],
    *([f"A{i}", 70 + i, 120 + i, 36.5, 70 + i, 1.5] for i in range(8)),
]
SECOND = [
    ["住院号", "性别", "年龄", "生命体征", None, "乳酸"],
    [None, None, None, "心率", "收缩压", None],
    *([f"A{i}", "男女"[i % 2], 50 + i, 70 + i, 120 + i, 1.5] for i in range(8)),
]
UNITS = [
    ["住院号", "年龄", "肌酐", "血红蛋白"],
    ["单位", "岁", "mg/dL", "g/dL"],
    *([f"A{i}", 50 + i, 0.8 + i / 10, 12 + i / 10] for i in range(8)),
]


@pytest.mark.parametrize("rows", [TWO, SECOND, UNITS])
@pytest.mark.parametrize("first", [None, "某医院导出"])
def test_headers_of_two_rows_keep_the_identifiers_and_name_every_column(rows, first):
    # a title above stands alone, and is no header
    table = read_table(workbook([[first], *rows] if first else rows), "a.xlsx")
    assert table.frame.index.tolist() == [f"A{i}" for i in range(8)]
    assert all(column.known for column in table.columns)
    key = {id(TWO): "header_above", id(SECOND): "header_second", id(UNITS): "unit_row"}[id(rows)]
    assert notes_of(table)[f"reading_rows.{key}"].say("zh")


def test_a_row_of_units_says_what_the_figures_below_it_mean():
    table = read_table(workbook(UNITS), "a.xlsx")
    assert table.frame["creatinine"].iloc[0] == pytest.approx(0.8 * 88.42, abs=0.1)
    assert table.frame["haemoglobin"].iloc[0] == pytest.approx(120)


def test_a_patient_whose_cells_are_words_is_no_row_of_units():
    rows = [["住院号", "性别", "吸烟"], *([f"A{i}", "MF"[i % 2], "MF"[i // 2 % 2]] for i in range(8))]
    assert len(read_table(workbook(rows), "a.xlsx").frame) == 8


def test_sums_means_and_remarks_below_the_patients_are_no_patients():
    patients = [f"A{i},{50 + i},{70 + i}" for i in range(8)]
    below = ["合计,428,588", "平均,53.5,73.5", "均值±标准差,53.5±2,73.5±2", "备注：2024年导出,,"]
    table = read_table(csv("住院号,年龄,肌酐(umol/L)", *patients, *below), "a.csv")
    assert table.frame.index.tolist() == [f"A{i}" for i in range(8)]
    note = notes_of(table)["reading_rows.summary"]
    assert (note.kind, note.values["n"]) == ("left_out", 4)
    assert '"合计" (10)' in read_table(csv("住院号,年龄", *patients_of(8), "合计,428")).report.notes[0].say(
        "zh"
    )


def patients_of(n: int) -> list[str]:
    return [f"A{i},{50 + i}" for i in range(n)]


@pytest.mark.parametrize("word", ["SD 001", "Max", "注射组01", "平均组"])
def test_a_patient_between_others_or_called_alike_stays(word):
    rows = [*patients_of(4), f"{word},60"]
    if word == "Max":
        rows = [rows[-1], *rows[:-1]]
    assert word in read_table(csv("住院号,年龄", *rows), "a.csv").frame.index


def test_a_sum_below_the_labels_is_no_label_and_that_is_said():
    ages = load_cells(csv("patient_id,age", *patients_of(3)), "ehr.csv")
    labels = load_cells(csv("patient_id,pe", "A0,1", "A1,0", "A2,1", "合计,2"), "labels.csv")
    table, read = read_both(ages, labels)
    assert read["pe"].tolist() == [1, 0, 1]
    assert "labels.csv" in notes_of(table)["reading_rows.summary"].say("zh")


@pytest.mark.parametrize("header", ["入院日期", "出生日期", "admission_date"])
def test_dates_that_lost_their_format_are_dates(header):
    table = read_table(csv(f"patient_id,age,{header}", *(f"p{i},{50 + i},{45000 + 9 * i}" for i in range(9))))
    assert [column.name for column in table.columns] == ["age"]
    assert "reading.dates" in notes_of(table)


def test_figures_under_a_header_of_time_with_a_unit_stay_figures():
    rows = (f"p{i},{50 + i},{45000 + 9 * i}" for i in range(9))
    table = read_table(csv("patient_id,age,观察时间(min)", *rows))
    assert "观察时间(min)" in table.frame


def test_shares_among_percents_are_missing_and_said():
    words = ["21%", "40%", "0.21", "50", "35%", "0.4"]
    table = read_table(csv("patient_id,age,FiO2", *(f"p{i},{50 + i},{words[i % 6]}" for i in range(12))))
    assert table.frame["FiO2"].fillna(-1).tolist() == [21, 40, -1, 50, 35, -1] * 2
    assert notes_of(table)["reading.shares"].values["n"] == 4
    again = read_table(
        csv("patient_id,age,FiO2", "a,50,21%", "b,51,0.3", "c,52,33%"), columns=tuple(table.columns)
    )
    assert again.frame["FiO2"].fillna(-1).tolist() == [21, -1, 33]


def test_small_percents_without_a_sign_are_percents():
    words = ["1.2%", "0.9", "0.8%", "1.5%", "2.1%", "0.7"]
    table = read_table(csv("patient_id,age,网织红", *(f"p{i},{50 + i},{words[i % 6]}" for i in range(12))))
    assert table.frame["网织红"].tolist() == [1.2, 0.9, 0.8, 1.5, 2.1, 0.7] * 2


@pytest.mark.parametrize("code", ["-9", "999", "9999"])
def test_codes_for_unknown_in_a_column_of_its_own_are_pointed_out(code):
    words = ["10", "20", "15", "5", code]
    table = read_table(csv("patient_id,age,吸烟包年", *(f"p{i},{50 + i},{words[i % 5]}" for i in range(15))))
    assert notes_of(table)["reading.sentinel"].values["n"] == 3


@pytest.mark.parametrize("words", [["-9", "-3", "2", "5", "8"], ["600", "999", "700", "800", "500"]])
def test_figures_that_fit_among_the_others_are_no_codes(words):
    table = read_table(csv("patient_id,age,差值", *(f"p{i},{50 + i},{words[i % 5]}" for i in range(15))))
    assert "reading.sentinel" not in notes_of(table)


BESIDE = csv(
    "patient_id,结局,大出血,死亡", "a,好转,1,0", "b,死亡,1,1", "c,好转,0,1", "d,好转,0,0", "e,出血,1,0"
)


def test_an_outcome_that_does_not_know_of_an_event_is_pointed_out_for_each_column():
    notes = {note.key: note for note in label_notes(load_cells(BESIDE, "labels.csv"))}
    assert set(notes) == {"events.beside_death", "events.beside_major_bleeding"}
    assert (notes["events.beside_death"].values["n"], notes["events.beside_death"].values["of"]) == ("1", "2")
    bleeding = notes["events.beside_major_bleeding"].values
    assert (bleeding["n"], bleeding["of"]) == ("1", "3")
    assert all("大出血" in notes["events.beside_major_bleeding"].say(language) for language in ("zh", "en"))
    out = check_choices({"结局": Choice("leave_out")})
    assert read_labels(BESIDE, "labels.csv", out)["outcome"].tolist() == [
        "bleeding", "death", "death", "none", "bleeding",
    ]  # fmt: skip


def test_a_major_bleeding_named_in_a_column_of_any_bleeding_is_pointed_out():
    cells = load_cells(csv("patient_id,结局,出血", "a,好转,大出血", "b,死亡,无", "c,好转,有"), "labels.csv")
    (note,) = label_notes(cells)
    assert (note.key, note.values["n"]) == ("events.beside_major_bleeding", "1")


def test_events_that_fit_the_outcome_or_are_no_yes_and_no_are_not_mentioned():
    fine = csv("patient_id,结局,大出血,死亡", "a,好转,0,2024-01-02", "b,死亡,1,", "c,出血,1,")
    assert label_notes(load_cells(fine, "labels.csv")) == ()


def test_the_tables_own_outcome_is_compared_with_its_events_too():
    rows = (f"p{i},{50 + i},{['好转', '死亡'][i % 2]},1" for i in range(8))
    cells = load_cells(csv("patient_id,age,转归,大出血", *rows), "ehr.csv")
    table, _ = read_both(cells, None, check_choices({"转归": Choice("outcome")}))
    assert notes_of(table)["events.beside_major_bleeding"].values["n"] == "4"


@pytest.mark.parametrize("header", ["存活", "survived", "存活（1=是 0=否）"])
def test_a_survivors_yes_is_never_read_as_a_death(header):
    content = csv(f"patient_id,{header},大出血", "a,1,0", "b,0,1", "c,1,0")
    with pytest.raises(TableError) as caught:
        read_labels(content, "labels.csv", check_choices({header: Choice("death")}))
    assert caught.value.key == "errors_events.survival"
    words = csv(f"patient_id,{header},大出血", "a,存活,0", "b,死亡,1", "c,存活,1")
    read = read_labels(words, "labels.csv", check_choices({header: Choice("death")}))
    assert read["outcome"].tolist() == ["none", "death", "bleeding"]


@pytest.mark.parametrize("header", ["存活", "生存状态", "survivor"])
def test_survival_is_no_predictor(header):
    table = read_table(csv(f"patient_id,age,{header}", *(f"p{i},{50 + i},{i % 2}" for i in range(9))))
    assert [column.name for column in table.columns] == ["age"]


def test_persons_numbers_that_repeat_are_never_categories_of_their_own():
    table = read_table(csv("patient_id,患者ID,age", *(f"{i},P{i // 4},{50 + i}" for i in range(16))))
    assert [column.name for column in table.columns] == ["age"]
    assert "reading.identifier_repeats" in notes_of(table)


def test_cells_kept_as_text_by_a_formula_are_what_they_say():
    table = read_table(csv("住院号,age,乳酸", *(f'="00{i}",{50 + i},="1.{i}"' for i in range(6))))
    assert table.frame.index.tolist() == [f"00{i}" for i in range(6)]
    assert table.frame["lactate"].tolist() == [1.0, 1.1, 1.2, 1.3, 1.4, 1.5]


def test_a_one_beside_a_two_is_asked_about_as_the_two_is():
    content = csv("patient_id,pe", "a,1", "b,2", "c,1")
    with pytest.raises(TableError) as caught:
        read_labels(content, "labels.csv", check_choices({}, words={"pe": {"2": "pe"}}))
    assert "“1” (2)" in caught.value.say("zh")
    said = check_choices({}, words={"pe": {"2": "pe", "1": "no_pe"}})
    assert read_labels(content, "labels.csv", said)["pe"].tolist() == [0, 1, 0]
    assert read_labels(content.replace(b"2", b"0"), "labels.csv")["pe"].tolist() == [1, 0, 1]
