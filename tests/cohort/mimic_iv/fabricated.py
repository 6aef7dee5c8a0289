"""A made-up hospital with the tables of MIMIC-IV: every number is invented, nobody was ever treated."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2150-01-01"
HEADERS = {
    "hosp/patients": "subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod",
    "hosp/admissions": "subject_id,hadm_id,admittime,dischtime,deathtime,admission_type,admit_provider_id,"
    "admission_location,discharge_location,insurance,language,marital_status,race,edregtime,edouttime,hospital_expire_flag",
    "hosp/diagnoses_icd": "subject_id,hadm_id,seq_num,icd_code,icd_version",
    "hosp/procedures_icd": "subject_id,hadm_id,seq_num,chartdate,icd_code,icd_version",
    "hosp/hcpcsevents": "subject_id,hadm_id,chartdate,hcpcs_cd,seq_num,short_description",
    "hosp/omr": "subject_id,chartdate,seq_num,result_name,result_value",
    "hosp/labevents": "labevent_id,subject_id,hadm_id,specimen_id,itemid,order_provider_id,charttime,storetime,value,"
    "valuenum,valueuom,ref_range_lower,ref_range_upper,flag,priority,comments",
    "hosp/prescriptions": "subject_id,hadm_id,pharmacy_id,poe_id,poe_seq,order_provider_id,starttime,stoptime,"
    "drug_type,drug,formulary_drug_cd,gsn,ndc,prod_strength,form_rx,dose_val_rx,dose_unit_rx,form_val_disp,form_unit_disp,"
    "doses_per_24_hrs,route",
    "hosp/pharmacy": "subject_id,hadm_id,pharmacy_id,poe_id,starttime,stoptime,medication,duration,duration_interval",
    "hosp/emar": "subject_id,hadm_id,emar_id,emar_seq,poe_id,pharmacy_id,charttime,medication,event_txt",
    "hosp/emar_detail": "subject_id,emar_id,emar_seq,parent_field_ordinal,dose_due,dose_due_unit,dose_given,"
    "dose_given_unit,product_description,infusion_rate,infusion_rate_unit,route",
    "icu/icustays": "subject_id,hadm_id,stay_id,first_careunit,last_careunit,intime,outtime,los",
    "icu/inputevents": "subject_id,hadm_id,stay_id,starttime,endtime,storetime,itemid,amount,amountuom,rate,rateuom,"
    "patientweight,statusdescription,originalamount,originalrate",
    "icu/procedureevents": "subject_id,hadm_id,stay_id,starttime,endtime,storetime,itemid,value,valueuom",
    "icu/chartevents": "subject_id,hadm_id,stay_id,charttime,itemid,value,valuenum,valueuom",
}


def at(hour: float) -> str:
    """Time that many hours after the start of the first day."""
    return str(pd.Timestamp(DAY) + pd.Timedelta(minutes=round(60 * hour)))


def visit_id(person: int) -> int:
    return 20_000_000 + person


@dataclass
class Hospital:
    """Tables under construction; a person's visit starts at hour 0 and is number ``visit_id(person)``."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in HEADERS})
    events: int = 0

    def add(self, table: str, **values: Any) -> None:
        unknown = set(values) - set(HEADERS[table].split(","))
        assert not unknown, unknown
        self.rows[table].append(values)

    def person(self, person: int, **values: Any) -> int:
        """Add a person with a visit of ten days."""
        self.add(
            "hosp/patients",
            subject_id=person,
            anchor_year=2148,
            **{"gender": "F", "anchor_age": 60, **values},
        )
        self.visit(person, visit_id(person), 0, 240)
        return person

    def visit(self, person: int, hadm_id: int, start: float, end: float, **values: Any) -> None:
        known = {
            "race": "UNKNOWN",
            "hospital_expire_flag": 0,
            "admittime": at(start + 2),
            "edregtime": at(start),
        }
        self.add(
            "hosp/admissions", subject_id=person, hadm_id=hadm_id, dischtime=at(end), **{**known, **values}
        )

    def code(
        self, person: int, code: str, version: int = 10, seq: int = 2, hadm_id: int | None = None
    ) -> None:
        self.add(
            "hosp/diagnoses_icd",
            subject_id=person,
            hadm_id=hadm_id or visit_id(person),
            seq_num=seq,
            icd_code=code,
            icd_version=version,
        )

    def lab(
        self, person: int, item: int, hour: float, number: float | None, unit: str = "", **values: Any
    ) -> None:
        """Add a result, reported half an hour after the sample; it names no admission, as in emergencies."""
        self.events += 1
        known = {"storetime": at(hour + 0.5), "specimen_id": self.events, "value": "___", "valuenum": number}
        self.add(
            "hosp/labevents",
            subject_id=person,
            labevent_id=self.events,
            itemid=item,
            charttime=at(hour),
            valueuom=unit,
            **{**known, **values},
        )

    def chart(self, person: int, item: int, hour: float, number: float, value: str = "") -> None:
        self.add(
            "icu/chartevents",
            subject_id=person,
            hadm_id=visit_id(person),
            charttime=at(hour),
            itemid=item,
            valuenum=number,
            value=value or number,
        )

    def infusion(
        self, person: int, item: int, begin: float, end: float, amount: float, **values: Any
    ) -> None:
        known = {"amountuom": "mg", "statusdescription": "FinishedRunning", "originalamount": amount}
        self.add(
            "icu/inputevents",
            subject_id=person,
            hadm_id=visit_id(person),
            itemid=item,
            starttime=at(begin),
            endtime=at(end),
            amount=amount,
            **{**known, **values},
        )

    def procedure(self, person: int, item: int, begin: float, end: float) -> None:
        self.add(
            "icu/procedureevents",
            subject_id=person,
            hadm_id=visit_id(person),
            itemid=item,
            starttime=at(begin),
            endtime=at(end),
        )

    def operation(self, person: int, code: str, day: str, version: int = 10) -> None:
        self.add(
            "hosp/procedures_icd",
            subject_id=person,
            hadm_id=visit_id(person),
            chartdate=day,
            icd_code=code,
            icd_version=version,
        )

    def stay(self, person: int, begin: float, end: float) -> None:
        self.add(
            "icu/icustays", subject_id=person, hadm_id=visit_id(person), intime=at(begin), outtime=at(end)
        )

    def bedside(
        self,
        person: int,
        hour: float,
        medication: str,
        event: str = "Administered",
        pharmacy: int = 1,
        **detail: Any,
    ) -> None:
        self.events += 1
        key = {"subject_id": person, "emar_id": f"{person}-{self.events}", "emar_seq": self.events}
        self.add(
            "hosp/emar",
            **key,
            hadm_id=visit_id(person),
            pharmacy_id=pharmacy,
            charttime=at(hour),
            medication=medication,
            event_txt=event,
        )
        self.add("hosp/emar_detail", **key, **detail)

    def order(
        self, person: int, hour: float, drug: str, dose: float | str, route: str = "IV", hours: float = 0
    ) -> None:
        self.events += 1
        self.add(
            "hosp/prescriptions",
            subject_id=person,
            hadm_id=visit_id(person),
            pharmacy_id=self.events,
            starttime=at(hour),
            drug=drug,
            dose_val_rx=dose,
            dose_unit_rx="mg",
            route=route,
        )
        if hours:
            self.add(
                "hosp/pharmacy",
                subject_id=person,
                hadm_id=visit_id(person),
                pharmacy_id=self.events,
                medication=drug,
                duration=hours,
                duration_interval="Hours",
            )

    def embolism(self, person: int, **values: Any) -> int:
        """Add a person whose visit has an embolism's code in first position."""
        self.person(person, **values)
        self.code(person, "I2699", seq=1)
        return person

    def lysed(self, person: int, hour: float = 10) -> int:
        """Add a person with an embolism and 90 mg of alteplase over two hours."""
        self.embolism(person)
        self.stay(person, 1, 100)
        self.infusion(person, 221319, hour, hour + 2, 90)
        return person

    def write(self, folder: Path, form: str = "csv") -> Path:
        """Write the tables as ``csv``, ``csv.gz`` or ``parquet``."""
        for name, header in HEADERS.items():
            frame = pd.DataFrame(self.rows[name], columns=header.split(","))
            for column in frame.columns:
                if column.endswith("_id") or column in {"seq_num", "itemid", "icd_version", "emar_seq"}:
                    frame[column] = frame[column].astype(
                        "Int64" if column not in {"emar_id", "poe_id"} else "str"
                    )
            path = folder / f"{name}.{form}"
            path.parent.mkdir(parents=True, exist_ok=True)
            if form == "parquet":
                times = [column for column in frame if column.endswith(("time", "chartdate"))]
                frame[times] = frame[times].apply(pd.to_datetime)
                frame.to_parquet(path, index=False)
                continue
            content = frame.to_csv(index=False, lineterminator="\n").encode()
            path.write_bytes(gzip.compress(content, mtime=0) if form == "csv.gz" else content)
        return folder
