from __future__ import annotations

import streamlit as st

from pages.parts.errors import friendly_errors
from pages.parts.frame import Source, open_page
from pages.parts.lazily import part
from pages.parts.views import draw_tabs

page = open_page("cohort")

with friendly_errors(page):
    source = part("cohort_source")
    cohort = source.choose(page)
    if cohort is None:
        st.info(page.say("nothing_yet"), icon=":material/upload_file:")
        st.stop()
    page.show_sources([Source(cohort.about.name, cohort.about.synthetic)])
    part("cohort_views").about(page, cohort)
    files = source.folder_files()
    if files is not None and files.flow is not None and len(files.flow):
        with st.expander(page.say("flow"), icon=":material/account_tree:", expanded=True):
            part("cohort_flow").flow(page, files.flow)
    views = {
        "report": ("cohort_views", "report"),
        "classes": ("cohort_classes", "classes_and_parts"),
        "table_one": ("cohort_flow", "table_one_of"),
        "missing": ("cohort_missing", "missing"),
        "distribution": ("cohort_distributions", "distributions"),
        "complications": ("cohort_complications", "complications"),
        "imputation": ("cohort_imputation", "imputation"),
    }
    tabs = draw_tabs(page, list(views), "cohort_tabs")
    for tab, (name, draw) in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                getattr(part(name), draw)(page, cohort)
