"""The data card: what the cohorts behind the models are; of a generated one every equation, setting and source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.charts.words import word
from core.checks.data_card import (
    effects_frame,
    missing_rules,
    population,
    presets_frame,
    signs_frame,
    variables_frame,
)
from core.clinical.citations import cited
from core.cohort.naming import cohort_words, generator_words
from core.text import has_text
from pages.parts.kept_parts import kept_part
from pages.parts.show import in_one_line
from pages.parts.stacked_table import draw_rows
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.frame import Page

# of the clinical reference: without a mark, 2.6 would pass for a figure
_SECTION = re.compile(r"(?<![\w.])([23]\.[1-6])(?![\w.±])")
_FILES = ("core/cohort/synthetic.toml", "core/ecg/simulator.toml")


@kept_part
def draw(page: Page, models: dict[str, Results]) -> None:
    """Draw the tab; without models, the generator that a cohort would come from."""
    st.markdown(page.say("data.lead"))
    for facts in _cohorts(page, models):
        st.markdown(facts)
    if models and not any(one.synthetic for one in models.values()):
        return
    st.header(page.say("data.generator"), anchor=False)
    st.markdown(page.say("data.generator_lead", files=", ".join(f"`{name}`" for name in _FILES)))
    _equations(page)
    _population(page)
    _effects(page)
    _variables(page)
    _signs(page)


def _cohorts(page: Page, models: dict[str, Results]) -> list[str]:
    """One paragraph a cohort: name, kind, source, settings, and the models trained on it."""
    told: dict[str, str] = {}
    for found in models.values():
        about = found.artifact.manifest["cohort"]
        kind = page.say("frame.source.synthetic" if found.synthetic else "frame.source.real")
        colour = "violet" if found.synthetic else "blue"
        made = generator_words(str(about.get("generator", "")), page.language)
        details = [str(about.get("source", "")), made]
        digest = str(found.artifact.manifest.get("cohort_digest", "–"))[:12]
        words = plain(" · ".join(part for part in details if part))
        name = plain(cohort_words(str(about["name"]), page.language))
        told[digest] = f"- **{name}** :{colour}-badge[{kind}] {words} · SHA-256 `{digest}…`"
    return list(told.values())


def _equations(page: Page) -> None:
    st.markdown(page.say("data.equation_lead"))
    st.latex(r"\ln\frac{P_k}{P_0}=\alpha_k+s\sum_j\beta_{kj}\,f_j(x_j)")
    st.latex(r"q_j=\rho_j z+\sqrt{1-\rho_j^2}\,\varepsilon")
    st.latex(r"x_j=F_{j,\mathrm{stratum}}^{-1}(\Phi(q_j))")
    st.caption(page.say("data.equation_note"))


def _population(page: Page) -> None:
    frame = population()
    st.table(
        pd.DataFrame(
            {
                page.say("data.setting"): [page.say(f"data.settings.{name}") for name in frame["setting"]],
                page.say("data.value"): [f"{value:g}" for value in frame["value"]],
                page.say("data.source"): [plain(one) for one in _sources(page, frame)],
            }
        ),
        border="horizontal",
        hide_index=True,
        alt=page.say("data.generator"),
    )
    presets = presets_frame()
    st.markdown(f"**{page.say('data.presets')}**")
    rows = [
        {
            page.say("data.preset"): _with_source(
                _preset(page, str(name)), cited(of["source"].iloc[0], page.language)
            ),
            **{
                word(page.language, "classes", outcome): _rate(one)
                for outcome, one in of.groupby("outcome", sort=False)
            },
        }
        for name, of in presets.groupby("preset", sort=False)
    ]
    with st.container(key="worded_presets"):
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt=page.say("data.presets"))
    st.caption(page.say("data.presets_note"))


def _preset(page: Page, name: str) -> str:
    return page.say(f"shared.presets.{name}") if has_text(f"shared.presets.{name}") else name


def _with_source(name: str, source: str) -> str:
    """A row's name, its source below it: figures keep a phone's width."""
    return f"{name}  \n:small[{plain(source)}]"


def _rate(one: pd.DataFrame) -> str:
    rate, intercept = one["rate"].iloc[0], one["intercept"].iloc[0]
    if pd.isna(intercept):
        return f"{rate:.1%}"
    return f"{rate:.1%}  \n" + in_one_line(f"(α = {intercept:.3f})".replace("-", "−"))


def _effects(page: Page) -> None:
    frame = effects_frame(page.language)
    st.markdown(f"**{page.say('data.effects')}**")
    rows = [
        {
            page.say("data.variable"): str(row.variable),
            page.say("data.outcome"): word(page.language, "classes", str(row.outcome)),
            "f(x)": str(row.term),
            page.say("data.effect"): str(row.effect),
            page.say("data.source"): source,
        }
        for row, source in zip(frame.itertuples(), _sources(page, frame), strict=True)
    ]
    draw_rows(rows, page.say("data.effects"), tall=True)


def _variables(page: Page) -> None:
    frame = variables_frame(page.language)
    st.markdown(f"**{page.say('data.variables', n=len(frame))}**")
    counts = frame["origin"].value_counts()
    parts = [page.say(f"data.origins.{name}", n=int(n)) for name, n in counts.items()]
    st.caption(page.say("data.origin_lead") + page.say("shared.separator").join(parts))
    rows = [
        {
            page.say("data.variable"): str(row.variable),
            page.say("data.distribution"): str(row.distribution),
            "ρ": f"{row.severity:.2f}" if row.severity else "",
            page.say("data.missing"): f"{row.missing:.1%}" if row.missing else "",
            page.say("data.rule"): page.say(f"data.rules.{row.rule}") if row.rule else "",
            page.say("data.source"): source,
        }
        for row, source in zip(frame.itertuples(), _sources(page, frame), strict=True)
    ]
    draw_rows(rows, page.say("data.variables", n=len(frame)), tall=True)
    rules = [
        f"{page.say(f'data.rules.{name}')}: {formula}"
        for name, formula in missing_rules(page.language).items()
    ]
    st.caption(page.say("data.rules_lead") + " " + plain("; ".join(rules)))


def _signs(page: Page) -> None:
    frame = signs_frame()
    st.markdown(f"**{page.say('data.signs')}**")
    table = pd.DataFrame(
        {
            page.say("data.sign"): [
                _with_source(page.say(f"data.sign_names.{name}"), source)
                for name, source in zip(frame["sign"], _sources(page, frame), strict=True)
            ],
            **{
                page.say(f"data.{of}"): [f"{one:.1%}" for one in frame[of]]
                for of in ("control", "mild", "severe")
            },
        }
    )
    with st.container(key="worded_signs"):
        st.table(table, border="horizontal", hide_index=True, alt=page.say("data.signs"))
    st.caption(page.say("data.note"))


def _sources(page: Page, frame: pd.DataFrame) -> list[str]:
    return [_SECTION.sub(r"§\1", cited(one, page.language)) for one in frame["source"]]
