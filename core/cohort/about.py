"""What ``cohort.toml`` says of a cohort."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import CohortError

# reading grows with the square of the length of a dotted key
_MOST_BYTES = 32_768


@dataclass(frozen=True)
class About:
    """What ``cohort.toml`` says; what is shown on screen and unknown stays empty.

    Attributes
    ----------
    generator
        How a synthetic cohort was made, in words.
    seed
        The generator's seed: with it every synthetic patient's recording can be made again. None where there is none.
    signals
        Folder that the recordings' paths begin at, where they stay outside the cohort's own: a copy of MIMIC-IV-ECG has
        800,000 of them. None for recordings inside it.
    """

    name: str
    source: str = ""
    synthetic: bool = False
    index_time: str = ""
    outcome_definition: str = ""
    generator: str = ""
    seed: int | None = None
    signals: str | None = None

    def facts(self) -> dict[str, object]:
        """What a model's manifest says of its cohort: nothing of the machine that it stood on."""
        return {key: value for key, value in vars(self).items() if key != "signals"}


def parse_about(content: bytes, name: str) -> About:
    """Read what a ``cohort.toml`` says; a cohort without a name of its own gets ``name``.

    Raises
    ------
    CohortError
        It is no TOML, or longer than anybody writes.
    """
    if len(content) > _MOST_BYTES:
        reason = f"{len(content):,} bytes, more than {_MOST_BYTES:,}"
        raise CohortError("errors.cohort_toml", folder=name, reason=reason)
    try:
        entries: dict[str, Any] = tomllib.loads(content.decode("utf-8"))
    # a number of too many digits is a plain ValueError, as the errors of TOML and of UTF-8 are ones
    except (ValueError, RecursionError) as error:
        raise CohortError(
            "errors.cohort_toml", folder=name, reason=" ".join(str(error).split())[:80]
        ) from error
    texts = {
        key: str(entries.get(key, ""))[:500]
        for key in ("name", "source", "index_time", "outcome_definition", "generator")
    }
    texts["name"] = texts["name"] or name
    seed = entries.get("seed")
    kept = seed if type(seed) is int and seed >= 0 else None
    signals = str(entries["signals"]) if Path(str(entries.get("signals", ""))).is_absolute() else None
    return About(synthetic=entries.get("synthetic") is True, seed=kept, signals=signals, **texts)


def synthetic_about(preset: str, seed: int, signal: float = 1.0) -> About:
    """Return what a generated cohort says of itself."""
    return About(
        name=f"synthetic {preset}",
        source="core/cohort/synthetic.toml",
        synthetic=True,
        index_time="start of systemic thrombolysis (outcome); first hours of the visit (diagnosis)",
        outcome_definition="death if within 30 days, else major bleeding, else none",
        generator=f"preset {preset}, seed {seed}, signal factor {signal:g}",
        seed=seed,
    )
