"""How the network came about: the architectures compared, the facts of its training, how much it learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.evaluation import Interval, delong_test, share_reached
from core.late import LateModule
from core.text import has_text
from pages.parts.kept_parts import kept_part
from pages.parts.show import number, stacked_limits, with_limits
from pages.parts.wording import plain

if TYPE_CHECKING:
    import pandas as pd

    from core.results import Results
    from pages.parts.ecg_results_data import Judged
    from pages.parts.frame import Page
else:
    pd = LateModule("pandas")


@kept_part
def draw(page: Page, found: Results, *, held: Judged) -> None:
    """Draw what was learned, the rivals, and the facts."""
    st.header(page.say("ecg_results.learning.title"), anchor=False)
    st.markdown(learning_sentence(page, found, held))
    st.header(page.say("ecg_results.rivals.title"), anchor=False)
    rivals = found.artifact.manifest.get("rivals") or []
    if rivals:
        st.markdown(page.say("ecg_results.rivals.lead"))
        with st.container(key="short_ecg_rivals"):
            st.table(
                _rivals(page, rivals),
                border="horizontal",
                hide_index=True,
                alt=page.say("ecg_results.rivals.title"),
            )
    else:
        st.caption(page.say("ecg_results.rivals.missing"))
    st.header(page.say("ecg_results.training.title"), anchor=False)
    st.table(
        _facts(page, found, held),
        border="horizontal",
        hide_index=True,
        alt=page.say("ecg_results.training.title"),
    )


def learning_sentence(page: Page, found: Results, held: Judged) -> str:
    """Say how much of the best possible was learned from how many recordings, and whether it is too good."""
    n_train = f"{found.artifact.manifest['n_train']:,}"
    own = with_limits(found.evaluation.classes["pe"].auroc)
    if held.oracle is None or found.oracle is None:
        return page.say("ecg_results.learning.real", n_train=n_train, own=own)
    reached = share_reached(held.event, held.probability, held.oracle)
    said = page.say(
        "ecg_results.learning.reached",
        n_train=n_train,
        share=_percent(reached.value),
        low=_percent(reached.low),
        high=_percent(reached.high),
        own=own,
        oracle=number(found.oracle.classes["pe"].auroc.value),
    )
    gap = delong_test(held.event, held.probability, held.oracle).difference
    verdict = "beyond" if gap.low > 0 else "within" if gap.high < 0 else "close"
    return f"{said} {page.say(f'ecg_results.learning.{verdict}', difference=_signed(page, gap))}"


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("-", "−")


def _signed(page: Page, gap: Interval) -> str:
    # negative limits cannot be joined by a dash
    figures = {"value": gap.value, "low": gap.low, "high": gap.high}
    minus = {name: f"{one:+.3f}".replace("-", "−") for name, one in figures.items()}
    return page.say("ecg_results.learning.difference", **minus)


def _training(found: Results) -> dict[str, Any]:
    stored = found.artifact.manifest.get("training")
    return stored if isinstance(stored, dict) else {}


def _rivals(page: Page, rivals: list[dict[str, Any]]) -> pd.DataFrame:
    names = [_named(page, str(one["name"])) for one in rivals]
    names[0] = page.say("ecg_results.rivals.used", name=names[0])  # the model itself stands first
    return pd.DataFrame(
        {
            page.say("ecg_results.rivals.name"): names,
            page.say("ecg_results.rivals.auroc"): [
                stacked_limits(Interval.from_json(one["auroc"]), page.language) for one in rivals
            ],
            page.say("ecg_results.rivals.parameters"): [_count(one.get("parameters")) for one in rivals],
            page.say("ecg_results.rivals.seconds"): [_count(one.get("seconds")) for one in rivals],
        }
    )


def _named(page: Page, name: str) -> str:
    key = f"ecg_results.rivals.names.{name}"
    return page.say(key) if has_text(key) else plain(name)


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _facts(page: Page, found: Results, held: Judged) -> pd.DataFrame:
    manifest, run = found.artifact.manifest, found.artifact.run
    recordings = manifest.get("recordings") or {}
    own = {
        "train": manifest["n_train"],
        "train_events": manifest["class_counts"]["train"]["pe"],
        "test": manifest["n_test"],
        "recordings": recordings.get("n"),
        "unusable": recordings.get("n_unusable"),
        "severe_share": recordings.get("severe_share"),
        "youden": round(held.thresholds["youden"], 3),
        "sensitivity": round(held.thresholds["sensitivity"], 3),
        "seed": manifest.get("seed"),
        "date": run.get("date"),
        "seconds": run.get("seconds"),
    }
    facts = {
        page.say(f"ecg_results.training.{name}", target=f"{held.target:g}"): _fact(value)
        for name, value in own.items()
        if value is not None
    }
    for name, value in _training(found).items():
        key = f"ecg_results.training.facts.{name}"
        words = _fact(value)
        if words:
            facts[page.say(key) if has_text(key) else plain(name)] = words
    return pd.DataFrame(
        {
            page.say("ecg_results.training.fact"): list(facts),
            page.say("ecg_results.training.value"): [plain(words) for words in facts.values()],
        }
    )


def _fact(value: object) -> str:
    """Return a fact in words; empty for what is no number, word or plain list of them (such as losses)."""
    if isinstance(value, list):
        parts = [_fact(one) for one in value]
        is_plain = all(parts) and not any(isinstance(one, list) for one in value)
        return ", ".join(parts) if is_plain else ""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value}" if isinstance(value, str | float) else ""
