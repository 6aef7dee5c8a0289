"""The commands that build a cohort folder from MIMIC-IV."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer looks annotations up while running
from typing import Annotated

import typer

from core.console import print_line, progress_bar, tell


def mimic_iv(  # noqa: PLR0913, PLR0917 - the options of a command are its parameters
    mimic: Annotated[Path, typer.Option(help="MIMIC-IV copy with hosp and icu: CSV, CSV.GZ or Parquet.")],
    out: Annotated[Path, typer.Option(help="New folder for the cohort.")],
    ecg: Annotated[Path | None, typer.Option(help="MIMIC-IV-ECG copy with record_list.csv.")] = None,
    pe_position: Annotated[str, typer.Option(help="Embolism's code: any position, or primary.")] = "any",
    variant: Annotated[
        str, typer.Option(help="thrombolysis, or anticoagulation: all embolisms.")
    ] = "thrombolysis",
    controls: Annotated[
        str, typer.Option(help="Suspected, but none: d-dimer, ct-angiography, either, none.")
    ] = "either",
    hours: Annotated[int, typer.Option(help="Index time of a visit, after its start.")] = 6,
    recordings: Annotated[str, typer.Option(help="ECGs of a row: one, the last, or all.")] = "one",
    bleeding: Annotated[str, typer.Option(help="Major bleeding: isth, or any-criterion.")] = "isth",
) -> None:
    """Build a cohort folder from MIMIC-IV."""
    from core.cohort.mimic_iv import Options, build
    from core.cohort.mimic_iv.stating import data_use, definitions

    options = Options(pe_position, variant, controls, hours, recordings, bleeding)
    for rule in data_use("en"):
        tell(rule)
    with progress_bar("mimic-iv") as progress:
        built = build(mimic, out, ecg, options, progress)
    for line in definitions(options, "en"):
        print_line(line)
    for part, step, kind, _, admissions, persons in built.flow.rows:
        print_line(f"{part:<10} {kind:<9} {step:<22} {admissions:>8} admissions {persons:>8} persons")
    left = {name: built.counts[name].sum() for name in ("implausible", "unknown_unit", "censored")}
    print_line(
        f"values left out: {left['implausible']} implausible, {left['unknown_unit']} of unknown unit; "
        f"{left['censored']} read at their limit (variables.csv)"
    )
    if ecg is not None:
        print_line(f"recordings: {built.recordings} linked, {built.missing_recordings} listed but not there")
    print_line(f"{out}: cohort.toml, ehr.csv, labels.csv, flow.csv, table_one.csv, definitions.txt")


def mimic_iv_parquet(
    mimic: Annotated[Path, typer.Option(help="MIMIC-IV copy with hosp and icu: CSV or CSV.GZ.")],
    out: Annotated[Path, typer.Option(help="New folder, to be given to mimic-iv as --mimic.")],
) -> None:
    """Write the tables of MIMIC-IV that a cohort is built from as Parquet, once: builds then take seconds."""
    from core.cohort.mimic_iv import convert
    from core.cohort.mimic_iv.stating import data_use

    for rule in data_use("en"):
        tell(rule)
    with progress_bar("mimic-iv-parquet") as progress:
        written = convert(mimic, out, progress)
    for table in written:
        before, after = (size / 1e6 for size in (table.bytes_before, table.bytes_after))
        print_line(f"{table.name:<22} {table.rows:>12,} rows {before:>10,.1f} MB -> {after:>10,.1f} MB")
    print_line(f"{out}: give it to mimic-iv as --mimic; {len(written)} tables, the columns that a build uses")
