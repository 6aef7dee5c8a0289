"""Words that come from outside, made safe to stand in Markdown."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
# lines, and several spaces in a row, begin paragraphs, lists and code
_BREAKS = re.compile(r"[\s\x85\u2028\u2029]*[\r\n\t\v\f\x85\u2028\u2029]\s*|  +")
# what becomes a link, an icon or an arrow only after the escapes are gone: a sign without width keeps it apart
_LATE = re.compile(
    r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)|(?<=:)(?=[\w+-][\w+/-]*:)|(?<=-)(?=[->])|(?<=<)(?=-)", re.IGNORECASE
)
_APART = "\u2060"


def plain(words: str) -> str:
    r"""Return Markdown that shows ``words`` as they are: no emphasis, link, icon, formula or directive.

    Examples
    --------
    >>> print(plain("ehr_2024 [final].csv"))
    ehr\_2024 \[final\]\.csv
    """
    return _MARKDOWN.sub(r"\\\1", _LATE.sub(_APART, _BREAKS.sub(" ", words)))
