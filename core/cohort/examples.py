"""Made-up example patients for teaching, in the catalogue's variables and units."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cohort.variables import variables

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Simulation:
    """What the simulator is asked for, to make an example patient's ECG.

    Attributes
    ----------
    stratum, severity, number
        As ``core.ecg.simulator.simulate`` takes them.
    """

    stratum: str
    severity: float
    number: int


@dataclass(frozen=True)
class Example:
    """One made-up patient; variables that are not in ``values`` are not known.

    Attributes
    ----------
    name
        Key.
    titles, descriptions
        By language.
    values
        Catalogue name to number, 0/1 or level.
    extra
        0/1 answers beyond the catalogue: what only scores and contraindications ask for.
    recording
        Its ECG, which ``core.example_recordings`` makes; None where it has none.
    """

    name: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    values: dict[str, float | str]
    extra: dict[str, float]
    recording: Simulation | None

    def frame(self) -> pd.DataFrame:
        """Return one row with all that is known, as tables have it: for models, scores and contraindications."""
        import pandas as pd

        known = {**self.values, **self.extra}
        frame = pd.DataFrame([known], index=pd.Index([self.name], name="patient_id", dtype="str"))
        words = [name for name in self.values if variables()[name].kind == "categorical"]
        return frame.astype({name: "str" if name in words else "float64" for name in known})


@functools.cache
def examples() -> dict[str, Example]:
    """Read ``examples.toml``; the order is the screen's."""
    stored = tomllib.loads((Path(__file__).parent / "examples.toml").read_text(encoding="utf-8"))
    return {name: _example(name, entry) for name, entry in stored.items()}


def _example(name: str, entry: dict[str, Any]) -> Example:
    return Example(
        name=name,
        titles={"zh": entry["zh"], "en": entry["en"]},
        descriptions={"zh": entry["zh_about"], "en": entry["en_about"]},
        values={
            key: value if isinstance(value, str) else float(value) for key, value in entry["values"].items()
        },
        extra={key: float(value) for key, value in entry.get("extra", {}).items()},
        recording=Simulation(**entry["recording"]) if "recording" in entry else None,
    )
