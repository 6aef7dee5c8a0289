"""The sources of published knowledge, told in the reader's language."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.checks.data_card import effects_frame, population, presets_frame, signs_frame, variables_frame
from core.clinical.citations import cited
from core.text import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / "core" / "clinical"
REMARKS = [words for key, words in catalogue("en").items() if key.startswith("citations.")]
# parts of names
NAMES = {"van", "der", "of", "cardio"}


def sources_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from [value] if key == "source" else sources_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from sources_in(value)


def all_sources() -> list[str]:
    files = sorted(FOLDER.rglob("*.toml"))
    published = {one for path in files for one in sources_in(tomllib.loads(path.read_text("utf-8")))}
    made = (population(), presets_frame(), effects_frame("en"), variables_frame("en"), signs_frame())
    return sorted({*published, *(one for frame in made for one in frame["source"])})


@pytest.mark.parametrize("source", all_sources())
def test_in_chinese_no_english_remark_is_left(source):
    without_units = re.sub(r"\d [mkµn]?g\b", "", cited(source, "zh"))
    assert set(re.findall(r"(?<![\w.])[a-z]{2,}(?![\w.])", without_units)) <= NAMES


@pytest.mark.parametrize("source", all_sources())
def test_in_english_a_source_is_as_printed(source):
    assert cited(source, "en") == source


@pytest.mark.parametrize("remark", REMARKS)
def test_every_remark_stands_in_a_source(remark):
    assert any(remark in source for source in all_sources())


def test_names_and_numbers_stay():
    said = cited("Chatterjee 2014 JAMA, 8 trials, n = 1,775; quoted by HealthDay on empr.com", "zh")
    assert said.startswith("Chatterjee 2014 JAMA")
    assert "n = 1,775" in said
    assert "HealthDay" in said


def test_the_longer_remark_comes_before_what_it_contains():
    assert "非随机" in cited("Gao 2020 中华急诊医学杂志;29:398, any bleeding, not randomised", "zh")
    assert cited("YEARS, external validation, n = 3,314", "zh") == "YEARS，外部验证，n = 3,314"


def test_a_part_of_a_word_is_no_remark():
    assert cited("Methodology and externally", "zh") == "Methodology and externally"
