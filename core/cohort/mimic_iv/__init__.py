"""MIMIC-IV as a cohort folder: who has an embolism, who got systemic lysis, what was known before, what came after.

The definitions stand in five TOML files beside these modules; `build.py` is the door.
"""

from core.cohort.mimic_iv.build import build
from core.cohort.mimic_iv.converting import Converted, convert
from core.cohort.mimic_iv.options import Options

__all__ = ["Converted", "Options", "build", "convert"]
