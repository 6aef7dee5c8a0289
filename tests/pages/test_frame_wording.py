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
        ("&lt;i&gt;", r"\&lt;i\&gt;"),
        ("a\n\n# b\n    c", r"a \# b c"),
        # a browser makes links and icons of these after the escapes are gone: a sign without width keeps them apart
        ("http://x", "http\\:\u2060//x"),
        ("www.x", "www\u2060\\.x"),
        ("a@b", "a\u2060@b"),
        (":smile: :material/home:", "\\:\u2060smile\\: \\:\u2060material/home\\:"),
        ("10:30, ward 3: yes", r"10\:30, ward 3\: yes"),
    ],
)
def test_what_markdown_would_read_is_shown_as_it_is(words, markdown):
    assert plain(words) == markdown
