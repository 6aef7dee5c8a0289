"""Step 1: how likely embolism is before imaging, and how the models move it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.report import step_blocks
from pages.parts.patient_blocks import draw_blocks

if TYPE_CHECKING:
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked


def draw(page: Page, worked: Worked) -> None:
    """Draw the scores, the D-dimer rules and the models."""
    draw_blocks(step_blocks("suspicion", worked.inputs, page.language))
