"""What a cohort is called for people, and how it was made."""

from __future__ import annotations

import re

from core.text import has_text, text

GENERATOR = re.compile(r"preset (\S+), seed (\d{1,9}), signal factor ([0-9.]{1,8})")


def cohort_words(name: str, language: str) -> str:
    """Return what a cohort is called on screen: one of the generator's presets by its own words, others as they are.

    Examples
    --------
    >>> cohort_words("synthetic mixed-registry", "en"), cohort_words("ward 7", "en")
    ('Mixed registry (mixed-registry)', 'ward 7')
    """
    preset = name.removeprefix("synthetic ")
    if preset == name or not has_text(f"shared.presets.{preset}"):
        return name
    return text(
        language, "frame.source.preset", words=text(language, f"shared.presets.{preset}"), name=preset
    )


def generator_words(generator: str, language: str) -> str:
    """Return the settings of a generated cohort in words; what is no such line of settings stays as it is.

    Examples
    --------
    >>> generator_words("preset mixed-registry, seed 0, signal factor 1", "en")
    'preset mixed-registry, seed 0, signal factor 1'
    """
    made = GENERATOR.fullmatch(generator)
    if made is None:
        return generator
    preset, seed, signal = made.groups()
    return text(language, "data_card.generator", preset=preset, seed=seed, signal=signal)
