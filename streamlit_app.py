from __future__ import annotations

from pages.parts.frame import open_page
from pages.parts.overview import what_it_does, what_it_is_and_is_not
from pages.parts.overview_doors import is_it_real, three_doors
from pages.parts.overview_results import results_at_a_glance, saved_results, sources_of

page = open_page("overview")

found = saved_results(page)
is_it_real(page, sources_of(found))
three_doors(page)
results_at_a_glance(page, found)
what_it_does(page)
what_it_is_and_is_not(page)
