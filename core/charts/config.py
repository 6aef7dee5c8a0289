"""What a page gives plotly beside a figure; apart from all that draws, so that a page can be there before plotly is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG: Final[Mapping[str, Any]] = {
    "displaylogo": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d", "toggleSpikelines"],
}
"""``st.plotly_chart(chart.figure, config=CONFIG)``."""
