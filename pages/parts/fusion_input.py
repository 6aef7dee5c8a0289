"""The two inputs of a new patient on the fusion page: a row of a table, and a recording; each may be left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.cohort.examples import examples
from pages.parts.ecg_demonstrations import DEMONSTRATIONS, demonstration
from pages.parts.ecg_memory import digest, forget_others, remembered
from pages.parts.ecg_model import probability
from pages.parts.ehr_form import one_row
from pages.parts.loaders import ehr_model, results
from pages.parts.reading import draw_report
from pages.parts.shared_memory import shared

if TYPE_CHECKING:
    import pandas as pd

    from core.cohort.columns import Table
    from core.ecg.interpretation import Reading
    from core.ehr.encoding import Encoder
    from core.prediction import Prediction
    from pages.parts.frame import Page

NEW = "1"
"""What the new patient is called: the two sides are joined by it, whatever the files say."""

_RECORD = ("example", "upload", "none")
_RECORDING = ("demonstration", "upload", "none")


@dataclass(frozen=True)
class Given:
    """One side of a new patient.

    Attributes
    ----------
    kind
        How it was given: ``example``, ``demonstration`` or ``upload``.
    prediction
        What the single model says of it.
    table, reading
        The row, or the recording, under the patient's identifier ``NEW``.
    name
        Which example or demonstration, empty for the visitor's own.
    """

    kind: str
    prediction: Prediction
    table: Table | None = None
    reading: Reading | None = None
    name: str = ""


def ask_record(page: Page, task: str) -> Given | None:
    """Ask for a record; return it with what the record model says of it, None without one.

    Raises
    ------
    TableError
        The table cannot be read.
    ArtifactError
        The record model cannot be loaded.
    """
    kind = _kind(page, "record", _RECORD)
    if kind == "none":
        return None
    from core.prediction import predict_ehr

    with st.spinner(page.say("fusion_more.new.answer.working")):
        model = ehr_model(task)
    table = _example(page, model.encoder) if kind == "example" else _uploaded(page, model.encoder)
    if table is None:
        return None
    table = replace(table, frame=table.frame.set_axis([NEW]).rename_axis("patient_id"))
    name = st.session_state["fusion_new_example"] if kind == "example" else ""

    def predict() -> Prediction:
        return predict_ehr(model, table, task)[0]

    said = (
        shared(("fusion_record", results(task, "ehr").artifact.digest, name), predict) if name else predict()
    )
    return Given(kind, said, table=table, name=name)


def ask_recording(page: Page, task: str) -> Given | None:
    """Ask for a recording; return it with what the ECG model says of it, None without one.

    Raises
    ------
    RecordingError
        The recording cannot be read.
    ArtifactError
        The ECG model cannot be loaded.
    """
    kind = _kind(page, "recording", _RECORDING)
    reading = None
    if kind == "demonstration":
        reading = _demonstrated(page)
    elif kind == "upload":
        reading = _recorded(page)
    if reading is None:
        return None
    with st.spinner(page.say("fusion_more.new.answer.working")):
        found = results(task, "ecg")
        name = st.session_state["fusion_new_demonstration"] if kind == "demonstration" else ""

        def say() -> Prediction:
            return probability(found, reading, NEW)

        said = shared(("fusion_recording", found.artifact.digest, name), say) if name else say()
        return Given(kind, said, reading=reading, name=name)


def example_row(encoder: Encoder, values: dict[str, float | str]) -> pd.DataFrame:
    """Return an example patient as one row of the model's own columns; what the example does not know is missing."""
    row = {feature.column.name: values.get(feature.column.name, np.nan) for feature in encoder.features}
    return one_row(encoder, row, NEW)


def _kind(page: Page, what: str, kinds: tuple[str, ...]) -> str:
    st.markdown(f"**{page.say(f'fusion_more.new.{what}.title')}**")
    chosen = st.segmented_control(
        page.say(f"fusion_more.new.{what}.title"),
        kinds,
        default=kinds[0],
        format_func=lambda name: page.say(f"fusion_more.new.{what}.{name}"),
        key=f"fusion_new_{what}",
        required=True,
        label_visibility="collapsed",
    )
    return chosen or kinds[0]


def _example(page: Page, encoder: Encoder) -> Table:
    from core.cohort.columns import ReadingReport, Table

    one = examples()[
        st.selectbox(
            page.say("fusion_more.new.record.which"),
            list(examples()),
            format_func=lambda name: examples()[name].titles[page.language],
            key="fusion_new_example",
        )
    ]
    st.caption(one.descriptions[page.language])
    row = example_row(encoder, one.values)
    return Table(row, encoder.columns, ReadingReport("form", "form", 1, row.shape[1]))


def _uploaded(page: Page, encoder: Encoder) -> Table | None:
    from core.cohort.tables import load_cells, table_of
    from pages.parts.column_choice import choose_reading

    upload = st.file_uploader(
        page.say("fusion_more.new.record.uploader"),
        key="fusion_new_table",
        help=page.say("pages_ehr.table.formats"),
    )
    if upload is None:
        return None
    cells = load_cells(upload.getvalue(), upload.name)
    mapping = choose_reading(page, cells, "fusion_new")
    table = table_of(cells, columns=encoder.columns, mapping=mapping)
    draw_report(page, table.report)
    rows = [str(each) for each in table.frame.index]
    at = 0
    if len(rows) > 1:
        at = st.selectbox(
            page.say("fusion_more.new.record.row"),
            range(len(rows)),
            format_func=lambda place: rows[place],
            key="fusion_new_row",
        )
    return replace(table, frame=table.frame.iloc[[at]])


def _demonstrated(page: Page) -> Reading:
    name = st.selectbox(
        page.say("fusion_more.new.recording.which"),
        list(DEMONSTRATIONS),
        format_func=lambda each: page.say(f"pages_ecg.demonstrations.{each}.title"),
        key="fusion_new_demonstration",
    )
    st.caption(page.say(f"pages_ecg.demonstrations.{name}.words"))

    def read() -> Reading:
        from core.ecg.interpretation import read_ecg

        return read_ecg(demonstration(name).recording)

    return remembered(("fusion_demonstration", name), read, ours=True)


def _recorded(page: Page) -> Reading | None:
    uploads = st.file_uploader(
        page.say("fusion_more.new.recording.uploader"),
        accept_multiple_files=True,
        key="fusion_new_recording_files",
        help=page.say("pages_ecg.source.upload_help"),
    )
    if not uploads:
        return None
    from core.ecg.interpretation import read_ecg
    from core.recordings import read_one

    files = {upload.name: upload.getvalue() for upload in uploads}
    content = digest(files)
    forget_others(content)
    name = uploads[0].name if len(uploads) == 1 else ""
    return remembered(("fusion_reading", content), lambda: read_ecg(read_one(files, name)))
