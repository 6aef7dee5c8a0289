from __future__ import annotations

import streamlit as st

from pages.parts.errors import friendly_errors
from pages.parts.frame import ModelStamp, Source, open_page
from pages.parts.lazily import part
from pages.parts.loaders import available, results
from pages.parts.views import draw_tabs

page = open_page("ecg")

found = None
with friendly_errors(page):
    if "diagnosis" in available("ecg"):
        found = results("diagnosis", "ecg")
        page.show_sources([Source(str(found.artifact.manifest["cohort"]["name"]), found.synthetic, "model")])
        page.show_model(ModelStamp(found.artifact.version, str(found.artifact.run.get("date", "–"))))

names = ("results", "recording", "many")
at_results, at_recording, at_many = draw_tabs(page, names, "ecg_tabs")

if at_results.open:
    with at_results, friendly_errors(page):
        if found is None:
            st.info(page.say("no_model"), icon=":material/info:")
        else:
            part("ecg_results").draw(page, found)
if at_recording.open:
    with at_recording:
        part("ecg_recording").draw(page, found)
if at_many.open:
    with at_many, friendly_errors(page):
        part("ecg_batch").draw(page, found)
