from __future__ import annotations

import pytest

from core.cohort.folder import save_cohort
from core.text import text
from core.training_run import Request
from pages.parts import training_runs
from pages.parts.wording import plain
from tests.pages.test_training import changes, finished, models, opened, said, zipped

__all__ = ["models"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_reader_noticed_in_an_own_cohort_is_told_and_stays_in_memory(
    models, tiny, tmp_path, language
):
    save_cohort(tiny, tmp_path / "cohort")
    table = tmp_path / "cohort" / "ehr.csv"
    lines = table.read_text("utf-8").splitlines()
    odd = ["诊断", *(("a*secret*", "b")[i % 2] for i in range(len(lines) - 1))]
    table.write_text("\n".join(f"{line},{cell}" for line, cell in zip(lines, odd, strict=True)), "utf-8")
    request = Request("diagnosis", "ehr", "upload", upload="2" * 64, changes=changes())
    key = finished(request, zipped(tmp_path / "cohort"))
    run = training_runs.runner().get(key)
    assert not any("诊断".encode() in path.read_bytes() for path in run.folder.rglob("*.jsonl"))
    app = opened(language, training_followed=key)
    assert not app.exception
    (box,) = [
        box
        for box in app.expander
        if box.label == said("progress.noticed", language, n=len(run.notes[language]))
    ]
    assert plain(text(language, "reading_late.late", column="诊断")) in box.markdown[0].value
