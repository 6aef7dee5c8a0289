"""The named errors: each says in one sentence what was found, where, and what to do, in either language."""

from __future__ import annotations

import functools

from core.text import text


class InputError(Exception):
    """What the user gave cannot be used as it is; the command line ends with exit code 2.

    Parameters
    ----------
    key
        Key of the sentence in ``core/text/<language>/errors*.toml``, with its file: ``"errors_table.empty"``.
    values
        What fills the placeholders of that sentence. Text from files goes in as data, never as a template.

    Examples
    --------
    >>> from core.errors import TableError
    >>> error = TableError("errors.folder_missing", folder="cohorts/a")
    >>> "cohorts/a" in str(error)
    True
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(self.say("en"))

    def __reduce__(self) -> tuple[object, ...]:
        """Make an error again in another process: out of its key and values, not out of its sentence."""
        return functools.partial(type(self), self.key, **self.values), ()

    def say(self, language: str) -> str:
        """Return the sentence in ``"zh"`` or ``"en"``: one line, whatever a file's words or a library's bring along."""
        words = text(language, self.key, **self.values)
        return "".join(letter if letter.isprintable() else " " for letter in words).strip()


class TableError(InputError):
    """A table (EHR or labels) cannot be read."""


class CohortError(InputError):
    """A cohort folder is incomplete or contradicts itself."""


class TrainingError(InputError):
    """What is asked for cannot be trained on this cohort."""


class ArtifactError(InputError):
    """A saved model is missing, incomplete, altered or of another version."""


class RecordingError(InputError):
    """A recording cannot be read."""
