from __future__ import annotations

import streamlit as st

from pages.parts.frame import open_page
from pages.parts.overview import what_it_does, what_it_is_and_is_not, where_to_go
from pages.parts.overview_results import results_at_a_glance

page = open_page("overview")

what_it_does(page)
results_at_a_glance(page)
st.divider()
what_it_is_and_is_not(page)
where_to_go(page)
