"""The model card: what a saved model was made from, how good it is, what it is for and what not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.charts.words import word
from core.cohort.naming import cohort_words, generator_words
from pages.parts.evidence_data import choose_model, model_label
from pages.parts.kept_parts import kept_part
from pages.parts.show import number, stacked_limits, with_limits
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.frame import Page

_USES = ("intended", "not_intended", "limits")


def draw(page: Page, models: dict[str, Results]) -> None:
    """Draw the tab."""
    found = choose_model(page, models)
    if found is not None:
        _card(page, found)


@kept_part
def _card(page: Page, found: Results) -> None:
    st.header(model_label(page, found), anchor=False)
    for name in _USES:
        st.markdown(f"**{page.say(f'card.{name}')}** {page.say(f'card.{name}_of.{found.task}')}")
    if found.synthetic:
        st.markdown(f"**{page.say('card.synthetic')}** {page.say('card.synthetic_body')}")
    _facts_table(page, "card.data", _data(page, found))
    st.header(page.say("card.performance"), anchor=False)
    with st.container(key="short_card"):
        st.table(
            _performance(page, found), border="horizontal", hide_index=True, alt=page.say("card.performance")
        )
    st.caption(
        page.say(
            "card.performance_note",
            n=found.evaluation.n,
            macro=with_limits(found.evaluation.macro_auroc),
        )
    )
    _facts_table(page, "card.made", _made(page, found))
    with st.expander(page.say("card.files", n=len(found.artifact.manifest["files"]))):
        digests = found.artifact.manifest["files"]
        table = {
            page.say("card.file"): list(map(plain, digests)),
            "SHA-256": list(map(_grouped, digests.values())),
        }
        st.table(pd.DataFrame(table), border="horizontal", hide_index=True, alt=page.say("card.file"))


def _facts_table(page: Page, title: str, facts: dict[str, str]) -> None:
    st.header(page.say(title), anchor=False)
    table = pd.DataFrame({page.say("card.fact"): list(facts), page.say("card.value"): list(facts.values())})
    st.table(table, border="horizontal", hide_index=True, alt=page.say(title))


def _data(page: Page, found: Results) -> dict[str, str]:
    manifest = found.artifact.manifest
    about = {"name": "–", "source": "", "index_time": "", "outcome_definition": ""} | manifest["cohort"]
    made = found.synthetic and about.get("generator")
    kind = page.say("frame.source.synthetic" if found.synthetic else "frame.source.real")
    index_time = page.say("pages_cohort.about.made_index_time") if made else str(about["index_time"])
    outcome = page.say("pages_cohort.about.made_outcome") if made else str(about["outcome_definition"])
    facts = {
        "cohort": f"{plain(cohort_words(str(about['name']), page.language))} · {kind}",
        "source": plain(str(about["source"])),
        "index_time": plain(index_time),
        "outcome": plain(outcome) if found.task == "outcome" else "",
        "generator": plain(generator_words(str(about.get("generator", "")), page.language)),
        **{part: _counts(page, found, part) for part in _parts(found)},
        "persons": f"{manifest['n_persons']:,}" if "n_persons" in manifest else "",
        "recordings": _recordings(page, found),
    }
    return {page.say(f"card.facts.{name}"): value for name, value in facts.items() if value}


def _parts(found: Results) -> tuple[str, ...]:
    """Parts with their own counts: where nothing is resampled there is no such part."""
    counts = found.artifact.manifest.get("class_counts", {})
    resampled = counts.get("resampled") != counts.get("train")
    return ("train", "resampled", "test") if resampled else ("train", "test")


def _counts(page: Page, found: Results, part: str) -> str:
    counts = found.artifact.manifest.get("class_counts", {}).get(part)
    if not counts:
        return ""
    parts = [f"{word(page.language, 'classes', name)} {n:,}" for name, n in counts.items()]
    return f"{sum(counts.values()):,} ({' · '.join(parts)})"


def _recordings(page: Page, found: Results) -> str:
    told = found.artifact.manifest.get("recordings")
    if not told:
        return ""
    key = "simulated" if told.get("simulated") else "read"
    share = told.get("severe_share")
    shown = "–" if share is None else f"{share:g}"
    return page.say(
        f"card.recordings_{key}", n=f"{told.get('n', 0):,}", unusable=told.get("n_unusable", "–"), share=shown
    )


def _performance(page: Page, found: Results) -> pd.DataFrame:
    """One column a class and one row a figure: it fits a phone."""
    columns: dict[str, list[str]] = {}
    for name, one in found.evaluation.classes.items():
        figures = {
            page.say("card.facts.events"): f"{one.events:,}",
            "AUROC": stacked_limits(one.auroc, page.language),
            "AUPRC": stacked_limits(one.auprc, page.language),
            "Brier": number(one.brier, 3),
            page.say("card.facts.slope"): stacked_limits(
                one.calibration_slope, page.language, can_be_negative=True
            ),
            page.say("card.facts.intercept"): stacked_limits(
                one.calibration_intercept, page.language, can_be_negative=True
            ),
        }
        if found.oracle is not None:
            oracle = found.oracle.classes[name].auroc
            figures[page.say("card.facts.oracle")] = stacked_limits(oracle, page.language)
        columns.setdefault(page.say("card.fact"), list(figures))
        columns[word(page.language, "classes", name)] = list(figures.values())
    return pd.DataFrame(columns)


def _made(page: Page, found: Results) -> dict[str, str]:
    manifest, run = found.artifact.manifest, found.artifact.run
    settings = ", ".join(
        f"{key} = {_plain_value(value)}" for key, value in manifest.get("settings", {}).items()
    )
    choice = {key: value for key, value in (manifest.get("choice") or {}).items() if key != "trials"}
    seconds = run.get("seconds")
    facts = {
        "version": found.artifact.version,
        "digest": _grouped(found.artifact.digest),
        "date": str(run.get("date", "")),
        "seed": str(manifest.get("seed", "")),
        "cohort_digest": _grouped(str(manifest.get("cohort_digest", ""))),
        "bases": ", ".join(f"{name} {one['digest'][:12]}" for name, one in manifest.get("bases", {}).items()),
        "settings": settings,
        "choice": ", ".join(f"{key} = {value}" for key, value in choice.items()),
        "versions": ", ".join(f"{name} {version}" for name, version in manifest.get("versions", {}).items()),
        "machine": ", ".join(str(run[key]) for key in ("platform", "python") if run.get(key)),
        "seconds": "" if seconds is None else page.say("card.seconds", n=f"{seconds:,.0f}"),
    }
    return {page.say(f"card.facts.{name}"): plain(value) for name, value in facts.items() if value}


def _grouped(digest: str) -> str:
    """Return a digest in groups, so that a phone can break the line."""
    return " ".join(digest[start : start + 16] for start in range(0, len(digest), 16))


def _plain_value(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key} {_plain_value(one)}" for key, one in value.items())
    return " / ".join(map(str, value)) if isinstance(value, list) else str(value)
