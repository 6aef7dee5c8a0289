"""Columns mapped by hand: what the reader doubts, what each column is read as, in which unit, and the file of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from core.cohort.column_mapping import FILE, OWN, ROLES, Choice, ColumnMapping
from core.cohort.columns import unit_words
from core.cohort.variables import variables
from pages.parts.file_offer import offer_file
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.cohort.column_doubts import Doubt
    from pages.parts.frame import Page

_ROWS = 8
# said of columns of which little can be wrong: behind all others
_MILD = ("unit_missing", "unknown", "")
_STATE = "cohort_choices"


def choose_columns(
    page: Page, doubts: tuple[Doubt, ...], table: str, beside: bytes | None = None
) -> ColumnMapping:
    """Draw the choices for a table and return them.

    Parameters
    ----------
    doubts
        Every column of the table, those without a doubt too.
    table
        Digest of the table: another table begins anew.
    beside
        The ``columns.toml`` of the table's own folder, empty where it has none; None lets one be uploaded.

    Raises
    ------
    InputError
        An uploaded mapping is wrong, or two columns are chosen for the same.
    """
    open_doubts = [doubt for doubt in doubts if doubt.reason]
    serious = sum(doubt.reason not in _MILD for doubt in doubts)
    rest = len(open_doubts) - serious
    key = (
        "title" if serious and rest else "title_doubts" if serious else "title_rest" if rest else "title_none"
    )
    title = _say(page, key, n=serious, rest=rest)
    with st.expander(title, icon=":material/rule:", expanded=serious > 0):
        st.markdown(_say(page, "lead"))
        content, name = (beside, FILE) if beside is not None else _uploaded(page)
        choices = _choices(table, content, name)
        _buttons(page, open_doubts, choices)
        _rows(page, doubts, choices)
        return _checked(page, choices)


def _uploaded(page: Page) -> tuple[bytes, str]:
    given = st.file_uploader(
        _say(page, "upload"), type="toml", key="cohort_mapping_file", help=_say(page, "upload_help")
    )
    return (given.getvalue(), given.name) if given is not None else (b"", FILE)


def session_choices() -> dict[str, Choice]:
    """Return what columns were chosen as in this session; empty while no table is open on the Cohort page."""
    kept = st.session_state.get(_STATE)
    choices: dict[str, Choice] = kept[1] if kept is not None else {}
    return choices


def kept_words() -> dict[str, dict[str, str]]:
    """Return what the session's words of the labels mean, by their column; changing it changes the session's."""
    words: dict[str, dict[str, str]] = st.session_state[_STATE][2]
    return words


def begin_anew() -> None:
    """Draw the choices under new widgets: old ones would keep what they showed."""
    st.session_state["cohort_map_round"] = st.session_state.get("cohort_map_round", 0) + 1


def download(page: Page, mapping: ColumnMapping, key: str) -> None:
    """Draw the download of a mapping."""
    from core.cohort.column_mapping import mapping_text

    n_words = sum(len(said) for said in mapping.words.values())
    offer_file(
        _say(page, "download_words" if n_words else "download", n=len(mapping.choices), words=n_words),
        mapping_text(mapping).encode(),
        FILE,
        "application/toml",
        key=key,
        explained=_say(page, "download_help"),
    )


def _checked(page: Page, choices: dict[str, Choice]) -> ColumnMapping:
    from core.cohort.column_mapping import check_choices

    mapping = check_choices(choices, words=kept_words())
    if choices:
        download(page, mapping, "cohort_mapping_download")
    return mapping


def _choices(table: str, content: bytes, name: str) -> dict[str, Choice]:
    """Return the session's choices for a table; an uploaded mapping replaces them once."""
    marker = (table, hashlib.sha256(content).hexdigest())
    kept = st.session_state.get(_STATE)
    if kept is None or kept[0] != marker:
        from core.cohort.column_mapping import parse_mapping

        given = parse_mapping(content, name) if content else ColumnMapping()
        choices = dict(given.choices)
        st.session_state[_STATE] = (marker, choices, {role: dict(said) for role, said in given.words.items()})
        begin_anew()
        return choices
    found: dict[str, Choice] = kept[1]
    return found


def _set_anew(choices: dict[str, Choice]) -> None:
    """Put choices in place of the session's."""
    marker, _, words = st.session_state[_STATE]
    st.session_state[_STATE] = (marker, choices, words)
    begin_anew()


