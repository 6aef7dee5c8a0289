"""Which recording a word of a table names: by path, by name, and where only case or spaces differ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from core.cohort._alike_ids import respelling, respelling_note
from core.cohort._cells import clip, tidy
from core.cohort._file_labels import file_word
from core.errors import CohortError

if TYPE_CHECKING:
    from core.cohort.columns import Note

    Names = list[dict[str, tuple[str, ...]]]

_ENDING = re.compile(r"(?<=[^/])\.[A-Za-z][A-Za-z0-9]{0,7}$")


def matched(words: pd.Series, names: Names) -> pd.Series:
    """Path of the recording that each word names, None without one."""
    found: dict[str, str] = {}
    paths = []
    for row, word in words.items():
        key = file_word(word)
        recordings = next((level[key] for level in names if key in level), (None,))
        if len(recordings) > 1:
            first, second = (clip(path, 60) for path in recordings)
            raise CohortError("errors_recordings.ambiguous", word=clip(word), first=first, second=second)
        path = recordings[0]
        if path is not None and path in found:
            first, second = clip(found[path]), clip(row)
            raise CohortError(
                "errors_recordings.twice_labelled", first=first, second=second, path=clip(path, 60)
            )
        if path is not None:
            found[path] = str(row)
        paths.append(path)
    return pd.Series(paths, index=words.index, dtype="str")


def and_alike(paths: pd.Series, words: pd.Series, names: Names) -> tuple[pd.Series, tuple[Note, ...]]:
    """Give words without a recording the only one whose name differs in case or spaces alone, and say so."""
    named = [sole(level) for level in names]
    free = {word: found[0] for level in reversed(named) for word, found in level.items()}
    taken = set(paths.dropna())
    spelling = respelling(words[paths.isna()].map(file_word), [key for key in free if free[key] not in taken])
    found = words.map(file_word).map(spelling).map(free)
    # the same file under its name and under its path is one file, under two words it is nobody's
    found = found.where(paths.isna() & ~found.duplicated(keep=False))
    if found.isna().all():
        return paths, ()
    there = found.notna()
    said = {clip(word, 30): str(path) for word, path in zip(words[there], found[there], strict=True)}
    return paths.where(paths.notna(), found), (respelling_note(said),)


def sole(level: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Names that one recording alone has."""
    return {word: found for word, found in level.items() if len(found) == 1}


def names_of(members: dict[str, list[str]]) -> Names:
    """What labels may call recordings, the most exact first: path, path without ending, name, stem.

    A name that several recordings have leads to two of them.
    """
    levels: Names = [{}, {}, {}, {}]
    for recording, files in members.items():
        only = (recording,)
        for file in files:
            name = file.rpartition("/")[2]
            for level, word in zip(levels, (file, file_stem(file), name, file_stem(name)), strict=True):
                key = tidy(word)
                if level.setdefault(key, only) != only:
                    level[key] = (level[key][0], recording)
    return levels


def file_stem(path: str) -> str:
    """Path without the file's ending; what follows the last point of a DICOM identifier is none."""
    return _ENDING.sub("", path)
