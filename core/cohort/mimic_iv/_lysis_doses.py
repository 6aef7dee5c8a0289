"""Every dose of a thrombolytic drug by each of the three witnesses, in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.definitions import definition, names_one_of
from core.cohort.mimic_iv.tables import reading

if TYPE_CHECKING:
    from core.cohort.mimic_iv.tables import MimicTables

_EVENT = ("subject_id", "emar_seq")
# the form of a dose
_SHAPE = ("hadm_id", "drug", "witness", "local", "begin", "end", "dose", "planned")


def charted_doses(tables: MimicTables, hadm_ids: pl.Series) -> pl.DataFrame:
    """Infusions and injections charted in intensive care; those that were rewritten afterwards are left out."""
    items = {item: name for name, entry in _drugs().items() for item in entry.get("input_items", ())}
    with reading("inputevents", tables.paths["inputevents"]):
        found = (
            tables.scan("inputevents")
            .filter(pl.col("itemid").is_in(list(items)) & pl.col("hadm_id").is_in(hadm_ids.implode()))
            .filter(pl.col("statusdescription") != "Rewritten")
            .collect(engine="streaming")
        )
    milligrams = pl.col("amount") * pl.when(pl.col("amountuom") == "mcg").then(0.001).otherwise(1.0)
    return found.select(
        "hadm_id",
        pl.col("itemid").replace_strict(items, default=None, return_dtype=pl.String).alias("drug"),
        pl.lit("infusion").alias("witness"),
        pl.lit(value=False).alias("local"),
        pl.col("starttime").alias("begin"),
        pl.col("endtime").alias("end"),
        milligrams.alias("dose"),
        pl.max_horizontal("originalamount", milligrams).alias("planned"),
    )


def bedside_doses(tables: MimicTables, hadm_ids: pl.Series) -> pl.DataFrame:
    """Doses scanned at the bedside: single ones as given, infusions as rate times the hours from start to stop."""
    events = definition("drugs")["emar"]
    text = pl.col("medication")
    with reading("emar", tables.paths["emar"]):
        found = (
            tables.scan("emar")
            .filter(names_one_of(text, _names()))
            .select(
                "subject_id", "hadm_id", "emar_seq", "pharmacy_id", "charttime",
                _drug_of(text).alias("drug"), _is_local(text).alias("local"),
                pl.col("event_txt").is_in(events["given"]).alias("is_given"),
                pl.col("event_txt").is_in(events["stopped"]).alias("is_stop"),
            )
            .collect(engine="streaming")
        ).filter(pl.col("hadm_id").is_in(hadm_ids.implode()))  # fmt: skip
    if found.is_empty():
        return pl.DataFrame(schema=_schema())
    detail = _bedside_detail(tables, found)
    joined = found.join(detail, on=_EVENT, how="left").with_columns(
        local=pl.col("local") | pl.col("local_product").fill_null(value=False)
    )
    given = joined.filter("is_given")
    stops = joined.filter("is_stop").group_by("pharmacy_id").agg(stop=pl.col("charttime").max())
    hours = (pl.col("stop") - pl.col("charttime")).dt.total_seconds() / 3600
    running = pl.col("rate").is_not_null() & (hours > 0)
    doses = given.join(stops, on="pharmacy_id", how="left").with_columns(
        end=pl.when(running).then("stop").otherwise("charttime"),
        dose=pl.when(running).then(pl.col("rate") * hours).otherwise("given"),
    )
    return _in_shape(doses, "bedside", "charttime")


def _bedside_detail(tables: MimicTables, events: pl.DataFrame) -> pl.DataFrame:
    number = {name: _number(pl.col(name)) for name in ("dose_given", "infusion_rate")}
    hourly = (
        pl.col("infusion_rate_unit").str.to_lowercase().is_in(["mg/hr", "mg/hour", "units/hr", "unit/hr"])
    )
    with reading("emar_detail", tables.paths["emar_detail"]):
        return (
            tables.scan("emar_detail")
            # no join: it would hold every row of the table before it lets one go; persons first, being the cheaper
            .filter(pl.col("subject_id").is_in(events["subject_id"].unique().implode()))
            .filter(_one_number().is_in(events.select(_one_number()).to_series().unique().implode()))
            .group_by(_EVENT)
            .agg(
                given=number["dose_given"].sum(),
                rate=number["infusion_rate"].filter(hourly).max(),
                local_product=_is_local(pl.col("product_description")).any(),
            )
            .collect(engine="streaming")
        )


def _one_number() -> pl.Expr:
    """Person and place in the list as one number; a person has eight digits."""
    return pl.col("subject_id") * 10**10 + pl.col("emar_seq")


def ordered_doses(tables: MimicTables, hadm_ids: pl.Series) -> pl.DataFrame:
    """Doses ordered; the pharmacy tells how long an infusion was to last."""
    routes = definition("drugs")["local"]["routes"]
    text = pl.col("drug")
    with reading("prescriptions", tables.paths["prescriptions"]):
        orders = (
            tables.scan("prescriptions")
            .filter(names_one_of(text, _names()))
            .select(
                "hadm_id", "pharmacy_id", "starttime",
                _drug_of(text).alias("kind"),
                (_is_local(text) | pl.col("route").is_in(routes).fill_null(value=False)).alias("local"),
                # a range such as 30-50 counts with its lower end
                _number(pl.col("dose_val_rx")).alias("dose"),
            )
            .collect(engine="streaming")
        ).filter(pl.col("hadm_id").is_in(hadm_ids.implode())).rename({"kind": "drug"})  # fmt: skip
    if orders.is_empty():
        return pl.DataFrame(schema=_schema())
    with reading("pharmacy", tables.paths["pharmacy"]):
        lasting = (
            tables.scan("pharmacy")
            .filter(pl.col("pharmacy_id").is_in(orders["pharmacy_id"].implode()))
            .filter(pl.col("duration_interval") == "Hours")
            .select("pharmacy_id", pl.col("duration").cast(pl.Float64, strict=False).alias("lasting"))
            .collect(engine="streaming")
            .unique("pharmacy_id")
        )
    orders = orders.join(lasting, on="pharmacy_id", how="left").with_columns(
        end=pl.col("starttime") + pl.duration(minutes=60 * pl.col("lasting").fill_null(0.0))
    )
    return _in_shape(orders, "order", "starttime")


def _in_shape(doses: pl.DataFrame, witness: str, begin: str) -> pl.DataFrame:
    return doses.with_columns(
        witness=pl.lit(witness),
        begin=pl.col(begin),
        dose=pl.col("dose").fill_null(0.0),
        planned=pl.col("dose").fill_null(0.0),
    ).select(_SHAPE)


def _schema() -> dict[str, pl.DataType]:
    when = pl.Datetime("us")
    kinds = (pl.Int64(), pl.String(), pl.String(), pl.Boolean(), when, when, pl.Float64(), pl.Float64())
    return dict(zip(_SHAPE, kinds, strict=True))


def _drugs() -> dict[str, dict[str, list[str]]]:
    drugs: dict[str, dict[str, list[str]]] = definition("drugs")["systemic"]
    return drugs


def _names() -> list[str]:
    return [name for entry in _drugs().values() for name in entry["names"]]


def _drug_of(text: pl.Expr) -> pl.Expr:
    """Name of the drug, short enough to leave a scan."""
    found = [
        pl.when(names_one_of(text, entry["names"])).then(pl.lit(name)) for name, entry in _drugs().items()
    ]
    return pl.coalesce(found)


def _is_local(text: pl.Expr) -> pl.Expr:
    return names_one_of(text, definition("drugs")["local"]["names"])


def _number(text: pl.Expr) -> pl.Expr:
    """First number of a text: ``1,000``, ``10``, ``30-50``."""
    return text.str.replace_all(",", "").str.extract(r"([0-9.]+)").cast(pl.Float64, strict=False)
