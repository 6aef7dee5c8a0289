from __future__ import annotations

import streamlit as st

from pages.parts import (
    evidence_checks,
    evidence_cohort,
    evidence_model,
    evidence_published,
    evidence_reporting,
)
from pages.parts.errors import friendly_errors
from pages.parts.evidence_data import last_change, model_label, saved_models
from pages.parts.frame import ModelStamp, Source, open_page
from pages.parts.views import draw_tabs
from pages.parts.wording import plain

page = open_page("evidence")

models = saved_models(page)
sources = {(str(one.artifact.manifest["cohort"]["name"]), one.synthetic) for one in models.values()}
page.show_sources([Source(name, synthetic, "model") for name, synthetic in sorted(sources)])

day, changed = last_change(models)
if changed:
    page.show_model(ModelStamp(" · ".join(one.artifact.version for one in changed), day))
    names = [f"{model_label(page, one)} {one.artifact.version}" for one in changed]
    st.caption(
        page.say("last_change", date=plain(day), names=plain(page.say("shared.separator").join(names)))
    )

views = {
    "checks": evidence_checks.draw,
    "card": evidence_model.draw,
    "data": evidence_cohort.draw,
    "published": evidence_published.draw,
    "reporting": evidence_reporting.draw,
}
tabs = draw_tabs(page, list(views), "evidence_tabs")
for tab, draw in zip(tabs, views.values(), strict=True):
    if tab.open:
        with tab, friendly_errors(page):
            draw(page, models)