def _buttons(page: Page, doubts: list[Doubt], choices: dict[str, Choice]) -> None:
    suggested = {
        doubt.header: doubt.suggestion
        for doubt in doubts
        if doubt.suggestion is not None and doubt.header not in choices
    }
    with st.container(horizontal=True):
        if suggested:
            st.button(
                _say(page, "take", n=len(suggested)),
                on_click=_set_anew,
                args=(choices | _distinct(suggested, choices),),
                key="cohort_map_take",
                icon=":material/done_all:",
            )
        if choices:
            st.button(
                _say(page, "reset"),
                on_click=_set_anew,
                args=({},),
                key="cohort_map_reset",
                icon=":material/undo:",
            )


def _distinct(suggested: dict[str, Choice], choices: dict[str, Choice]) -> dict[str, Choice]:
    """Suggestions without those that would choose something a second time."""
    taken = {choice.read_as for choice in choices.values() if choice.read_as not in OWN}
    kept = {}
    for header, choice in suggested.items():
        if header in choices or choice.read_as in taken:
            continue
        kept[header] = choice
        if choice.read_as not in OWN:
            taken.add(choice.read_as)
    return kept


def _rows(page: Page, doubts: tuple[Doubt, ...], choices: dict[str, Choice]) -> None:
    everything = st.toggle(_say(page, "all", n=len(doubts)), key="cohort_map_all")
    listed = [
        (place, doubt)
        for place, doubt in enumerate(doubts)
        if everything or doubt.reason or doubt.header in choices
    ]
    if not everything:
        listed.sort(key=lambda one: _MILD.index(one[1].reason) if one[1].reason in _MILD else -1)
    pages = -(-len(listed) // _ROWS)
    shown = 1
    if pages > 1:
        shown = min(st.session_state.get(f"cohort_map_page_{everything}", 1), pages)
    for place, doubt in listed[(shown - 1) * _ROWS : shown * _ROWS]:
        _row(page, place, doubt, choices)
    if pages > 1:
        st.pagination(pages, key=f"cohort_map_page_{everything}")


def _row(page: Page, place: int, doubt: Doubt, choices: dict[str, Choice]) -> None:
    """Draw one column: what it is and what is in doubt, what it is read as, in which unit."""
    choice = choices.get(doubt.header, doubt.now)
    key = f"cohort_map_{st.session_state['cohort_map_round']}_{place}"
    left, middle, right = st.columns([4, 3, 2], vertical_alignment="top")
    with left:
        mark = "✓ " if doubt.header in choices else ""
        st.markdown(f"{mark}**{plain(doubt.header)}**　{plain(' · '.join(doubt.examples))}")
        st.caption(plain(doubt.say(page.language)) + _suggestion(page, doubt))
    options = [*OWN, *ROLES, *variables()]
    with middle:
        st.selectbox(
            _say(page, "read_as_of", column=plain(doubt.header)),
            options,
            index=options.index(choice.read_as),
            format_func=lambda name: _target(page, name),
            key=key,
            label_visibility="collapsed",
            on_change=_changed,
            args=(doubt, key),
        )
    variable = variables().get(choice.read_as)
    if variable is None or len(variable.unit_choices) < 2:
        return
    units = ["", *variable.unit_choices]
    if choice.unit and choice.unit not in units:
        units.append(choice.unit)
    with right:
        st.selectbox(
            _say(page, "unit_of", column=plain(doubt.header)),
            units,
            index=units.index(choice.unit),
            format_func=lambda unit: unit_words(unit, page.language) if unit else _say(page, "unit_found"),
            key=f"{key}_unit_{choice.read_as}",
            label_visibility="collapsed",
            on_change=_unit_changed,
            args=(doubt, choice.read_as, f"{key}_unit_{choice.read_as}"),
        )


def _changed(doubt: Doubt, key: str) -> None:
    read_as = st.session_state[key]
    suggested = doubt.suggestion
    unit = suggested.unit if suggested is not None and suggested.read_as == read_as else ""
    _keep(doubt, Choice(read_as, unit))


def _unit_changed(doubt: Doubt, read_as: str, key: str) -> None:
    _keep(doubt, Choice(read_as, st.session_state[key]))


def _keep(doubt: Doubt, choice: Choice) -> None:
    """Keep a choice; one that says what the reader does by itself is none."""
    choices: dict[str, Choice] = st.session_state[_STATE][1]
    if choice == doubt.now:
        choices.pop(doubt.header, None)
    else:
        choices[doubt.header] = choice


def _suggestion(page: Page, doubt: Doubt) -> str:
    choice = doubt.suggestion
    if choice is None:
        return ""
    words = _target(page, choice.read_as) + (
        f" [{unit_words(choice.unit, page.language)}]" if choice.unit else ""
    )
    return " " + plain(_say(page, "suggested", choice=words))


def _target(page: Page, name: str) -> str:
    variable = variables().get(name)
    return variable.label(page.language) if variable else _say(page, f"targets.{name}")


def _say(page: Page, key: str, **values: object) -> str:
    return page.say(f"cohort_mapping.{key}", **values)
