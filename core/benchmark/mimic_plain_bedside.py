"""The plain pandas way over the bedside, the pharmacy and the codes of MIMIC-IV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from core.benchmark.mimic_plain import read_table, taken
from core.cohort.mimic_iv.definitions import codes, definition

if TYPE_CHECKING:
    from pathlib import Path

_KEYS = ["hadm_id", "drug", "witness", "local"]
_DOSE = [*_KEYS, "begin", "end", "dose"]
_BLEEDING = ("intracranial", "critical_organ", "gastrointestinal", "other_overt")


def plain_bedside(copy: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """Systemic lysis by its three witnesses, what was infused and reversed, what was coded, weight and height.

    Parameters
    ----------
    rows
        As ``read_rows`` returns them.

    Returns
    -------
    DataFrame
        Index ``patient_id``, columns named as in the cohort's table and labels.
    """
    followed = rows[rows["patient_id"].str.endswith("-lysis")]
    week = followed["t0"] + pd.Timedelta(days=7)
    followed = followed.assign(until=week.where(week < followed["end"], followed["end"]))
    inputs = read_table(copy, "icu/inputevents", ("starttime", "endtime"))
    inputs = inputs[inputs["statusdescription"] != "Rewritten"]
    columns = _infused(inputs, rows, followed)
    charted = _charted(inputs)
    del inputs
    emar = read_table(copy, "hosp/emar", ("charttime",))
    columns["reversal"] = _reversed(emar, followed)
    doses = pd.concat([charted, _scanned(copy, emar), _ordered(copy)])
    recorded = emar.loc[emar["hadm_id"].isin(doses["hadm_id"]), "hadm_id"].unique()
    del emar
    lysis = followed[["patient_id", "hadm_id"]].merge(_systemic(doses, recorded), on="hadm_id")
    lysis = lysis.set_index("patient_id")
    columns |= {name: lysis[name] for name in ("lytic_dose", "lytic_hours")}
    return pd.DataFrame(columns | _coded(copy, rows, followed) | _outpatient(copy, rows))


def _named(text: pd.Series, names: list[str]) -> pd.Series:
    return text.str.contains("|".join(rf"\b{name}" for name in names), case=False, na=False)


def _lytic(frame: pd.DataFrame, text: str) -> pd.DataFrame:
    """Rows of a lytic drug; ``drug``, and ``local`` if it is said to stay where it is given."""
    drugs = definition("drugs")
    every = [name for entry in drugs["systemic"].values() for name in entry["names"]]
    found = frame[_named(frame[text], every)].rename(columns={text: "text"})
    for drug, entry in drugs["systemic"].items():
        found.loc[_named(found["text"], entry["names"]), "drug"] = drug
    return found.assign(local=_named(found["text"], drugs["local"]["names"]))


def _number(text: pd.Series) -> pd.Series:
    return text.astype("str").str.replace(",", "").str.extract(r"([0-9.]+)")[0].astype("float64")


def _charted(inputs: pd.DataFrame) -> pd.DataFrame:
    drugs = definition("drugs")["systemic"]
    items = {item: drug for drug, entry in drugs.items() for item in entry.get("input_items", ())}
    found = inputs[inputs["itemid"].isin(items)]
    found = found.rename(columns={"starttime": "begin", "endtime": "end", "amount": "dose"})
    return found.assign(drug=found["itemid"].map(items), witness="infusion", local=False)[_DOSE]


def _scanned(copy: Path, emar: pd.DataFrame) -> pd.DataFrame:
    """Doses as given, infusions as rate times the hours until they are stopped."""
    words = definition("drugs")["emar"]
    texts = ("product_description", "dose_given", "infusion_rate", "infusion_rate_unit")
    detail = read_table(copy, "hosp/emar_detail", texts=texts)
    key = ["subject_id", "emar_seq"]
    found = _lytic(emar, "medication").merge(detail[[*key, *texts]], on=key, how="left")
    found["given"], found["rate"] = _number(found["dose_given"]), _number(found["infusion_rate"])
    found["local"] |= _named(found["product_description"], definition("drugs")["local"]["names"])
    once = ["hadm_id", "drug", "pharmacy_id", "charttime", "event_txt", *key]
    found = found.groupby(once, as_index=False).agg(
        given=("given", "sum"), rate=("rate", "max"), local=("local", "any")
    )
    stops = found[found["event_txt"].isin(words["stopped"])].groupby("pharmacy_id")["charttime"].max()
    found = found[found["event_txt"].isin(words["given"])]
    stop = found["pharmacy_id"].map(stops)
    hours = (stop - found["charttime"]).dt.total_seconds() / 3600
    running = found["rate"].notna() & (hours > 0)
    return found.assign(
        witness="bedside",
        begin=found["charttime"],
        end=stop.where(running, found["charttime"]),
        dose=(found["rate"] * hours).where(running, found["given"]),
    )[_DOSE]


def _ordered(copy: Path) -> pd.DataFrame:
    orders = read_table(copy, "hosp/prescriptions", ("starttime",), ("dose_val_rx", "drug", "route"))
    found = _lytic(orders.rename(columns={"drug": "ordered"}), "ordered")
    pharmacy = read_table(copy, "hosp/pharmacy", texts=("duration_interval",))
    pharmacy = pharmacy[pharmacy["duration_interval"] == "Hours"]
    found = found.merge(pharmacy[["pharmacy_id", "duration"]], on="pharmacy_id", how="left")
    local = found["local"] | found["route"].isin(definition("drugs")["local"]["routes"])
    lasting = pd.to_numeric(found["duration"]).fillna(0.0)
    end = found["starttime"] + pd.to_timedelta(lasting, unit="h")
    dose = _number(found["dose_val_rx"]).fillna(0.0)
    return found.assign(witness="order", local=local, begin=found["starttime"], end=end, dose=dose)[_DOSE]


def _systemic(doses: pd.DataFrame, recorded: Any) -> pd.DataFrame:
    """Dose and hours of the systemic exposure of each admission that has one, by its best witness."""
    drugs = definition("drugs")
    doses = doses.sort_values([*_KEYS, "begin"], ignore_index=True)
    apart = doses.groupby(_KEYS)["begin"].diff() > pd.Timedelta(hours=drugs["episode_hours"])
    doses["episode"] = apart.groupby([doses[key] for key in _KEYS]).cumsum()
    found = doses.groupby([*_KEYS, "episode"], as_index=False).agg(
        begin=("begin", "min"), end=("end", "max"), lytic_dose=("dose", "sum")
    )
    found["lytic_hours"] = (found["end"] - found["begin"]).dt.total_seconds() / 3600
    enough = found["lytic_dose"] >= found["drug"].map({k: v["least"] for k, v in drugs["systemic"].items()})
    ordered_only = (found["witness"] != "order") | ~found["hadm_id"].isin(recorded)
    quick = found["lytic_hours"] <= drugs["longest_hours"]
    found = found[~found["local"] & enough & quick & ordered_only]
    rank = found["witness"].map({"infusion": 0, "bedside": 1, "order": 2})
    best: pd.DataFrame = found.assign(rank=rank).sort_values(["rank", "begin"]).drop_duplicates("hadm_id")
    return best


def _infused(inputs: pd.DataFrame, rows: pd.DataFrame, followed: pd.DataFrame) -> dict[str, Any]:
    items = definition("items")["treatment"]
    events = inputs[["subject_id", "itemid", "starttime", "endtime", "amount"]]
    near = events[events["itemid"].isin(items["vasopressor"])].merge(rows, on="subject_id")
    near = near[(near["starttime"] <= near["known_until"]) & (near["endtime"] >= near["known_from"])]
    cells = events[events["itemid"].isin(items["red_cells"])].merge(followed, on="subject_id")
    cells = cells[(cells["starttime"] > cells["t0"]) & (cells["starttime"] <= cells["until"])]
    volume = cells.groupby("patient_id")["amount"].sum()
    units = (volume / definition("outcomes")["bleeding"]["ml_a_unit"]).round().clip(lower=1)
    return {
        "vasopressor": near.groupby("patient_id").size().clip(upper=1),
        "red_cell_units": units.reindex(followed["patient_id"]).fillna(0),
    }


def _reversed(emar: pd.DataFrame, followed: pd.DataFrame) -> pd.Series:
    drugs = definition("drugs")
    given = emar[
        _named(emar["medication"], drugs["reversal"]["names"])
        & emar["event_txt"].isin(drugs["emar"]["given"])
    ]
    near = given[["hadm_id", "charttime"]].merge(followed, on="hadm_id")
    near = near[(near["charttime"] > near["t0"]) & (near["charttime"] <= near["until"])]
    return _marked(followed, near["hadm_id"])


def _coded(copy: Path, rows: pd.DataFrame, followed: pd.DataFrame) -> dict[str, Any]:
    """Cases, what is chronic, and bleeding that is not the reason of the admission."""
    coded = read_table(copy, "hosp/diagnoses_icd", texts=("icd_code",))
    cases = coded.loc[_has(coded, codes("embolism")), "hadm_id"]
    at_visit = rows[~rows["patient_id"].isin(followed["patient_id"])]
    columns: dict[str, Any] = {"pe": _marked(at_visit, cases)}
    own = coded[coded["subject_id"].isin(rows["subject_id"])]
    for name, entry in definition("codes")["history"].items():
        if "chronic" in entry:
            columns[name] = _marked(rows, own.loc[_has(own, entry["chronic"]), "hadm_id"])
    later = coded[(coded["seq_num"] > 1) & coded["hadm_id"].isin(followed["hadm_id"])]
    for kind in _BLEEDING:
        bled = later.loc[_has(later, codes(f"bleeding.{kind}")), "hadm_id"]
        columns[f"code_{kind}"] = _marked(followed, bled)
    return columns


def _has(coded: pd.DataFrame, entry: dict[str, Any]) -> pd.Series:
    found = pd.Series(data=False, index=coded.index)
    for version, number in (("icd10", 10), ("icd9", 9)):
        for low, _, high in (beginning.partition("..") for beginning in entry.get(version, ())):
            start = coded["icd_code"].str[: len(low)]
            found |= (coded["icd_version"] == number) & start.between(low, high or low)
    return found


def _marked(rows: pd.DataFrame, hadm_ids: pd.Series) -> pd.Series:
    return rows.set_index("patient_id")["hadm_id"].isin(hadm_ids).astype("float64")


def _outpatient(copy: Path, rows: pd.DataFrame) -> dict[str, Any]:
    mapping = definition("items")
    found = read_table(copy, "hosp/omr", texts=("result_value",))
    columns = {}
    for name, results in mapping["outpatient"].items():
        seen = found[found["result_name"].isin(results)].merge(rows, on="subject_id")
        date, visit = pd.to_datetime(seen["chartdate"]), seen["visit_start"].dt.normalize()
        recent = (date < visit) & (date >= visit - pd.Timedelta(days=mapping["omr_days"]))
        unit, value = seen["result_name"].map(results), pd.to_numeric(seen["result_value"], errors="coerce")
        seen = seen.assign(charttime=date, valueuom=unit, valuenum=value)[recent]
        columns[name] = taken(name, seen, "last")
    return columns
