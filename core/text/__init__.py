"""What the project says, in Chinese and in English: one folder of TOML files a language, the same keys in both."""

from __future__ import annotations

import functools
import string
import tomllib
from numbers import Integral
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
    texts: dict[str, str] = {}
    for path in sorted((_FOLDER / _known(language)).glob("*.toml")):
        texts |= _of_file(language, path.stem)
    return texts


@functools.cache
def _of_file(language: str, name: str) -> dict[str, str]:
    """Texts of one file; none where there is no such file. A command that says ten sentences reads two of seventy."""
    path = _FOLDER / _known(language) / f"{name}.toml"
    texts: dict[str, str] = {}
    if name.isidentifier() and path.is_file():
        _flatten(name, tomllib.loads(path.read_text(encoding="utf-8")), texts)
    return texts


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise KeyError(language)
    return language


def text(language: str, key: str, **values: object) -> str:
    """Look one text up and fill in its placeholders; whole numbers get separators (``2,401``), everywhere alike.

    Raises
    ------
    KeyError
        The key is not in the catalogue, or a placeholder has no value: both are mistakes in the code.
    """
    return _of_file(language, key.partition(".")[0])[key].format(
        **{name: _grouped(value) for name, value in values.items()}
    )


def has_text(key: str) -> bool:
    """Whether a key exists (in both languages, as a test makes sure)."""
    return key in _of_file(LANGUAGES[0], key.partition(".")[0])


def placeholders(template: str) -> set[str]:
    """Names of the placeholders in a text: ``"{n} rows"`` gives ``{"n"}``."""
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(template) if name}


class _Grouped(int):
    """A whole number that stands in a text with separators: ``2,401``, unless the text asks for another form."""

    def __format__(self, spec: str) -> str:
        return super().__format__(spec or ",")


def _grouped(value: object) -> object:
    # NumPy's whole numbers are no int, and True is one
    if isinstance(value, bool) or not isinstance(value, Integral):
        return value
    return _Grouped(value)


def _flatten(prefix: str, node: Any, into: dict[str, str]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            _flatten(f"{prefix}.{key}", value, into)
    else:
        into[prefix] = str(node)
