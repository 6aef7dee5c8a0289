"""Building a cohort from a made-up copy of MIMIC-IV, against the plain pandas way, each in a process of its own."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from core.benchmark.figure import Figure, Scale, figure
from core.benchmark.hospital import _run
from core.benchmark.mimic_plain import plain_events, read_rows
from core.benchmark.mimic_plain_bedside import plain_bedside
from core.errors import CohortError

# Parquet as pandas and others write it, and as mimic-iv-parquet does: with the columns of a build only, which help
# pandas more than the builder
_CONVERTED = "converted"
_FORMS = {"parquet": 12.0, _CONVERTED: None, "csv.gz": 4.0}
_MOST_SECONDS = 3_600
_SMALLER = 4


def mimic(scale: Scale) -> list[Figure]:
    """Time and peak memory of the builder, and how many times as long the plain pandas way takes.

    Memory must not grow with the rows: it is measured on a quarter of them too.
    """
    figures = []
    for form, at_least in _FORMS.items():
        with tempfile.TemporaryDirectory() as scratch:
            figures += _of_form(Path(scratch), form, at_least, scale)
    return figures


def _of_form(scratch: Path, form: str, at_least: float | None, scale: Scale) -> list[Figure]:
    name = form.replace(".", "_")
    rows = scale.mimic_lab_rows, scale.mimic_chart_rows
    size = f"{rows[0]:,} laboratory + {rows[1]:,} chart rows, bedside and pharmacy in proportion, {form}"
    _write(scratch / "quarter", rows[0] // _SMALLER, rows[1] // _SMALLER, form)
    quarter = _build(scratch / "quarter", scratch / "out-quarter")
    _write(scratch / "full", *rows, form)
    ours = _build(scratch / "full", scratch / "out-full")
    if ours.code != 0:
        return [figure(f"mimic_seconds_{name}", None, "s", f"{size}: {ours.complaint[-200:]}")]
    command = [
        sys.executable,
        "-m",
        "core.benchmark.mimic",
        str(scratch / "full"),
        str(scratch / "out-full"),
    ]
    plain = _run(command, _MOST_SECONDS)
    agrees = plain.code == 0 and json.loads(plain.said)["agrees"]
    detail = f"{size}; builder {ours.seconds:.1f} s, pandas {plain.seconds:.1f} s"
    if plain.peak is not None:
        detail += f" and {plain.peak:.1f} GB"
    told = detail if agrees else f"{size}: pandas ended with {plain.code}: {plain.complaint[-200:]}"
    ratio = plain.seconds / ours.seconds if agrees else None
    growth = ours.peak / quarter.peak if ours.peak and quarter.peak else None
    return [
        figure(f"mimic_seconds_{name}", ours.seconds, "s", size, at_most=240),
        figure(f"mimic_memory_{name}", ours.peak, "GB", size, at_most=2),
        figure(
            f"mimic_memory_growth_{name}", growth, "ratio", f"peak against a quarter of {size}", at_most=1.5
        ),
        figure(f"mimic_times_pandas_{name}", ratio, "ratio", told, at_least=at_least),
    ]


def _write(copy: Path, lab_rows: int, chart_rows: int, form: str) -> None:
    """Write a copy in a process of its own: what a parent needed counts as its children's peak memory too."""
    converted = form == _CONVERTED
    first = copy.with_name(f"{copy.name}-first") if converted else copy
    size = [str(lab_rows), str(chart_rows), "parquet" if converted else form]
    _succeed(["core.benchmark.mimic_copy", str(first), *size], copy)
    if converted:
        _succeed(["core", "mimic-iv-parquet", "--mimic", str(first), "--out", str(copy)], copy)
        shutil.rmtree(first, ignore_errors=True)


def _succeed(module: list[str], copy: Path) -> None:
    child = _run([sys.executable, "-m", *module], _MOST_SECONDS)
    if child.code != 0:
        raise CohortError("errors_mimic.disk", folder=copy, reason=child.complaint[-100:])


def _build(copy: Path, out: Path) -> Any:
    command = [sys.executable, "-m", "core", "mimic-iv", "--mimic", str(copy), "--out", str(out)]
    return _run(command, _MOST_SECONDS)


def plain_pandas(copy: Path, cohort: Path) -> pd.DataFrame:
    """Do the builder's work the plain way, on the laboratory, the charts, the bedside, the pharmacy and the codes.

    Who is in the cohort, and when, is taken from the builder's own, whose values these must equal.

    Returns
    -------
    DataFrame
        Index ``patient_id``, a column a variable, or a column of the labels.
    """
    rows = read_rows(copy, cohort)
    # a weight charted in intensive care goes before one from an outpatient visit
    return plain_events(copy, rows).combine_first(plain_bedside(copy, rows))


def built_values(cohort: Path) -> pd.DataFrame:
    """What the builder wrote, variables beside labels."""
    table, labels = (
        pd.read_csv(cohort / name, dtype={"patient_id": "str"}, low_memory=False).set_index("patient_id")
        for name in ("ehr.csv", "labels.csv")
    )
    return table.join(labels)


def _main(copy: Path, cohort: Path) -> None:
    found, ours = plain_pandas(copy, cohort), built_values(cohort)
    names = [name for name in found if found[name].notna().any()]
    theirs = found[names].reindex(ours.index)
    same = (ours[names] - theirs).abs().lt(1e-6) | (ours[names].isna() & theirs.isna())
    differing = [name for name in names if not same[name].all()]
    sys.stdout.write(
        json.dumps({"agrees": not differing and bool(names), "differing": differing, "n": len(names)})
    )


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
