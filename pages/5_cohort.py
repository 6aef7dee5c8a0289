from __future__ import annotations

import streamlit as st

from pages.parts import cohort_complications, cohort_flow, cohort_source, cohort_views
from pages.parts.errors import friendly_errors
from pages.parts.frame import Source, open_page

page = open_page("cohort")

with friendly_errors(page):
    cohort = cohort_source.choose(page)
    if cohort is None:
        st.info(page.say("nothing_yet"), icon=":material/upload_file:")
        st.stop()
    page.show_sources([Source(cohort.about.name, cohort.about.synthetic)])
    cohort_views.about(page, cohort)
    files = cohort_source.folder_files()
    if files is not None and (files.flow is not None or files.table_one is not None):
        with st.expander(page.say("flow"), icon=":material/account_tree:", expanded=True):
            cohort_flow.flow_and_table_one(page, files)
    tabs = st.tabs(
        [
            page.say(f"tabs.{name}")
            for name in ("report", "missing", "distribution", "complications", "imputation")
        ],
        on_change="rerun",
        key="cohort_tabs",
    )
    views = (
        cohort_views.report,
        cohort_views.missing,
        cohort_views.distributions,
        cohort_complications.complications,
        cohort_views.imputation,
    )
    for tab, draw in zip(tabs, views, strict=True):
        if tab.open:
            with tab:
                draw(page, cohort)
