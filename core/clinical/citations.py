"""Sources of published knowledge in the reader's language: names of papers stay, the remarks beside them are told."""

from __future__ import annotations

import functools
import re

from core.text import catalogue

_PRINTED = "en"
_ROOM = "citations."
_MARKS = {",": "，", ";": "；", ":": "："}
# marks beside Chinese words are Chinese ones
_BESIDE_CHINESE = re.compile(r"([,;:]) ?(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff）])([,;:]) ")


def cited(source: str, language: str) -> str:
    """Return a source as it is shown to a reader of ``"zh"`` or ``"en"``.

    The data files hold sources once, in English. What is a name (paper, journal, trial, organisation) is the same in
    both languages; remarks such as ``external validation`` stand in the text catalogues under ``citations``.

    Examples
    --------
    >>> cited("Elias 2016 BMJ Open, meta-analysis", "zh")
    'Elias 2016 BMJ Open，荟萃分析'
    """
    if language == _PRINTED:
        return source
    said = _remarks(language)
    found = _pattern().sub(lambda match: _MARKS.get(match.group(1), "") + said[match.group(2)], source)
    return _BESIDE_CHINESE.sub(lambda match: _MARKS[match.group().strip()], found)


@functools.cache
def _remarks(language: str) -> dict[str, str]:
    """Return each remark as printed, and as it is said in a language."""
    there = catalogue(language)
    return {words: there[key] for key, words in catalogue(_PRINTED).items() if key.startswith(_ROOM)}


@functools.cache
def _pattern() -> re.Pattern[str]:
    """Return a pattern of all remarks as whole words, with a mark before; the longer before what they contain."""
    longest_first = sorted(_remarks(_PRINTED), key=len, reverse=True)
    return re.compile(rf"(?:([,;:]) )?(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)")
