"""Published scores beside a saved model: on the fusion page in a table, on the overview the best of each question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.charts.words import word
from core.errors import ArtifactError
from core.evaluation import Interval
from core.text import text
from pages.parts.kept_parts import kept_part
from pages.parts.loaders import results
from pages.parts.show import in_one_line, number, stacked_difference, with_limits
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from core.results import Results
    from pages.parts.frame import Page


@dataclass(frozen=True)
class Rival:
    """One published score on the test patients of one model.

    Attributes
    ----------
    name, label
        Of the score, and the class that it predicts.
    auroc, model, difference
        AUROC of the score, of the model on the same patients, and model less score.
    n, certain
        Patients, and those whose points are certain.
    checked
        Whether its points were read in the source.
    """

    name: str
    label: str
    auroc: Interval
    model: Interval
    difference: Interval
    n: int
    certain: int
    checked: bool

    def title(self, language: str) -> str:
        """Return what the score is called."""
        return text(language, f"scores.titles.{self.name}")


def rivals_of(manifest: Mapping[str, Any]) -> tuple[Rival, ...]:
    """Read the scores that were held against a model; none where the manifest has none.

    Raises
    ------
    ArtifactError
        What is stored is no comparison.
    """
    try:
        return tuple(
            Rival(
                str(one["score"]),
                str(one["class"]),
                *(Interval.from_json(one[key]) for key in ("auroc", "model", "difference")),
                int(one["n"]),
                int(one["n_certain"]),
                one["status"] == "verified",
            )
            for one in manifest.get("scores") or ()
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError("errors.artifact_part", part="manifest.json", reason=str(error)[:80]) from error


def best_by_class(rivals: tuple[Rival, ...]) -> dict[str, Rival]:
    """Class to the score that ranks it best on these patients, in the order in which classes first occur."""
    best: dict[str, Rival] = {}
    for one in rivals:
        if one.label not in best or one.auroc.value > best[one.label].auroc.value:
            best[one.label] = one
    return best


def best_words(page: Page, found: Results) -> str:
    """Return the best published score of each class on the test patients of a model; empty without one.

    Raises
    ------
    ArtifactError
        What is stored is no comparison.
    """
    best = best_by_class(rivals_of(found.artifact.manifest))
    return page.say("fusion_more.glance.separator").join(
        page.say(
            "fusion_more.glance.one",
            name=word(page.language, "classes", name),
            score=plain(one.title(page.language)),
            auroc=in_one_line(with_limits(one.auroc)),
            model=number(one.model.value),
        )
        for name, one in best.items()
    )


def draw(page: Page, found: Results) -> None:
    """Draw the table beside a fusion; where it holds no scores of its own, those of the record model.

    Raises
    ------
    ArtifactError
        What is stored is no comparison.
    """
    own = rivals_of(found.artifact.manifest)
    held = "fusion" if own else "ehr"
    rivals = own or _of_record(found)
    if rivals:
        _beside(page, found, held, rivals=rivals)


@kept_part
def _beside(page: Page, found: Results, held: str, *, rivals: tuple[Rival, ...]) -> None:
    st.header(page.say("fusion_more.rivals.title"), anchor=False)
    st.markdown(page.say(f"fusion_more.rivals.lead_{held}"))
    draw_table(page, rivals, synthetic=found.synthetic)


def draw_table(page: Page, rivals: tuple[Rival, ...], *, synthetic: bool) -> None:
    """Draw scores beside a model, and below them what brackets and stars mean."""
    with st.container(key="short_rivals"):
        st.table(
            _table(page, rivals),
            border="horizontal",
            hide_index=True,
            alt=page.say("fusion_more.rivals.title"),
        )
    notes = [page.say("fusion_more.rivals.note")]
    if not all(one.checked for one in rivals):
        notes.append(page.say("fusion_more.rivals.unchecked"))
    if synthetic:
        notes.append(page.say("pages_ehr.rivals.note"))
    st.caption(" ".join(notes))


def _of_record(found: Results) -> tuple[Rival, ...]:
    """Scores held against the record model, if that is still the one that the fusion was fitted on."""
    stored = found.artifact.manifest.get("bases", {}).get("ehr", {}).get("digest")
    try:
        record = results(found.task, "ehr")
    except ArtifactError:
        return ()
    return rivals_of(record.artifact.manifest) if record.artifact.digest == stored else ()


def _table(page: Page, rivals: tuple[Rival, ...]) -> pd.DataFrame:
    """Three columns, what else is known of a score below its name: it fits a phone."""
    # loaded here: the overview takes words from this module, and no table
    import pandas as pd

    return pd.DataFrame(
        [
            {
                page.say("pages_ehr.rivals.score"): _score(page, one),
                page.say("pages_ehr.rivals.auroc"): _aurocs(page, one),
                page.say("fusion_more.rivals.difference"): _difference(page, one),
            }
            for one in rivals
        ]
    )


def _aurocs(page: Page, one: Rival) -> str:
    model = page.say("fusion_more.rivals.model", value=number(one.model.value))
    return f"{in_one_line(with_limits(one.auroc))}  \n:small[{in_one_line(model)}]"


def _difference(page: Page, one: Rival) -> str:
    """Model less score, and whether the interval leaves out 0."""
    found = one.difference
    verdict = "better" if found.low > 0 else "worse" if found.high < 0 else "open"
    words = stacked_difference(found, page.language)
    return f"{words}  \n:small[{page.say(f'pages_ehr.rivals.{verdict}')}]"


def _score(page: Page, one: Rival) -> str:
    counts = page.say(
        "fusion_more.rivals.counts",
        name=word(page.language, "classes", one.label),
        n=f"{one.n:,}",
        certain=f"{one.certain:,}",
    )
    return f"{plain(one.title(page.language))}{'' if one.checked else ' *'}  \n:small[{plain(counts)}]"
