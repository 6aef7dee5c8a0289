"""Which recording: a demonstration patient, or a file of one's own, with what was assumed open to correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.ecg_demonstrations import DEMONSTRATIONS, SEX, demonstration
from pages.parts.ecg_memory import digest, forget_others, remembered
from pages.parts.file_offer import offer_file
from pages.parts.notice import Source, draw_sources
from pages.parts.views import asked_for

if TYPE_CHECKING:
    from core.ecg.recording import Recording
    from pages.parts.frame import Page

_KINDS = ("demonstration", "upload", "examples")
UNITS = ("mV", "µV", "V", "nV")
_LOWEST_HZ, _HIGHEST_HZ = 50.0, 10_000.0


@dataclass(frozen=True)
class Chosen:
    """The recording that the page is about.

    Attributes
    ----------
    key
        Tells one choice from another within the session.
    name
        What it is called on screen.
    synthetic
        Whether it was simulated.
    sex
        ``male`` or ``female`` where the file says so.
    stated
        What the device itself measured, as the file states it.
    """

    key: str
    name: str
    recording: Recording
    synthetic: bool
    sex: str | None
    stated: dict[str, float | str]


def draw_source(page: Page) -> Chosen | None:
    """Draw the choice; None while there is nothing to read.

    Raises
    ------
    RecordingError
        The file cannot be read; the fields that correct it stand above.
    """
    kind = st.segmented_control(
        page.say("source.label"),
        _KINDS,
        default=asked_for("source", _KINDS, _KINDS[0]),
        format_func=lambda name: page.say(f"source.{name}"),
        key="ecg_source",
        required=True,
        label_visibility="collapsed",
    )
    if kind == "upload":
        return draw_upload(page)
    if kind == "examples":
        _draw_examples(page)
        return None
    return _demonstrated(page)


def _demonstrated(page: Page) -> Chosen:
    # said anew in every run: the browser forgets which one it is as soon as the options are worded otherwise
    st.session_state["ecg_demonstration"] = st.session_state.get(
        "ecg_demonstration", next(iter(DEMONSTRATIONS))
    )
    name = st.radio(
        page.say("source.demonstration_label"),
        tuple(DEMONSTRATIONS),
        format_func=lambda each: page.say(f"demonstrations.{each}.title"),
        captions=[page.say(f"demonstrations.{each}.words") for each in DEMONSTRATIONS],
        horizontal=True,
        key="ecg_demonstration",
        label_visibility="collapsed",
    )
    made = remembered(("demonstration", name), lambda: demonstration(name), ours=True)
    title = page.say(f"demonstrations.{name}.title")
    draw_sources([Source(title, synthetic=True)], page.language)
    return Chosen(f"demonstration-{name}", title, made.recording, synthetic=True, sex=SEX, stated={})


def draw_upload(page: Page) -> Chosen | None:
    """Ask for a file; None until one is given that can be read."""
    uploads = st.file_uploader(
        page.say("source.upload_label"),
        accept_multiple_files=True,
        key="ecg_upload",
        help=page.say("source.upload_help"),
    )
    st.caption(page.say("source.memory"))
    if not uploads:
        return None
    from core.ecg.reading import read_stated
    from core.recordings import read_one

    files = {upload.name: upload.getvalue() for upload in uploads}
    name = uploads[0].name if len(uploads) == 1 else ""
    content = digest(files)
    forget_others(content)
    unit, rate_hz = _corrections(page, content)
    key = (content, unit, rate_hz)
    recording = remembered(("recording", *key), lambda: read_one(files, name, unit=unit, rate_hz=rate_hz))
    draw_sources([Source(name or " + ".join(sorted(files)), synthetic=False, role="own")], page.language)
    stated = remembered(("stated", content), lambda: read_stated(files, name))
    sex = stated.get("sex")
    return Chosen(
        "-".join(map(str, key)),
        name or " + ".join(sorted(files)),
        recording,
        synthetic=False,
        sex=str(sex) if sex in ("male", "female") else None,
        stated=stated,
    )


def _corrections(page: Page, content: str) -> tuple[str | None, float | None]:
    """Fields that overrule the file; their keys carry the file, so that a new file begins without corrections."""
    with st.expander(page.say("source.correct"), icon=":material/tune:"):
        left, right = st.columns(2)
        unit = left.selectbox(
            page.say("source.unit"),
            UNITS,
            index=None,
            placeholder=page.say("source.as_stated"),
            key=f"ecg_unit_{content[:12]}",
        )
        rate_hz = right.number_input(
            page.say("source.rate"),
            min_value=_LOWEST_HZ,
            max_value=_HIGHEST_HZ,
            value=None,
            step=1.0,
            placeholder=page.say("source.as_stated"),
            key=f"ecg_rate_{content[:12]}",
        )
    return unit, rate_hz


def _draw_examples(page: Page) -> None:
    """One button a file: the same synthetic recording in each format."""
    st.markdown(page.say("examples.lead"))
    draw_sources([Source(page.say("demonstrations.typical.title"), synthetic=True)], page.language)
    with st.container(horizontal=True):
        for source_format, name, content in remembered("examples", _examples, ours=True):
            offer_file(
                f"{page.say(f'formats.{source_format}')} · {name.rpartition('.')[2]}",
                content,
                name,
                "application/octet-stream",
                key=f"ecg_example_{name}",
            )
    st.caption(page.say("examples.note"))


def _examples() -> list[tuple[str, str, bytes]]:
    """Format, name and content of every example file."""
    from core.ecg.writing import EXAMPLE_FORMATS, example_files

    recording = demonstration("typical").recording
    return [
        (source_format, name, content)
        for source_format in EXAMPLE_FORMATS
        for name, content in example_files(recording, source_format, f"ecg-{source_format}").items()
    ]
