"""Results beside the models as JSON files: written whole or not at all."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from core.artifacts import to_json_bytes
from core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def save_document(document: dict[str, Any], path: Path) -> None:
    """Write a JSON file.

    Raises
    ------
    InputError
        The file cannot be written; what stood there before still stands.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(to_json_bytes(document))
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # the folder itself may be what cannot be
            temporary.unlink(missing_ok=True)
        raise InputError("errors.file_not_writable", file=path, reason=error.strerror) from error
