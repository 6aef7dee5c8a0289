"""Streamlit's own words on an uploader ("Upload", "200MB per file") in the reader's language: it has them in English.

The style sheet takes the English words away, from screen readers too, and puts generated ones in their place, which
screen readers read as text. Should a later Streamlit build its uploader otherwise, nothing matches and the English
words stay.
"""

from __future__ import annotations

import streamlit as st

from core.text import text

_SPOKEN = "en"
_ZONE = '[data-testid="stFileUploaderDropzone"]'
_WORDS = '[data-testid="stMarkdownContainer"]'
_RULES = """<style>
{zone} > span button {words} > p,
{zone} [data-testid="stFileUploaderDropzoneInstructions"] > div > span,
{zone} > div:not([data-testid]) > span:only-child {{ display: none; }}
{zone} > span button {words}::after {{ content: {button}; }}
{zone} [data-testid="stFileUploaderDropzoneInstructions"] > div::after {{
  content: {limit}; font-size: 0.875rem; opacity: 0.82;
}}
{zone} > div:not([data-testid]):has(> span:only-child)::after {{ content: {drop}; font-weight: 600; }}
</style>"""


def translate_uploaders(language: str) -> None:
    """Give the uploaders of a page their words, where the reader's language is not Streamlit's."""
    if language == _SPOKEN:
        return
    limit = text(language, "uploader.limit", megabytes=st.get_option("server.maxUploadSize"))
    words = {
        "button": text(language, "uploader.button"),
        "limit": limit,
        "drop": text(language, "uploader.drop"),
    }
    st.html(_RULES.format(zone=_ZONE, words=_WORDS, **{name: _string(one) for name, one in words.items()}))


def _string(words: str) -> str:
    """Return words as a string of a style sheet."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
