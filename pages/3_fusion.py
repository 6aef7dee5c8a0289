from __future__ import annotations

import streamlit as st

from pages.parts.errors import friendly_errors
from pages.parts.frame import ModelStamp, Source, open_page
from pages.parts.lazily import part
from pages.parts.loaders import available, results
from pages.parts.views import choose_task, draw_tabs

page = open_page("fusion")

tasks = available("fusion")
if not tasks:
    st.info(page.say("no_model"), icon=":material/info:")
    part("fusion_published").draw(page, None, three=None)
    st.stop()

task = choose_task(page, tasks)
with friendly_errors(page):
    found = results(task, "fusion")
    page.show_sources([Source(str(found.artifact.manifest["cohort"]["name"]), found.synthetic, "model")])
    page.show_model(ModelStamp(found.artifact.version, str(found.artifact.run.get("date", "–"))))
    three = part("fusion_data").joined(found, found.artifact.digest)
    part("fusion_verdict").draw_verdict(page, found, three)

    views = ("results", "patient", "new", "method", "published")
    for tab, name in zip(draw_tabs(page, views, "fusion_tabs"), views, strict=True):
        if tab.open:
            with tab, friendly_errors(page):
                part(f"fusion_{name}").draw(page, found, three=three)
