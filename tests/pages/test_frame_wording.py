from __future__ import annotations

import pytest

from pages.parts.wording import plain


@pytest.mark.parametrize(
    ("words", "markdown"),
    [
        ("肌酐 μmol/L", "肌酐 μmol/L"),
        ("a_b*c", r"a\_b\*c"),
        ("$x$ :red[y] <b>", r"\$x\$ \:red\[y\] \<b\>"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_what_markdown_would_read_is_shown_as_it_is(words, markdown):
    assert plain(words) == markdown
