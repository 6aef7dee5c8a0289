"""How well a saved model ranks, and how right its risks are, in groups of its test patients."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.charts.words import word
from core.errors import ArtifactError
from core.evaluation import FEWEST_EVENTS
from core.late import LateModule
from core.text import has_text
from pages.parts.kept_parts import kept_part
from pages.parts.show import in_one_line, show_chart

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from core.results import Results
    from pages.parts.frame import Page
else:
    pd = LateModule("pandas")

_FILE = "subgroups"
_COLUMNS = frozenset({"variable", "group", "class", "n", "events", "auroc", "low", "high", "few", "oe"})
_MIXED = "esc_2019"


def draw(page: Page, found: Results, key: str) -> None:
    """Draw the section; nothing where the artifact holds no groups.

    Parameters
    ----------
    key
        Prefix of the widgets' keys, one a page.

    Raises
    ------
    ArtifactError
        The stored table is not one of subgroups.
    """
    if f"{_FILE}.csv" not in found.artifact.manifest["files"]:
        return
    names = _classes(found, found.artifact.digest)
    if not names:
        return
    st.header(page.say("subgroups.title"), anchor=False)
    st.markdown(page.say("subgroups.lead"))
    _of_class(page, found, _choose(page, list(names), key), key)


@st.cache_resource(show_spinner=False, max_entries=6)
def _classes(_found: Results, digest: str) -> tuple[str, ...]:  # noqa: ARG001 - the digest is the key
    columns = _found.columns(_FILE)
    if not columns.keys() >= _COLUMNS:
        raise ArtifactError("errors.artifact_part", part=f"{_FILE}.csv", reason="columns")
    return tuple(dict.fromkeys(columns["class"]))


@kept_part
def _of_class(page: Page, found: Results, name: str, key: str) -> None:
    frame = found.frame(_FILE)
    rows = frame[frame["class"] == name].reset_index(drop=True)
    rows["label"] = [
        label(page, variable, group) for variable, group in zip(rows["variable"], rows["group"], strict=True)
    ]
    rows["few"] = rows["few"].astype(bool)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        title = page.say("subgroups.chart", name=word(page.language, "classes", name))
        ranked = rows[rows["auroc"].notna()].reset_index(drop=True)
        chart = charts.subgroup_aurocs(ranked, title, language=page.language, synthetic=found.synthetic)
        show_chart(chart, f"{key}_subgroups")
    with right:
        with st.container(key=f"short_{key}_subgroups"):
            st.table(
                _table(page, rows), border="horizontal", hide_index=True, alt=page.say("subgroups.title")
            )
        st.caption(page.say("subgroups.note", needed=FEWEST_EVENTS))
        if len(found.classes) == 2 and (rows["variable"] == _MIXED).any():
            st.caption(page.say("subgroups.note_diagnosis"))


def label(page: Page, variable: str, group: str, together: Callable[[str], str] = str) -> str:
    """Return ``Age 65–75``, its group in words held ``together``; one that has no words is shown as it is stored."""
    variable_key = f"subgroups.variables.{variable}"
    named = page.say(variable_key) if has_text(variable_key) else variable
    if group == "all":
        return named
    keys = (f"subgroups.groups.{variable}_{group}", f"subgroups.groups.{group}", f"scores.classes.{group}")
    words = next((page.say(each) for each in keys if has_text(each)), group)
    return page.say("subgroups.label", variable=named, group=together(words))


def _choose(page: Page, names: list[str], key: str) -> str:
    if len(names) == 1:
        return names[0]
    chosen = st.segmented_control(
        page.say("subgroups.class"),
        names,
        default=names[-1],
        format_func=lambda each: word(page.language, "classes", each),
        key=f"{key}_subgroup_class",
        required=True,
    )
    return chosen or names[-1]


def _table(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            page.say("subgroups.group"): [
                label(page, variable, group, in_one_line)
                for variable, group in zip(rows["variable"], rows["group"], strict=True)
            ],
            page.say("subgroups.events"): [
                in_one_line(f"{events:,} / {n:,}")
                for events, n in zip(rows["events"], rows["n"], strict=True)
            ],
            page.say("subgroups.oe"): [_ratio(page, row) for _, row in rows.iterrows()],
        }
    )


def _ratio(page: Page, row: pd.Series) -> str:
    """O/E with its limits, greyed where there are too few to judge."""
    value = float(row["oe"])
    if not math.isfinite(value):
        return "–"
    words = in_one_line(f"{value:.2f} ({row['oe_low']:.2f}–{row['oe_high']:.2f})")
    return f":gray[{page.say('subgroups.few', value=words)}]" if row["few"] else words
