from __future__ import annotations

import streamlit as st

from pages.parts import fusion_method, fusion_new, fusion_patient, fusion_published, fusion_results
from pages.parts.errors import friendly_errors
from pages.parts.frame import ModelStamp, Source, open_page
from pages.parts.fusion_data import joined
from pages.parts.fusion_verdict import draw_verdict
from pages.parts.loaders import available, results
from pages.parts.views import choose_task, draw_tabs

page = open_page("fusion")

tasks = available("fusion")
if not tasks:
    st.info(page.say("no_model"), icon=":material/info:")
    fusion_published.draw(page, None, None)
    st.stop()

task = choose_task(page, tasks)
with friendly_errors(page):
    found = results(task, "fusion")
    page.show_sources([Source(str(found.artifact.manifest["cohort"]["name"]), found.synthetic, "model")])
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
    tabs = draw_tabs(page, list(views), "fusion_tabs")
    for tab, draw in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab, friendly_errors(page):
                draw(page, found, three)
