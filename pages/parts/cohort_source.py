"""Which patients the Cohort page looks at: a synthetic preset, or files of one's own, kept in memory only."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.lazily import part

if TYPE_CHECKING:
    from core.cohort.folder import Cohort
    from core.cohort.folder_files import FolderFiles
    from pages.parts.frame import Page

_KINDS = ("synthetic", "upload", "folder")
_FOLDER_FILES = ("csv", "toml", "zip")
_UNZIPPED = "cohort_unzipped"


def choose(page: Page) -> Cohort | None:
    """Draw the choice; None while a table of one's own has not been given.

    Raises
    ------
    InputError
        An uploaded file cannot be used.
    """
    kind = st.segmented_control(
        page.say("source.label"),
        _KINDS,
        default=_KINDS[0],
        format_func=lambda name: page.say(f"source.{name}"),
        key="cohort_kind",
        required=True,
    )
    if kind == "folder":
        files = _from_folder(page)
        return files.cohort if files is not None else None
    if kind == "upload":
        own: Cohort | None = part("cohort_upload").uploaded(page)
        return own
    made: Cohort = part("cohort_preset").built(page)
    return made


def folder_files() -> FolderFiles | None:
    """What a cohort folder's files said, where such a folder is what the page looks at."""
    kept = st.session_state.get("cohort_folder_read")
    if st.session_state.get("cohort_kind") != "folder" or kept is None:
        return None
    files: FolderFiles = kept[1]
    return files


def _from_folder(page: Page) -> FolderFiles | None:
    given = st.file_uploader(
        page.say("source.folder_files"),
        type=_FOLDER_FILES,
        accept_multiple_files=True,
        key="cohort_folder",
        help=page.say("source.folder_help"),
    )
    upload = part("cohort_upload")
    if not given:
        for name in ("cohort_folder_read", _UNZIPPED):
            st.session_state.pop(name, None)
        upload.forget()
        return None
    from core.cohort.column_mapping import FILE
    from core.cohort.folder_files import LABELS, TABLE, check_table, read_folder_cells

    files = _tables({file.name: file.getvalue() for file in given})
    check_table(files)
    found = upload.asked(page, (files[TABLE], TABLE), (files.get(LABELS, b""), LABELS), files.get(FILE, b""))
    digests = sorted((name, hashlib.sha256(content).hexdigest()) for name, content in files.items())
    key = (*digests, found.key)
    kept = st.session_state.get("cohort_folder_read")
    # in this session alone, as the tables of an upload
    if kept is None or kept[0] != key:
        st.session_state.pop("cohort_folder_read", None)
        read = read_folder_cells(files, found.cells, found.labels, found.mapping)
        st.session_state["cohort_folder_read"] = kept = (key, read)
    shown: FolderFiles = kept[1]
    return shown


def _tables(given: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files that were given, those of a ZIP file in its place; it is looked into once."""
    files = {}
    for name, content in given.items():
        if not name.casefold().endswith(".zip"):
            files[name] = content
            continue
        digest = hashlib.sha256(content).hexdigest()
        kept = st.session_state.get(_UNZIPPED)
        if kept is None or kept[0] != digest:
            from core.cohort.archive import tables_in

            st.session_state.pop(_UNZIPPED, None)
            st.session_state[_UNZIPPED] = kept = (digest, tables_in(content))
        files.update(kept[1])
    return files
