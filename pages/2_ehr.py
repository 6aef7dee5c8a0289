from __future__ import annotations

import streamlit as st

from pages.parts.errors import friendly_errors
from pages.parts.frame import ModelStamp, Source, open_page
from pages.parts.lazily import part
from pages.parts.loaders import available, results
from pages.parts.views import choose_task, draw_tabs

page = open_page("ehr")

tasks = available("ehr")
if not tasks:
    st.info(page.say("no_model"), icon=":material/info:")
    st.stop()

task = choose_task(page, tasks)
st.markdown(page.say(f"task_lead.{task}"))

with friendly_errors(page):
    found = results(task, "ehr")
    page.show_sources([Source(str(found.artifact.manifest["cohort"]["name"]), found.synthetic, "model")])
    page.show_model(ModelStamp(found.artifact.version, str(found.artifact.run.get("date", "–"))))

    views = {
        "results": "ehr_results",
        "reasons": "ehr_explanation",
        "patient": "ehr_patient",
        "table": "ehr_table",
        "order": "ehr_optimism",
    }
    for tab, section in zip(draw_tabs(page, list(views), "ehr_tabs"), views.values(), strict=True):
        if tab.open:
            with tab:
                part(section).draw(page, found)
