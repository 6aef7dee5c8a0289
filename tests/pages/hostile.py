"""Words that would act if a page took them for Markdown, and what a page draws that a browser reads as Markdown."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.cohort.folder import load_cohort

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    from core.cohort.folder import Cohort

# short enough to be clipped nowhere: a picture that would be fetched, a directive, a formula for a spreadsheet
NAME, LEVEL, WHO = "![n](http://e.x/n)", "![l](http://e.x/l)", "=![w](http://e.x/w)"
COHORT = "![c](http://e.x/c) <b>c</b>"
_RAW = ("![n](", "![l](", "![w](", "![c](", "<b>c</b>")
# drawn as text by the browser: what is typed into, chosen from a list, drawn by Plotly or in a grid's canvas
_AS_TEXT = {
    *(
        "dataframe",
        "arrow_data_frame",
        "plotly_chart",
        "selectbox",
        "multiselect",
        "text_input",
        "text_area",
        "number_input",
    ),
    *("file_uploader", "graphviz_chart", "html", "iframe", "code", "json"),
}


def table(n: int = 160) -> pd.DataFrame:
    """Patients whose table is hostile wherever a table has words, and can be trained on."""
    rng = np.random.default_rng(3)
    sick = rng.integers(0, 2, n)
    return pd.DataFrame(
        {
            "patient_id": [f"{WHO}{number}" for number in range(n)],
            "age": rng.integers(30, 90, n),
            "systolic_bp": rng.normal(130 - 15 * sick, 15).round(),
            NAME: (rng.normal(5 + sick, 1, n)).round(2),
            f"{NAME} 2": rng.choice([LEVEL, f"{LEVEL} b", f"{LEVEL} c"], n),
            f"{NAME} 3": rng.choice(["是", "否"], n),
        }
    )


def csv_of(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_csv(out, index=False)
    return out.getvalue()


def cohort(folder: Path) -> Cohort:
    """A cohort folder of that table."""
    folder.mkdir()
    frame = table()
    (folder / "ehr.csv").write_bytes(csv_of(frame))
    rng = np.random.default_rng(4)
    labels = frame[["patient_id"]].assign(
        pe=(frame[NAME] > 5.5).astype(int), outcome=rng.choice(["none", "death", "bleeding"], len(frame))
    )
    (folder / "labels.csv").write_bytes(csv_of(labels))
    about = (
        f'name = "{COHORT}"\nsource = "{COHORT}"\nindex_time = "{COHORT}"\noutcome_definition = "{COHORT}"\n'
    )
    (folder / "cohort.toml").write_text(about, encoding="utf-8")
    return load_cohort(folder)


def acting(app: AppTest) -> list[str]:
    """Everything on the page that a browser would read as Markdown with the hostile words still in force."""
    return [
        f"{kind}: {words[:300]}"
        for kind, words in _drawn(app)
        if kind not in _AS_TEXT and any(raw in words for raw in _RAW)
    ]


def seen(app: AppTest) -> str:
    """All words on the page, however they are drawn."""
    return "\n".join(words for _, words in _drawn(app))


def _drawn(app: AppTest) -> Iterator[tuple[str, str]]:
    for node in _nodes(app._tree):
        proto = getattr(node, "proto", None)
        if proto is not None:
            yield node.type, "\n".join(_texts(proto))


def _nodes(block: Any) -> Iterator[Any]:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from _nodes(child)


def _texts(message: Any) -> Iterator[str]:
    """Every text in a message, the bytes of its tables included."""
    for field, value in message.ListFields():
        for one in value if field.is_repeated else [value]:
            if isinstance(one, str):
                yield one
            elif isinstance(one, bytes):
                yield one.decode("utf-8", errors="replace")
            elif hasattr(one, "ListFields"):
                yield from _texts(one)
