from __future__ import annotations

import shutil
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PROBE = """
from core.errors import TableError
from pages.parts.errors import friendly_errors
from pages.parts.frame import ModelStamp, Source, open_page

page = open_page("probe")
page.show_sources([Source("a *cohort*", synthetic=True)])
page.show_model(ModelStamp(version="9.9.9", date="2026-01-02"))
with friendly_errors(page):
    raise TableError("errors.folder_missing", folder="some_where")
"""


@pytest.fixture
def with_models(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the pages see the tiny cohort's models instead of the shipped ones."""
    monkeypatch.setenv("PE_ARTIFACTS", str(trained))
    return trained


@pytest.fixture
def small_app(tmp_path: Path) -> Path:
    """Lay out the frame with the overview and one page ``probe``, in a folder of its own."""
    shutil.copytree(_ROOT / "core", tmp_path / "core", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(_ROOT / "pages" / "parts", tmp_path / "pages" / "parts")
    shutil.copy(_ROOT / "pages" / "__init__.py", tmp_path / "pages")
    shutil.copy(_ROOT / "streamlit_app.py", tmp_path)
    (tmp_path / "pages" / "8_probe.py").write_text(_PROBE, encoding="utf-8")
    for language, title in (("zh", "探针"), ("en", "The probe")):
        folder = tmp_path / "core" / "text" / language
        (folder / "pages_probe.toml").write_text(f'title = "{title}"\n', encoding="utf-8")
        frame = folder / "frame.toml"
        words = frame.read_text(encoding="utf-8")
        frame.write_text(words.replace("[navigation]", f'[navigation]\nprobe = "{title}"'), encoding="utf-8")
    return tmp_path
