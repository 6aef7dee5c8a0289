"""From a header as a hospital writes it to a variable of the catalogue, its unit, and what its codes mean."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

from core.cohort._glued_units import glued_unit
from core.cohort.variables import Unit, Variable, find, header_key, known_unit, unit_key

_BRACKET = re.compile(
    r"^(?P<base>.*?)\s*[(\[{【〔](?P<inside>[^()\[\]{}【】〔〕]*(?:\([^()]*\)[^()]*)?)[)\]}】〕]\s*$"
)
_CODE = re.compile(r"([0-9])\s*[=:]\s*([^\s,;、/=:0-9][^\s,;、/=:]*)|([^\s,;、/=:0-9]+)\s*[=:]\s*([0-9])")
OWN = "own"
_UNIT_LIKE = re.compile(r"\S{0,8}[/%]\S{0,8}|fl|pg|ng|mmol|mm|cm|ml|min|ms")
# said of a column without changing what it holds
_HARMLESS = frozenset(
    header_key(word)
    for words in (
        ["入院时", "入院", "基线", "首次", "溶栓前", "是/否", "有/无", "是否", "有无"],
        ["admission", "on admission", "at admission", "baseline", "first", "yes/no", "y/n", "0/1", "%"],
    )
    for word in words
)


@dataclass(frozen=True)
class Match:
    """What a header says.

    Attributes
    ----------
    variable
        Of the catalogue, None if it knows none by these words.
    unit
        The unit stated, None if none is.
    unit_words
        The words in brackets, where they are, or should be, a unit.
    unit_known
        False if the header states a unit that the catalogue does not know for this variable.
    codes
        What the header says of its codes: ``{"1": "男", "0": "女"}``.
    chosen
        Whether a person says that the column is this variable.
    """

    variable: Variable | None
    unit: Unit | None = None
    unit_words: str = ""
    unit_known: bool = True
    codes: dict[str, str] = field(default_factory=dict)
    chosen: bool = False


def match_header(header: str) -> Match:
    """Match one header against the catalogue.

    Examples
    --------
    >>> found = match_header("血肌酐（mg/dL）")
    >>> found.variable.name, found.unit.name
    ('creatinine', 'mg/dL')
    >>> match_header("收缩压mmHg").variable.name
    'systolic_bp'
    """
    words = unicodedata.normalize("NFKC", header).strip()
    whole = find(words)
    if whole is not None:
        return Match(whole)
    base, inside = split_header(header)
    variable = _variable_of(base) if inside else None
    if variable is None or inside == OWN:
        glued = glued_unit(words) if inside != OWN else None
        return Match(*glued) if glued is not None else Match(None)
    codes = _codes(inside)
    if codes:
        return Match(variable, codes=codes)
    unit = variable.find_unit(inside, base)
    if unit is not None:
        return Match(variable, unit, inside)
    if header_key(inside) in _HARMLESS or find(inside) is variable:
        return Match(variable)
    return Match(variable, None, inside, unit_known=False)


def match_chosen(header: str, variable: Variable, unit: str) -> Match:
    """Match a header with the variable that a person chose for it; an empty unit is the header's own, if it has one."""
    match = match_header(header)
    same = match.variable is variable
    codes = match.codes if same else {}
    if unit:
        return Match(variable, variable.find_unit(unit, header), unit, codes=codes, chosen=True)
    return (
        replace(match, chosen=True)
        if same and match.unit_known
        else Match(variable, codes=codes, chosen=True)
    )


def split_header(header: str) -> tuple[str, str]:
    """Split a header into its name and the words that should be its unit.

    ``肌酐（μmol/L）``, ``Creatinine, mg/dL``, ``肌酐/μmol·L-1`` and ``Glucose mg/dL`` are understood; the
    second part is empty where nothing stands in brackets and no known unit at the end.
    """
    words = unicodedata.normalize("NFKC", header.translate(_KEEP_MICRO)).strip()
    bracket = _BRACKET.match(words)
    if bracket and bracket["base"].strip(" /,:"):
        return bracket["base"].strip(" /,:"), bracket["inside"].strip()
    parts = [words.rpartition(","), words.partition("/"), words.rpartition(":"), words.rpartition(" ")]
    for base, _, rest in parts:
        # one letter behind a space is part of a name (vitamin D), not a unit (days)
        if base.strip() and len(rest.strip()) > 1 and known_unit(rest):
            return base.strip(), rest.strip()
    return words, ""


def legend(header: str) -> tuple[str, dict[str, str]]:
    """Split a header into its name and what it says of its codes.

    Examples
    --------
    >>> legend("结局（0=无 1=死亡）")
    ('结局', {'0': '无', '1': '死亡'})
    >>> legend("outcome (main)")
    ('outcome (main)', {})
    """
    base, inside = split_header(header)
    codes = _codes(inside)
    return (base, codes) if codes or header_key(inside) in _HARMLESS else (header, {})


def own_unit(header: str) -> tuple[str, str]:
    """Split ``Hematocrit (%)``, a hospital's own column, for its label; what is no unit stays in the name."""
    bracket = _BRACKET.match(unicodedata.normalize("NFKC", header.translate(_KEEP_MICRO)).strip())
    if bracket and bracket["base"].strip():
        inside = bracket["inside"].strip()
        if known_unit(inside) or _UNIT_LIKE.fullmatch(unit_key(inside)):
            return bracket["base"].strip(), inside
    return header, ""


_KEEP_MICRO = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻µ", "0123456789-μ")


def _variable_of(base: str) -> Variable | None:
    """``Haemoglobin (Hb)`` is haemoglobin, since both say so; ``Sodium (urine)`` is not sodium."""
    whole = find(base)
    bracket = _BRACKET.match(base)
    if whole is not None or bracket is None:
        return whole
    outer, inner = find(bracket["base"]), bracket["inside"]
    return outer if outer is not None and (find(inner) is outer or header_key(inner) in _HARMLESS) else None


def _codes(inside: str) -> dict[str, str]:
    found = [(m[1] or m[4], m[2] or m[3]) for m in _CODE.finditer(inside)]
    return dict(found) if len(found) > 1 or (found and "=" in inside) else {}
