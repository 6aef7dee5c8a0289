from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LABELS = """
import sys
import pages.parts
from streamlit import string_util
assert string_util.extract_leading_icon("中文") == ("", "中文")
assert string_util.extract_leading_icon(":material/star: label") == (":material/star:", "label")
assert not string_util.is_emoji("A")
emojis = sys.modules["streamlit.emojis"]
assert not emojis.ALL_EMOJIS
# what the stand-in does not know comes from the table itself
assert len(emojis.ESCAPED_EMOJI) > 1000
assert len(sys.modules["streamlit.emojis"].ALL_EMOJIS) > 1000
"""


def test_labels_are_read_without_the_table_of_emojis_which_is_there_when_asked_for():
    done = subprocess.run(
        [sys.executable, "-c", LABELS],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr[-800:]


def test_no_icon_of_a_page_is_an_emoji():
    found = [
        (path.name, keyword.value.value)
        for path in [ROOT / "streamlit_app.py", *(ROOT / "pages").rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "icon" and isinstance(keyword.value, ast.Constant)
    ]
    assert len(found) > 30
    assert [one for one in found if one[1] is not None and not one[1].startswith(":material/")] == []
