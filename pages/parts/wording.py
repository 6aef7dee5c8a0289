"""Words that come from outside, made safe to stand in Markdown."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")


def plain(words: str) -> str:
    r"""Return Markdown that shows ``words`` as they are: no emphasis, link, formula or directive.

    Examples
    --------
    >>> print(plain("ehr_2024 [final].csv"))
    ehr\_2024 \[final\]\.csv
    """
    return _MARKDOWN.sub(r"\\\1", words)
