"""What a build may be asked for; checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import CohortError

POSITIONS = ("any", "primary")
VARIANTS = ("thrombolysis", "anticoagulation")
CONTROLS = ("either", "d-dimer", "ct-angiography", "none")
RECORDINGS = ("one", "all")
BLEEDINGS = ("isth", "any-criterion")


@dataclass(frozen=True)
class Options:
    """Choices of a build.

    Attributes
    ----------
    pe_position
        Position of the embolism's code that makes a case: ``any`` or ``primary`` (first).
    variant
        Who has an outcome: ``thrombolysis``, those with systemic lysis, from its start; ``anticoagulation``, all with
        an embolism, from the index time of the visit.
    controls
        What shows that an embolism was suspected in a visit without one: ``d-dimer``, ``ct-angiography``, ``either``
        of them; ``none`` for no controls.
    hours
        Index time of a visit: so many hours after its start.
    recordings
        ``one`` ECG a row, the last before the index time, or ``all`` of the window.
    bleeding
        ``isth``: a fall of haemoglobin, red cells or reversal count with an overt bleeding's code or together;
        ``any-criterion``: each alone, and each code alone. How often bleeding is "major" hangs on this.

    Raises
    ------
    CohortError
        A choice is none of these, or the hours are not between 1 and 72.
    """

    pe_position: str = "any"
    variant: str = "thrombolysis"
    controls: str = "either"
    hours: int = 6
    recordings: str = "one"
    bleeding: str = "isth"

    def __post_init__(self) -> None:
        known = {
            "pe_position": POSITIONS,
            "variant": VARIANTS,
            "controls": CONTROLS,
            "recordings": RECORDINGS,
            "bleeding": BLEEDINGS,
        }
        for name, choices in known.items():
            if getattr(self, name) not in choices:
                raise CohortError(
                    "errors_mimic.option",
                    option=name.replace("_", "-"),
                    found=str(getattr(self, name))[:40],
                    known=", ".join(choices),
                )
        if not 1 <= self.hours <= 72:
            raise CohortError("errors_mimic.hours", found=self.hours)

    @property
    def by_d_dimer(self) -> bool:
        """Whether an order of D-dimer shows that an embolism was suspected."""
        return self.controls in {"either", "d-dimer"}
