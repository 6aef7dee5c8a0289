"""What a cohort is called for people."""

from __future__ import annotations

from core.text import has_text, text


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
