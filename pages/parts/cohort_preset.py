"""A cohort built from a preset on the Cohort page: what it is made of, and its folder to download."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import streamlit as st

from core.cohort.synthetic import assumptions, presets
from pages.parts.cohort_made import MadeCohort
from pages.parts.cohort_memory import of_preset, started, was_started
from pages.parts.file_offer import offer_file

if TYPE_CHECKING:
    from core.cohort.folder import Cohort
    from core.cohort.synthetic import SyntheticPatients
    from pages.parts.frame import Page

_SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000)
# what training takes as a seed
_MOST_SEED = 2**32 - 1


def built(page: Page) -> Cohort:
    """Draw the choice of preset, size and seed, say what comes of it, offer it for download, and return it."""
    columns = st.columns([4, 3, 2])
    with columns[0]:
        preset = st.selectbox(
            page.say("source.preset"),
            presets(),
            format_func=lambda name: _preset_words(page, name),
            key="cohort_preset",
        )
    with columns[1]:
        size = st.select_slider(
            page.say("source.size"), _SIZES, value=2_000, format_func="{:,}".format, key="cohort_size"
        )
    with columns[2]:
        seed = st.number_input(page.say("source.seed"), 0, _MOST_SEED, 0, 1, key="cohort_seed")
    made = _generated(int(size), int(seed), str(preset))
    cohort = cast("Cohort", made)
    with st.expander(_say(page, "title"), icon=":material/download:"):
        st.markdown(_meaning(page, str(preset)))
        _download(page, made, cohort)
    return cohort


# generated patients are nobody's: visitors may share them
@st.cache_resource(show_spinner=False, max_entries=6)
def _generated(size: int, seed: int, preset: str) -> MadeCohort:
    made = MadeCohort(size, seed, preset)
    of_preset(cast("Cohort", made), size, seed, preset)
    return made


def _meaning(page: Page, preset: str) -> str:
    rates, population = assumptions()["presets"][preset]["rates"], assumptions()["population"]
    percents = {name: f"{100 * rates[name]:.1f}" for name in ("none", "death", "bleeding")}
    return _say(page, "meaning", pe=f"{100 * population['pe_share']:.0f}", **percents)


def _download(page: Page, made: MadeCohort, cohort: Cohort) -> None:
    from core.packed import MOST_WITH_ECG, packed_name

    n = made.size
    few = n <= MOST_WITH_ECG
    ecg = few and st.checkbox(_say(page, "with_ecg", megabytes=round(0.08 * n)), key="cohort_zip_ecg")
    if not few:
        st.caption(_say(page, "many", most=f"{MOST_WITH_ECG:,}"))
        st.code(_command(made), language="bash", wrap_lines=True)
    name = f"zip {ecg}"
    if st.button(_say(page, "make"), key="cohort_zip", icon=":material/folder_zip:"):
        with st.spinner(_say(page, "making"), show_time=True):
            started(cohort, name, lambda: _packed(made.patients, ecg=ecg))
    if not was_started(cohort, name):
        return
    content = started(cohort, name, lambda: _packed(made.patients, ecg=ecg))
    offer_file(
        _say(page, "take", size=_size(len(content))),
        content,
        f"{packed_name(made.patients)}{'' if ecg else '-no-ecg'}.zip",
        "application/zip",
        key="cohort_zip_download",
        primary=True,
    )
    st.caption(_say(page, "use"))


def _packed(patients: SyntheticPatients, *, ecg: bool) -> bytes:
    from core.packed import pack_synthetic

    return pack_synthetic(patients, ecg=ecg)


def _size(n: int) -> str:
    return f"{n / 1e6:.1f} MB" if n >= 1e6 else f"{n / 1e3:.0f} kB"


def _command(made: MadeCohort) -> str:
    return (
        f"python -m core demo --out cohorts/{made.preset} --patients {made.size} "
        f"--seed {made.seed} --preset {made.preset}"
    )


def _preset_words(page: Page, name: str) -> str:
    rates = assumptions()["presets"][name]["rates"]
    percents = " / ".join(f"{100 * rates[key]:.1f}" for key in ("none", "death", "bleeding"))
    return f"{page.say(f'shared.presets.{name}')} ({percents}%)"


def _say(page: Page, key: str, **values: object) -> str:
    return page.say(f"cohort_preset.{key}", **values)
