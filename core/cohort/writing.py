"""Writing a cohort folder: whole or not at all, and its text files in one form.

Whoever holds the patients in pandas writes them by this as well as who holds them in Polars: values come as lists.
"""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
import tempfile
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import CohortError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from core.cohort.about import About
    from core.cohort.columns import Column


def check_free(folder: Path) -> None:
    """Raise a ``CohortError`` unless a cohort can be made at ``folder``: nothing is there, or an empty folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CohortError("errors.folder_not_empty", folder=folder)


@contextlib.contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a place to write in; it appears at ``folder`` when all is written, and is gone when something fails.

    Raises
    ------
    CohortError
        The folder exists and is not empty, or cannot be written.
    """
    check_free(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise CohortError("errors.folder_not_writable", folder=folder, reason=error.strerror) from error
    try:
        yield staging
        staging.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        staging.rename(folder)
    except OSError as error:
        raise CohortError("errors.folder_not_writable", folder=folder, reason=error.strerror) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def write_about(about: About, path: Path) -> None:
    """Write ``cohort.toml``."""
    lines = (
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n"
        for key, value in vars(about).items()
        if value is not None
    )
    path.write_text("".join(lines), encoding="utf-8")


def write_rows(path: Path, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write rows as CSV (UTF-8); None is an empty cell, numbers are exact."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")


def written(values: Sequence[Any], column: Column) -> list[str]:
    """Cells of a column of ``ehr.csv``.

    Numbers are exact, yes and no of the catalogue are 1 and 0; a hospital's own two-valued column keeps its own words.

    Parameters
    ----------
    values
        Text of a categorical column, else numbers; None where there is none.
    """
    if column.kind == "categorical":
        return ["" if value is None else str(value) for value in values]
    if column.kind == "binary" and not column.known:
        return ["" if value is None else column.levels[int(value)] for value in values]
    figures = {value: "" if value is None else _figure(float(value)) for value in set(values)}
    return [figures[value] for value in values]


def _figure(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
