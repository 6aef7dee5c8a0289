from __future__ import annotations

import streamlit as st

from pages.parts import ehr_explanation, ehr_optimism, ehr_patient, ehr_results, ehr_table
from pages.parts.errors import friendly_errors
from pages.parts.frame import ModelStamp, Source, open_page
from pages.parts.loaders import available, results

page = open_page("ehr")

tasks = available("ehr")
if not tasks:
    st.info(page.say("no_model"), icon=":material/info:")
    st.stop()

task = tasks[0]
if len(tasks) > 1:
    task = (
        st.segmented_control(
            page.say("question"),
            tasks,
            default=tasks[0],
            format_func=lambda name: page.say(f"tasks.{name}"),
            key="ehr_task",
            required=True,
        )
        or tasks[0]
    )

st.markdown(page.say(f"task_lead.{task}"))

with friendly_errors(page):
    found = results(task, "ehr")
    page.show_sources([Source(str(found.artifact.manifest["cohort"]["name"]), found.synthetic)])
    page.show_model(ModelStamp(found.artifact.version, str(found.artifact.run.get("date", "–"))))

    tabs = st.tabs(
        [page.say(f"tabs.{name}") for name in ("results", "reasons", "patient", "table", "order")],
        on_change="rerun",
        key="ehr_tabs",
    )
    sections = (ehr_results, ehr_explanation, ehr_patient, ehr_table, ehr_optimism)
    for tab, section in zip(tabs, sections, strict=True):
        if tab.open:
            with tab:
                section.draw(page, found)
