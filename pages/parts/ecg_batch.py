"""Many files at once: every recording read, and one table of what was found, to download as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.errors import InputError
from pages.parts.ecg_memory import digest, remembered
from pages.parts.ecg_model import embolism_probability
from pages.parts.ecg_verdict import problem_sentences
from pages.parts.file_offer import offer_file
from pages.parts.spreadsheet import csv_bytes

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.frame import Page

_HEADER = ".hea"
_DIGITS = {"p_pe": 1, "heart_rate_bpm": 0, "axis_deg": 0}
_COLUMNS = ("heart_rate_bpm", "pr_ms", "qrs_ms", "qtc_ms", "axis_deg")


@st.fragment
def draw(page: Page, found: Results | None) -> None:
    """Draw upload, progress, table and download; nothing is kept on disk."""
    st.markdown(page.say("batch.lead"))
    uploads = st.file_uploader(
        page.say("batch.upload"), accept_multiple_files=True, key="ecg_batch", help=page.say("batch.help")
    )
    if not uploads:
        return
    groups = grouped({upload.name: upload.getvalue() for upload in uploads})
    bar = st.progress(0.0, page.say("batch.reading", done=0, n=len(groups)))
    rows = []
    for done, (name, files) in enumerate(groups.items(), start=1):
        rows.append(_row(page, found, name, files))
        bar.progress(done / len(groups), page.say("batch.reading", done=done, n=len(groups)))
    bar.empty()
    frame = pd.DataFrame(rows)
    unread = int((frame["quality"] == "unreadable").sum())
    unusable = int((frame["quality"] == "unusable").sum())
    st.markdown(page.say("batch.summary", n=len(frame), unread=unread, unusable=unusable))
    if found is None:
        st.caption(page.say("model.none"))
    st.dataframe(
        _shown(page, frame),
        hide_index=True,
        width="stretch",
        column_config={
            page.say(f"batch.columns.{name}"): st.column_config.NumberColumn(format=f"%.{digits}f")
            for name, digits in _DIGITS.items()
        },
        placeholder="–",
        alt=page.say("tabs.many"),
    )
    offer_file(
        page.say("batch.download", n=len(frame)),
        csv_bytes(frame),
        "ecg-readings.csv",
        "text/csv",
        key="ecg_batch_download",
        primary=True,
    )


def grouped(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Put a WFDB header and its signal files together; every other file stands alone.

    Examples
    --------
    >>> {name: sorted(parts) for name, parts in grouped({"a.hea": b"", "a.dat": b"", "b.csv": b""}).items()}
    {'a.hea': ['a.dat', 'a.hea'], 'b.csv': ['b.csv']}
    """
    headers = {name.removesuffix(_HEADER): name for name in files if name.endswith(_HEADER)}
    groups: dict[str, dict[str, bytes]] = {}
    for name, content in files.items():
        stem = name.rpartition(".")[0]
        groups.setdefault(headers.get(stem, name), {})[name] = content
    return groups


def _row(page: Page, found: Results | None, name: str, files: dict[str, bytes]) -> dict[str, Any]:
    key = ("batch", page.language, found.artifact.digest if found else None, digest(files))
    # a whole folder would push out what the session keeps of single recordings: its rows are kept apart
    rows: dict[Any, dict[str, Any]] = remembered("batch", dict)
    if key not in rows:
        rows[key] = _read(page, found, name, files)
    return rows[key]


def _read(page: Page, found: Results | None, name: str, files: dict[str, bytes]) -> dict[str, Any]:
    """One row of the table; a file that cannot be read gets its sentence there."""
    from core.ecg.doubts import doubt_words, find_doubts
    from core.ecg.interpretation import read_ecg
    from core.ecg.reading import read_stated
    from core.recordings import read_one

    row: dict[str, Any] = {"file": name, "quality": "unreadable", "p_pe": None}
    row |= dict.fromkeys(_COLUMNS) | {"rhythm": None, "signs": "", "daniel": None, "twist": None}
    try:
        recording = read_one(files, name)
        stated = read_stated(files, name)
    except InputError as error:
        return row | {"problem": error.say(page.language)}
    sex = stated.get("sex")
    reading = read_ecg(recording, "male" if sex == "male" else "female" if sex == "female" else None)
    said = problem_sentences(page, reading.quality.problems)
    said += [doubt_words(page.language, one) for one in find_doubts(reading.measurements, stated)]
    row["problem"] = " ".join([*said, *(page.say(each.key, **each.values) for each in recording.assumptions)])
    if not reading.quality.usable:
        return row | {"quality": "unusable"}
    values = reading.to_json()
    row |= {column: values[column] for column in _COLUMNS} | {"rhythm": values["rhythm"]}
    row["signs"] = page.say("shared.separator").join(
        page.say(f"signs.{sign.name}.label") for sign in reading.signs.values() if sign.present
    )
    row |= {score: result.points for score, result in reading.scores.items()}
    row["p_pe"] = embolism_probability(found, reading)
    return row | {"quality": "usable"}


def _shown(page: Page, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table in words; the download keeps short names and whole numbers."""
    shown = frame.drop(columns=[name for name in ("p_pe",) if frame[name].isna().all()])
    if "p_pe" in shown:
        shown["p_pe"] = (100 * shown["p_pe"].astype(float)).round(1)
    shown["quality"] = [page.say(f"batch.{name}") for name in shown["quality"]]
    shown["rhythm"] = [page.say("rhythm.sinus") if name == "sinus" else "–" for name in shown["rhythm"]]
    return shown.rename(columns={name: page.say(f"batch.columns.{name}") for name in shown})
