"""What the project says, in Chinese and in English: one folder of TOML files a language, the same keys in both."""

from __future__ import annotations

import functools
import string
import tomllib
from pathlib import Path
from typing import Any

LANGUAGES = ("zh", "en")
_FOLDER = Path(__file__).parent


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of one language.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    dict
        Dotted key to text: the file's name, then the tables inside it (``pages.toml`` ``[ehr] title`` is
        ``pages.ehr.title``).

    Raises
    ------
    KeyError
        The language is not one of ``LANGUAGES``.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    texts: dict[str, str] = {}
    for path in sorted((_FOLDER / language).glob("*.toml")):
        _flatten(path.stem, tomllib.loads(path.read_text(encoding="utf-8")), texts)
    return texts


def text(language: str, key: str, **values: object) -> str:
    """Look one text up and fill in its placeholders.

    Raises
    ------
    KeyError
        The key is not in the catalogue, or a placeholder has no value: both are mistakes in the code.
    """
    return catalogue(language)[key].format(**values)


def has_text(key: str) -> bool:
    """Whether a key exists (in both languages, as a test makes sure)."""
    return key in catalogue(LANGUAGES[0])


def placeholders(template: str) -> set[str]:
    """Names of the placeholders in a text: ``"{n} rows"`` gives ``{"n"}``."""
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(template) if name}


def _flatten(prefix: str, node: Any, into: dict[str, str]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            _flatten(f"{prefix}.{key}", value, into)
    else:
        into[prefix] = str(node)
