"""What a model can be fitted on, by name."""

from typing import Final

SINGLE: Final = ("ehr", "ecg")
MODALITIES: Final = (*SINGLE, "fusion")
