from __future__ import annotations

import streamlit as st

from core.libraries import said
from pages.parts.errors import friendly_errors
from pages.parts.frame import Source, open_page
from pages.parts.lazily import part
from pages.parts.training_permission import nothing_trains, permission

page = open_page("training")

may = permission()
absent = nothing_trains()
run = part("training_runs").followed() if may.allowed else None
if absent:
    st.info(page.say("libraries.page", names=said(absent)), icon=":material/extension_off:")
elif not may.allowed:
    st.info(page.say("not_allowed"), icon=":material/lock:")
    with st.expander(page.say("rule.title"), icon=":material/help:"):
        st.markdown(page.say("rule.text"))
elif run is None:
    other = part("training_runs").runner().current()
    if other is not None:
        part("training_progress").others(page, other)
    with friendly_errors(page):
        part("training_form").draw(page, may)
    with st.expander(page.say("rule.title"), icon=":material/help:"):
        st.markdown(page.say("rule.text"))
else:
    if run.request.source == "synthetic":
        page.show_sources([Source(page.say(f"shared.presets.{run.request.preset}"), synthetic=True)])
    if run.state == "running":
        st.header(page.say("progress.title"), anchor=False)
        part("training_progress").follow(page, run)
    else:
        with friendly_errors(page):
            part("training_result").draw(page, run)

st.divider()
with friendly_errors(page):
    part("training_in_use").draw(page, allowed=may.allowed)
