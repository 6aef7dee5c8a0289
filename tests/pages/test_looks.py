"""How the frame looks, computed from its style sheet: contrast on both grounds, nothing cut short."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from core.cohort.naming import cohort_words
from tests.charts.test_theme import THEME, contrast
from tests.pages.browser import ROOT

if TYPE_CHECKING:
    from pathlib import Path

STYLE = (ROOT / "pages" / "parts" / "frame.css").read_text(encoding="utf-8")
ACCENT = "#2b6cb0"


def rule(selector: str) -> str:
    """Return what the style sheet says of a selector."""
    found = re.search(re.escape(selector) + r"[^{]*\{([^}]*)\}", STYLE)
    assert found, selector
    return found[1]


def laid_over(ink: str, ground: str, opacity: float) -> str:
    mixed = (
        round(opacity * int(ink[i : i + 2], 16) + (1 - opacity) * int(ground[i : i + 2], 16))
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{one:02x}" for one in mixed)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_small_print_reaches_aa_on_every_ground(mode):
    opacity = float(re.search(r"opacity:\s*([\d.]+)", rule('[data-testid="stCaptionContainer"]'))[1])
    grounds = {
        THEME[mode][name] if part is None else THEME[mode]["sidebar"][name]
        for part in (None, "sidebar")
        for name in ("backgroundColor", "secondaryBackgroundColor")
    }
    for ground in grounds:
        assert contrast(laid_over(THEME[mode]["textColor"], ground, opacity), ground) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_accent_is_seen_on_both_grounds_and_words_are_read_on_it(mode):
    assert f"--accent: {ACCENT};" in STYLE
    assert contrast(ACCENT, THEME[mode]["backgroundColor"]) >= 3
    assert contrast("#ffffff", ACCENT) >= 4.5
    hover = re.search(r"background: (#[0-9a-f]{6})", rule('[class*="st-key-enter_"] a:hover'))[1]
    assert contrast("#ffffff", hover) >= 4.5


def test_what_is_chosen_is_told_by_weight_and_not_by_a_faint_colour():
    assert "color: inherit" in rule('[role="tab"][aria-selected="true"] p')
    assert "font-weight" in rule('[role="tab"][aria-selected="true"] p')
    assert "color: inherit" in rule('[data-testid="stSliderThumbValue"]')


def test_nothing_is_loaded_from_elsewhere():
    outside = [one for one in re.findall(r"https?://[^'\")\s]+", STYLE) if "www.w3.org/2000/svg" not in one]
    assert outside == []
    assert "@import" not in STYLE


def test_a_projector_gets_larger_letters_and_paper_no_sidebar():
    assert re.search(r"min-width: 1\d00px\) \{\s*html:root \{\s*font-size: 1[789]", STYLE)
    assert "@media print" in STYLE


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_generators_cohorts_are_named_in_the_language_and_others_as_they_are(language):
    words = tomllib.loads((ROOT / "core" / "text" / language / "shared.toml").read_text(encoding="utf-8"))
    for preset, name in words["presets"].items():
        assert cohort_words(f"synthetic {preset}", language).startswith(name)
    assert cohort_words("synthetic [x]", language) == "synthetic [x]"


def tables_without_a_name(path: Path) -> list[int]:
    return [
        call.lineno
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in {"st.dataframe", "st.table", "st.plotly_chart"}
        and "alt" not in {word.arg for word in call.keywords}
    ]


# the pages of cohorts are named by their own headings
PARTS = [
    p for p in sorted((ROOT / "pages" / "parts").glob("*.py")) if not p.stem.startswith(("cohort", "bleed"))
]


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.stem)
def test_every_chart_and_table_has_a_name_for_screen_readers(path):
    assert tables_without_a_name(path) == []
