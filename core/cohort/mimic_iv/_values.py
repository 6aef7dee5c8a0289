"""Events turned into values: units converted, what cannot be left out and counted, one value a row and variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from core.cohort.mimic_iv.definitions import definition
from core.cohort.variables import variables

_TAKEN = ("patient_id", "variable", "value")


@dataclass(frozen=True)
class Measurements:
    """What was measured.

    Attributes
    ----------
    values
        ``patient_id``, ``variable``, ``value`` in the catalogue's unit.
    counts
        One row a variable: ``variable``, ``source``, ``take``, ``items``, ``seen`` (values in the windows),
        ``censored`` (read at their limit), ``unknown_unit`` and ``implausible`` (both left out).
    """

    values: pl.DataFrame
    counts: pl.DataFrame


def reduce_events(seen: pl.DataFrame, entries: dict[str, Any], source: str) -> Measurements:
    """Convert, leave out what cannot be, and take one value a row and variable."""
    converted = _converted(seen, entries)
    fine = ~pl.col("unknown_unit") & ~pl.col("implausible")
    takes = pl.DataFrame(
        {"variable": list(entries), "take": [entry["take"] for entry in entries.values()]},
        schema={"variable": pl.String, "take": pl.String},
    )
    chosen = {
        "first": pl.col("value").sort_by("when", "value").first(),
        "last": pl.col("value").sort_by("when", "value").last(),
        "lowest": pl.col("value").min(),
        "highest": pl.col("value").max(),
    }
    groups = converted.lazy().filter(fine).join(takes.lazy(), on="variable")
    parts = [
        groups.filter(pl.col("take") == take)
        .group_by("patient_id", "variable")
        .agg(value=expression)
        .select(_TAKEN)
        for take, expression in chosen.items()
    ]
    return Measurements(pl.concat(parts).collect(), _counts(converted, entries, source))


def _converted(seen: pl.DataFrame, entries: dict[str, Any]) -> pl.DataFrame:
    pairs = seen.select("variable", pl.col("unit").fill_null("")).unique().rows()
    factors = pl.DataFrame(
        [(variable, unit, *_factor(variable, unit, entries[variable])) for variable, unit in pairs],
        schema={"variable": pl.String, "unit": pl.String, "factor": pl.Float64, "offset": pl.Float64},
        orient="row",
    )
    limits = pl.DataFrame(
        [(variable, *_limits(variable)) for variable in entries],
        schema={"variable": pl.String, "low": pl.Float64, "high": pl.Float64},
        orient="row",
    )
    value = (pl.col("number") * pl.col("factor") + pl.col("offset")).round(9)
    return (
        seen.lazy()
        .with_columns(pl.col("unit").fill_null(""))
        .join(factors.lazy(), on=["variable", "unit"], how="left")
        .join(limits.lazy(), on="variable", how="left")
        .with_columns(value=value, unknown_unit=pl.col("factor").is_null())
        .with_columns(
            implausible=(~pl.col("value").is_between("low", "high") | pl.col("value").is_nan()).fill_null(
                value=False
            )
        )
        .collect()
    )


def _factor(variable: str, unit: str, entry: dict[str, Any]) -> tuple[float | None, float | None]:
    known = variables().get(variable)
    # pH and INR have none, whatever the laboratory writes
    if known is None or not known.unit:
        return 1.0, 0.0
    found = known.find_unit(unit or entry["unit"], entry.get("qualifier", ""))
    return (found.factor, found.offset) if found else (None, None)


def _limits(variable: str) -> tuple[float, float]:
    known = variables().get(variable)
    if known is not None and known.plausible is not None:
        return known.plausible
    low, high = definition("items")["own"][variable]["plausible"]
    return float(low), float(high)


def _counts(converted: pl.DataFrame, entries: dict[str, Any], source: str) -> pl.DataFrame:
    found = converted.group_by("variable").agg(
        pl.len().cast(pl.Int64).alias("seen"),
        *(pl.col(name).sum().cast(pl.Int64) for name in ("censored", "unknown_unit", "implausible")),
    )
    listed = pl.DataFrame(
        [
            {
                "variable": name,
                "source": source,
                "take": entry["take"],
                "items": " ".join(map(str, _listed(entry))),
            }
            for name, entry in entries.items()
        ]
    )
    return listed.join(found, on="variable", how="left", maintain_order="left").with_columns(
        pl.col("seen", "censored", "unknown_unit", "implausible").fill_null(0)
    )


def _listed(entry: dict[str, Any]) -> list[Any]:
    if "items" in entry:
        return list(entry["items"])
    return [item for items in entry["units"].values() for item in items]
