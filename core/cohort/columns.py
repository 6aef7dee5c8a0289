"""What one column of an EHR table is, and a table with its columns: the form in which tables travel through core."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core.text import has_text, text

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["numeric", "binary", "categorical"]
NoteKind = Literal["read", "converted", "left_out", "doubted"]
_MOST_LABELS, _LABEL = 8, 30  # in one sentence, and letters of each


def unit_words(unit: str, language: str) -> str:
    """Return a unit as it is written in a language: years are 岁 in Chinese, mmol/L is the same everywhere."""
    key = f"units.{unit}"
    return text(language, key) if has_text(key) else unit


@dataclass(frozen=True)
class Column:
    """One predictor.

    Attributes
    ----------
    name
        Name in the frame: the catalogue's name where the catalogue knows the column, else the file's own header.
    kind
        ``numeric`` (float64), ``binary`` (float64, 0 or 1) or ``categorical`` (text).
    levels
        Categorical: the legal levels in a fixed order. Binary: the words for 0 and 1. Numeric: empty.
    unit
        Unit of the values in the frame, empty if it has none or none is known.
    zh, en
        Labels without the unit.
    known
        Whether the variable catalogue knows it.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    unit: str = ""
    zh: str = ""
    en: str = ""
    known: bool = False

    def label(self, language: str, *, unit: bool = True) -> str:
        """Label on screen, with the unit in brackets unless told otherwise."""
        words = (self.zh if language == "zh" else self.en) or self.name
        return f"{words} [{unit_words(self.unit, language)}]" if unit and self.unit else words


@dataclass(frozen=True)
class Expected:
    """What the cells of a column of the catalogue should hold, for a note to say."""

    column: Column

    def say(self, language: str) -> str:
        """Return the words of its levels, ``yes, no`` for two of them, or what a number is given in."""
        column = self.column
        if not column.levels:
            return unit_words(column.unit, language) or "1.5"
        from core.cohort.variables import variables  # which needs this module

        if column.kind == "binary":
            words = [text(language, "values.no"), text(language, "values.yes")]
        else:
            words = [variables()[column.name].level_label(level, language) for level in column.levels]
        return ("、" if language == "zh" else ", ").join(words)


@dataclass(frozen=True)
class Note:
    """One thing that the reader did or doubts, as data: ``say`` puts it into words.

    Attributes
    ----------
    kind
        ``read`` (how it was understood), ``converted`` (values changed), ``left_out`` (not used), ``doubted``.
    column
        The column's header in the file, empty for the table as a whole.
    key, values
        Key in ``core/text/<language>/reading.toml`` (with the file's name) and what fills its placeholders.
    """

    kind: NoteKind
    column: str
    key: str
    values: dict[str, object] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """Return the sentence in ``"zh"`` or ``"en"``; a ``Column`` among the values says its label, several theirs."""
        values = {name: _said(value, language) for name, value in self.values.items()}
        return text(language, self.key, column=self.column, **values)


def _said(value: object, language: str) -> object:
    if isinstance(value, Column):
        return value.label(language)
    if isinstance(value, Expected):
        return value.say(language)
    if not isinstance(value, tuple):
        return value
    from core.cohort._cells import clip  # which needs the catalogue, and that this module

    labels = [clip(column.label(language, unit=False), _LABEL) for column in value[:_MOST_LABELS]]
    return ("、" if language == "zh" else ", ").join(labels) + " …" * (len(value) > _MOST_LABELS)


@dataclass(frozen=True)
class ReadingReport:
    """What was read, converted, left out or doubted.

    Attributes
    ----------
    source
        The file's name.
    format
        For people: ``"CSV, GB18030, comma"``, ``"XLSX, sheet 入院"``, ``"Parquet"``.
    n_rows, n_columns
        Rows and columns of the file, before anything was left out (the patient_id column not counted).
    notes
        In the order of the file's columns, table-wide ones first.
    """

    source: str
    format: str
    n_rows: int
    n_columns: int
    notes: tuple[Note, ...] = ()

    def of(self, kind: NoteKind) -> tuple[Note, ...]:
        """Notes of one kind."""
        return tuple(note for note in self.notes if note.kind == kind)


@dataclass(frozen=True)
class Table:
    """A table of patients as core uses it.

    Attributes
    ----------
    frame
        One row a patient, index ``patient_id`` (text, unique), columns in the order of ``columns``: float64 for
        numeric and binary, text (pandas ``str`` dtype) with missing values for categorical.
    columns
        What each column is.
    report
        How it was read.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    report: ReadingReport
