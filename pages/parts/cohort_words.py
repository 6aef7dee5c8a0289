"""Words of the labels mapped by hand: what the reader does not know, how many rows hold it, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.charts.words import word as class_word
from core.cohort.class_words import MEANINGS, MOST_WORDS, UNKNOWN, word_key
from core.cohort.column_mapping import EVENTS, Choice
from pages.parts.cohort_mapping import begin_anew, download, kept_words, session_choices
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.cohort.class_words import ClassesRead, ClassWord
    from core.cohort.column_mapping import ColumnMapping
    from core.cohort.tables import Cells
    from pages.parts.frame import Page


def choose_words(page: Page, columns: tuple[ClassesRead, ...], mapping: ColumnMapping) -> None:
    """Draw what words of the labels mean; the rest of the page waits until every word has a meaning.

    Parameters
    ----------
    columns
        The label columns as the vocabulary alone reads them.
    mapping
        The session's choices, to be downloaded.

    Raises
    ------
    TableError
        A column has too many words to be a label.
    """
    for column in columns:
        if len(column.open_words) > MOST_WORDS:
            column.refuse_open()
    if not any(column.words for column in columns):
        return
    left = [word for column in columns for word in column.open_words if not _said(column, word)]
    asked = any(column.open_words for column in columns)
    title = _say(page, "title", n=len(left)) if left else _say(page, "title_done" if asked else "title_none")
    with st.expander(title, icon=":material/translate:", expanded=asked):
        st.markdown(_say(page, "lead"))
        _buttons(page, columns)
        everything = st.toggle(
            _say(page, "all", n=sum(len(column.words) for column in columns)), key="cohort_words_all"
        )
        for at, column in enumerate(columns):
            _rows(page, at, column, everything=everything)
        if kept_words() and not mapping.choices:
            download(page, mapping, "cohort_words_download")
    if left:
        st.info(_say(page, "left", n=len(left)), icon=":material/edit:")
        st.stop()


def choose_label_columns(page: Page, labels: Cells, mapping: ColumnMapping) -> None:
    """Draw which columns of a labels table are the labels, where its headers do not say so; without any the page waits.

    An outcome may be one column, or two: death and major bleeding.
    """
    from core.cohort.tables import class_columns, unclear_labels

    if not unclear_labels(labels):
        return
    headers = [str(header) for header in labels.frame.columns]
    known = {column.role for column in class_columns(labels)}
    asked = [role for role in ("outcome", "pe", *EVENTS) if role not in known]
    with st.expander(_say(page, "columns.title"), icon=":material/label:", expanded=True):
        st.markdown(_say(page, "columns.lead", file=plain(labels.file)))
        places = [*st.columns(2), *st.columns(2)]
        for place, role in zip(places, asked, strict=False):
            chosen = [header for header, given in mapping.roles_in(headers).items() if given == role]
            key = f"cohort_label_{st.session_state['cohort_map_round']}_{role}"
            place.selectbox(
                page.say(f"cohort_mapping.targets.{role}"),
                headers,
                index=headers.index(chosen[0]) if chosen else None,
                placeholder=_say(page, "choose"),
                key=key,
                on_change=_column_chosen,
                args=(role, key),
            )
        waiting = _half_chosen(labels, mapping)
    if waiting:
        st.info(_say(page, "columns.left"), icon=":material/edit:")
        st.stop()


def _half_chosen(labels: Cells, mapping: ColumnMapping) -> bool:
    """Whether no column is the label yet, or one of the two columns of events is still to be chosen."""
    from core.cohort.tables import has_labels
    from core.errors import TableError

    try:
        return not has_labels(labels, mapping)
    except TableError:
        return True


def _column_chosen(role: str, key: str) -> None:
    choices, header = session_choices(), st.session_state[key]
    # an outcome comes from one column or from two
    instead: tuple[str, ...] = ()
    if header is not None:
        instead = EVENTS if role == "outcome" else ("outcome",) if role in EVENTS else ()
    for other in [other for other, choice in choices.items() if choice.read_as in (role, *instead)]:
        choices.pop(other)
    if header is not None:
        choices[header] = Choice(role)


def _buttons(page: Page, columns: tuple[ClassesRead, ...]) -> None:
    suggested = [
        (column.role, word.word, word.suggestion)
        for column in columns
        for word in column.open_words
        if word.suggestion and not _said(column, word)
    ]
    with st.container(horizontal=True):
        if suggested:
            st.button(
                _say(page, "take", n=len(suggested)),
                on_click=_take,
                args=(suggested,),
                key="cohort_words_take",
                icon=":material/done_all:",
            )
        if kept_words():
            st.button(
                page.say("cohort_mapping.reset"),
                on_click=_reset,
                key="cohort_words_reset",
                icon=":material/undo:",
            )


def _rows(page: Page, at: int, column: ClassesRead, *, everything: bool) -> None:
    """Draw the words of one column: those nobody knows first, codes together, the rest where all are asked for."""
    codes = any(word.word.isdigit() for word in column.open_words)
    listed = [
        (place, word)
        for place, word in enumerate(column.words)
        if everything or not word.now or _said(column, word) or (codes and word_key(word.word).isdigit())
    ]
    if not listed:
        return
    st.markdown(f"**{plain(_say(page, f'roles.{column.role}', column=column.header))}**")
    for place, word in sorted(listed, key=lambda one: bool(one[1].now))[:MOST_WORDS]:
        _row(page, f"{at}_{place}", column, word)


def _row(page: Page, place: str, column: ClassesRead, word: ClassWord) -> None:
    said = _said(column, word)
    now, options = said or word.now, MEANINGS[column.role]
    key = f"cohort_word_{st.session_state['cohort_map_round']}_{place}"
    left, right = st.columns([4, 3], vertical_alignment="center")
    with left:
        mark = "✓ " if said else ""
        st.markdown(f"{mark}**{plain(word.word)}**　{plain(_say(page, 'rows', n=f'{word.n:,}'))}")
        if word.suggestion and not said:
            st.caption(plain(page.say("cohort_mapping.suggested", choice=_meaning(page, word.suggestion))))
    with right:
        st.selectbox(
            _say(page, "means", word=plain(word.word)),
            options,
            index=options.index(now) if now else None,
            placeholder=_say(page, "choose"),
            format_func=lambda name: _meaning(page, name),
            key=key,
            label_visibility="collapsed",
            on_change=_changed,
            args=(column.role, word, key),
        )


def _changed(role: str, word: ClassWord, key: str) -> None:
    """Keep a meaning; one that the vocabulary has by itself is none."""
    _forget(role, word.word)
    meaning = st.session_state[key]
    if meaning is not None and meaning != word.now:
        kept_words().setdefault(role, {})[word.word] = meaning


def _take(suggested: list[tuple[str, str, str]]) -> None:
    for role, word, meaning in suggested:
        kept_words().setdefault(role, {})[word] = meaning
    begin_anew()


def _reset() -> None:
    kept_words().clear()
    begin_anew()


def _forget(role: str, word: str) -> None:
    words = kept_words()
    left = {other: said for other, said in words.get(role, {}).items() if word_key(other) != word_key(word)}
    words.pop(role, None)
    if left:
        words[role] = left


def _said(column: ClassesRead, word: ClassWord) -> str:
    """What a person said of a word, empty where nobody did."""
    said = kept_words().get(column.role, {})
    return next((meaning for other, meaning in said.items() if word_key(other) == word_key(word.word)), "")


def _meaning(page: Page, name: str) -> str:
    return _say(page, UNKNOWN) if name == UNKNOWN else class_word(page.language, "classes", name)


def _say(page: Page, key: str, **values: object) -> str:
    return page.say(f"cohort_words.{key}", **values)
