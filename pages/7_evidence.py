from __future__ import annotations

import streamlit as st

from pages.parts.errors import friendly_errors
from pages.parts.frame import ModelStamp, Source, open_page
from pages.parts.lazily import part
from pages.parts.views import draw_tabs
from pages.parts.wording import plain

page = open_page("evidence")

data = part("evidence_data")
models = data.saved_models(page)
sources = {(str(one.artifact.manifest["cohort"]["name"]), one.synthetic) for one in models.values()}
page.show_sources([Source(name, synthetic, "model") for name, synthetic in sorted(sources)])

day, changed = data.last_change(models)
if changed:
    page.show_model(ModelStamp(" · ".join(one.artifact.version for one in changed), day))
    names = [f"{data.model_label(page, one)} {one.artifact.version}" for one in changed]
    st.caption(
        page.say("last_change", date=plain(day), names=plain(page.say("shared.separator").join(names)))
    )

views = {
    "checks": "evidence_checks",
    "card": "evidence_model",
    "data": "evidence_cohort",
    "published": "evidence_published",
    "reporting": "evidence_reporting",
}
tabs = draw_tabs(page, list(views), "evidence_tabs")
for tab, section in zip(tabs, views.values(), strict=True):
    if tab.open:
        with tab, friendly_errors(page):
            part(section).draw(page, models)
