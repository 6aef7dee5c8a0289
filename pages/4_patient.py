from __future__ import annotations

import streamlit as st

from core.report import STEPS
from pages.parts.errors import friendly_errors
from pages.parts.frame import ModelStamp, Source, open_page
from pages.parts.lazily import part
from pages.parts.patient_entry import draw_entry, draw_patient_line, patient_name
from pages.parts.patient_models import take_stock
from pages.parts.patient_state import VALUES, current, fold_options, open_linked_example
from pages.parts.show import waiting
from pages.parts.wording import plain

page = open_page("patient")

stock = take_stock()
models = list(stock.models.values())
cohorts = {(str(one.artifact.manifest["cohort"]["name"]), one.synthetic) for one in models}
page.show_sources([Source(name, synthetic, "model") for name, synthetic in sorted(cohorts)])
if models:
    page.show_model(ModelStamp(models[0].artifact.version, str(models[0].artifact.run.get("date", "–"))))
else:
    st.info(page.say("no_model"), icon=":material/info:")
for problem in stock.problems:
    st.warning(plain(problem.say(page.language)), icon=":material/warning:")

open_linked_example()
patient = current()
if patient is None:
    draw_entry(page)
    st.caption(page.say("steps", names=" → ".join(page.say(f"report.steps.{name}") for name in STEPS)))
    st.stop()

draw_patient_line(page, patient)
values = st.expander(
    page.say("values"),
    icon=":material/edit_note:",
    **fold_options(VALUES),
)
if values.open:
    with values, friendly_errors(page):
        part("patient_form").draw_values(page, patient)

with friendly_errors(page):
    with waiting(page.say("loading"), 720):
        worked = part("patient_work").work(patient, patient_name(page, patient))
    part("patient_steps").draw_steps(page, worked, {name: part(f"patient_{name}").draw for name in STEPS})
