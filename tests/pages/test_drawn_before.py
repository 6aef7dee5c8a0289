"""What an earlier start of the server drew is sent as it was, and only as long as nothing behind it has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import charts
from pages.parts import drawn_before, kept_parts

PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture
def models(trained, tmp_path, monkeypatch):
    """Models beside which parts may be kept; the memory of this process is empty before and after."""
    root = tmp_path / "models"
    shutil.copytree(trained, root)
    monkeypatch.setenv("PE_ARTIFACTS", str(root))
    monkeypatch.setenv(drawn_before.SETTING, "1")
    kept_parts._for_all.clear()
    yield root
    kept_parts._for_all.clear()


def opened(name: str, language: str = "zh") -> AppTest:
    """Open a page as the first visitor of a server that has just started."""
    kept_parts._for_all.clear()
    app = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> list[str]:
    return [str(getattr(element, "proto", element.type)) for element in app.main]


def kept(root: Path) -> list[Path]:
    return sorted((root / drawn_before.FOLDER).rglob("*.bin"))


def fails(*_: object, **__: object) -> None:
    raise AssertionError("drawn anew")


@pytest.mark.parametrize("name", ["2_ehr", "5_cohort"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_next_start_sends_the_same_without_drawing(models, monkeypatch, name, language):
    before = shown(opened(name, language))
    assert kept(models)
    written = [path.stat().st_mtime_ns for path in kept(models)]
    for chart in ("class_flow", "confusion_matrix", "net_benefit"):
        monkeypatch.setattr(charts, chart, fails)
    monkeypatch.setattr("pages.parts.cohort_made.generate", fails)
    assert shown(opened(name, language)) == before
    assert [path.stat().st_mtime_ns for path in kept(models)] == written


@pytest.mark.parametrize("damage", [b"", b"drawn 1\n", b"drawn 1\n" + bytes(32) + b"x", b"other"])
def test_a_damaged_part_is_drawn_anew(models, damage):
    before = shown(opened("2_ehr"))
    for path in kept(models):
        path.write_bytes(damage)
    assert shown(opened("2_ehr")) == before
    assert all(path.read_bytes() != damage for path in kept(models))


def test_what_unpacks_to_no_messages_is_drawn_anew(models):
    import hashlib
    import zlib

    before = shown(opened("2_ehr"))
    heads = [
        b"[1]",
        b"{}",
        b'[{"on": -1, "element": "nothing", "layout": null, "size": 3}]',
        b'[{"on": -1, "size": 9}]',
    ]
    for path, head in zip(kept(models) * 2, heads * len(kept(models)), strict=False):
        packed = zlib.compress(head + b"\n" + b"\xff" * 9)
        path.write_bytes(drawn_before._HEAD + hashlib.sha256(packed).digest() + packed)
    assert shown(opened("2_ehr")) == before


def test_a_changed_file_of_a_model_or_of_the_program_is_drawn_anew(models, monkeypatch):
    opened("2_ehr")
    before = kept(models)
    (models / "outcome-ehr" / "roc.csv").touch()
    opened("2_ehr")
    after = kept(models)
    assert set(before) < set(after)
    monkeypatch.setattr(drawn_before, "program", lambda: "another")
    opened("2_ehr")
    assert kept(models)
    assert not set(kept(models)) & set(after)


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(models, monkeypatch):
    (models / drawn_before.FOLDER).write_text("in the way", encoding="utf-8")
    first = shown(opened("2_ehr"))
    assert shown(opened("2_ehr")) == first

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (models / drawn_before.FOLDER).unlink()
    monkeypatch.setattr(drawn_before.tempfile, "mkstemp", full)
    assert shown(opened("2_ehr")) == first
    assert kept(models) == []


def test_there_is_an_end_to_how_much_is_kept(models, monkeypatch):
    monkeypatch.setattr(drawn_before, "_MOST_FILES", 2)
    opened("2_ehr")
    assert len(kept(models)) == 2
    monkeypatch.setattr(drawn_before, "_MOST_BYTES", 10)
    shutil.rmtree(models / drawn_before.FOLDER)
    opened("2_ehr")
    assert kept(models) == []


def test_a_key_of_this_process_alone_keeps_nothing(models):
    drawn_before.draw_or_repeat(object, models, lambda: None)
    drawn_before.draw_or_repeat(lambda: fails, models, lambda: None)
    assert kept(models) == []


def test_it_can_be_switched_off(models, monkeypatch):
    monkeypatch.setenv(drawn_before.SETTING, "0")
    opened("2_ehr")
    assert not (models / drawn_before.FOLDER).exists()
