from __future__ import annotations

import streamlit as st

from pages.parts import fusion_method, fusion_new, fusion_patient, fusion_published, fusion_results
from pages.parts.errors import friendly_errors
from pages.parts.frame import ModelStamp, Source, open_page
from pages.parts.fusion_data import joined
from pages.parts.fusion_verdict import draw_verdict
from pages.parts.loaders import available, results

page = open_page("fusion")

tasks = available("fusion")
if not tasks:
    st.info(page.say("no_model"), icon=":material/info:")
    fusion_published.draw(page, None, None)
    st.stop()

task = tasks[0]
if len(tasks) > 1:
    task = (
        st.segmented_control(
            page.say("question"),
            tasks,
            default=tasks[0],
            format_func=lambda name: page.say(f"tasks.{name}"),
            key="fusion_task",
            required=True,
        )
        or tasks[0]
    )

with friendly_errors(page):
    found = results(task, "fusion")
    page.show_sources([Source(str(found.artifact.manifest["cohort"]["name"]), found.synthetic)])
    page.show_model(ModelStamp(found.artifact.version, str(found.artifact.run.get("date", "–"))))
    three = joined(found, found.artifact.digest)
    draw_verdict(page, found, three)

    views = {
        "results": fusion_results.draw,
        "patient": fusion_patient.draw,
        "new": fusion_new.draw,
        "method": fusion_method.draw,
        "published": fusion_published.draw,
    }
    tabs = st.tabs([page.say(f"tabs.{name}") for name in views], on_change="rerun", key="fusion_tabs")
    for tab, draw in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab, friendly_errors(page):
                draw(page, found, three)
