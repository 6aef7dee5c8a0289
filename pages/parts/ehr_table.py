"""Many patients at once: a table goes in, how it was read is shown, predictions come out as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from core.charts.words import word
from core.text import text
from pages.parts.file_offer import offer_file
from pages.parts.loaders import ehr_model
from pages.parts.reading import draw_report
from pages.parts.shared_memory import shared
from pages.parts.show import waiting
from pages.parts.spreadsheet import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.cohort.columns import Column
    from core.results import Results
    from pages.parts.frame import Page


def draw(page: Page, found: Results) -> None:
    """Draw upload, reading report, predictions and download; the file stays in memory."""
    st.markdown(page.say("table.lead"))
    offer_file(
        page.say("table.template"),
        shared(
            ("ehr_template", found.artifact.digest, page.language),
            lambda: template(found.encoder.columns, page.language),
        ),
        "ehr-template.csv",
        "text/csv",
        key="ehr_template",
        icon=":material/table:",
    )
    upload = st.file_uploader(page.say("table.upload"), key="ehr_upload", help=page.say("table.formats"))
    if upload is None:
        return
    from core.cohort.tables import load_cells, table_of
    from core.prediction import predict_ehr
    from pages.parts.column_choice import choose_reading

    cells = load_cells(upload.getvalue(), upload.name)
    mapping = choose_reading(page, cells, "ehr")
    with waiting(page.say("form.loading"), 480):
        model = ehr_model(found.task)
        table = table_of(cells, columns=model.encoder.columns, mapping=mapping)
        predictions = predict_ehr(model, table, found.task)
    draw_report(page, table.report)
    rows = []
    for one in predictions:
        row: dict[str, object] = {"patient_id": one.patient_id}
        # a withheld patient has no number; the columns stay
        row |= {f"p_{name}": round(one.probabilities.get(name, np.nan), 4) for name in found.classes}
        row |= {f"raw_{name}": round(one.raw_probabilities.get(name, np.nan), 4) for name in found.classes}
        row["prediction_set"] = " ".join(one.prediction_set)
        row["predicted"] = one.decided
        row["warnings"] = " ".join(warning.say(page.language) for warning in one.warnings)
        rows.append(row)
    frame = pd.DataFrame(rows)
    shown = _shown(page, frame, found)
    risks = [page.say("table.risk", name=word(page.language, "classes", name)) for name in found.classes]
    st.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        column_config={name: st.column_config.NumberColumn(format="%.1f") for name in risks},
        placeholder="–",
        alt=page.say("tabs.table"),
    )
    offer_file(
        page.say("table.download", n=len(frame)),
        csv_bytes(frame),
        "predictions.csv",
        "text/csv",
        key="ehr_download",
        primary=True,
    )
    st.caption(page.say("table.note"))


def template(columns: Sequence[Column], language: str) -> bytes:
    """Return an empty table whose headers are the reader's words with units, as the upload reads them."""
    number = text(language, "pages_ehr.table.id")
    return csv_bytes(pd.DataFrame(columns=[number, *(column.label(language) for column in columns)]))


def _shown(page: Page, frame: pd.DataFrame, found: Results) -> pd.DataFrame:
    """Return the table on screen: risks of 100, classes in words."""
    shown = pd.DataFrame({"patient_id": frame["patient_id"]})
    for name in found.classes:
        column = page.say("table.risk", name=word(page.language, "classes", name))
        shown[column] = (100 * frame[f"p_{name}"]).round(1)
    shown[page.say("table.set")] = [
        page.say("shared.separator").join(word(page.language, "classes", name) for name in names.split())
        for names in frame["prediction_set"]
    ]
    shown[page.say("table.warnings")] = frame["warnings"]
    return shown
