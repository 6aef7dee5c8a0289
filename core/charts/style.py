"""How every chart looks: colours, symbols, fonts and layout, decided here and nowhere else.

One figure reads on light and on dark ground: text takes the theme's strong ink, and every colour set here has
a contrast of at least 3:1 on both, class colours at least 4.5:1 under white text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import plotly.graph_objects as go

from core.charts.words import escape
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FONT: Final = "system-ui, 'Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
TEXT_SIZE: Final = 14
SMALL_SIZE: Final = 12
TITLE_SIZE: Final = 16
# Streamlit's frontend puts its theme's strong text colour wherever a figure says this (elsewhere it is a near
# black on paper); the weaker grey that it gives charts by itself is 3.7:1 on white, short of WCAG's 4.5:1
INK: Final = "#000037"
GRID: Final = "rgba(128, 137, 147, 0.26)"
NEUTRAL: Final = "#757d86"
LOWERS: Final = "#2b6cb0"
RAISES: Final = "#c4501b"
# blue to orange through grey: told apart with every common form of colour blindness
LOW_TO_HIGH: Final = ((0.0, LOWERS), (0.5, "#8d9096"), (1.0, RAISES))


@dataclass(frozen=True)
class Chart:
    """A figure, and what it shows in words.

    Attributes
    ----------
    figure
        The plotly figure, without a width: it takes the room it is given.
    title
        Plain text, as above the figure.
    alt
        One or two sentences with the key numbers, for those who cannot see the figure.
    """

    figure: go.Figure
    title: str
    alt: str


@dataclass(frozen=True)
class Look:
    """How one class or one series is told apart: by colour, and always by a second sign.

    Attributes
    ----------
    color
        Hexadecimal.
    symbol, glyph
        Marker symbol in plotly's words, and the same sign as a character for labels.
    pattern
        Hatching of filled areas, empty for none.
    area
        A character that looks like the hatching.
    dash
        Dash of lines.
    """

    color: str
    symbol: str = "circle"
    glyph: str = "●"
    pattern: str = ""
    area: str = "■"
    dash: str = "solid"

    @property
    def mark(self) -> str:
        """The coloured sign that stands before a label."""
        return sign(self.color, self.glyph)


_LOOKS: Final = {
    "none": Look("#1b7f74", "circle", "●"),
    "death": Look("#5d62c9", "square", "■", "/", "▨"),
    "bleeding": Look("#ce471b", "triangle-up", "▲", ".", "▦"),
    "no_pe": Look("#4a7a94", "circle", "●"),
    "pe": Look("#a16207", "diamond", "◆", "/", "▨"),
    "raw": Look("#a16207", "triangle-up", "▲", dash="dash"),
    "recalibrated": Look(LOWERS, "circle", "●"),
    "twin": Look(NEUTRAL, "square", "■", dash="dot"),
    "oracle": Look(NEUTRAL, "diamond", "◆", dash="dot"),
    "used": Look(LOWERS, "circle", "●"),
    "beside": Look(NEUTRAL, "square", "■"),
    "fusion": Look("#a8447f", "square", "■"),
    "ehr": Look(LOWERS, "circle", "●", dash="dash"),
    "ecg": Look("#a16207", "diamond", "◆", dash="dot"),
}
_OTHERS: Final = (
    Look("#2b6cb0", "circle", "●"),
    Look("#a16207", "diamond", "◆", "/", "▨", "dash"),
    Look("#a8447f", "square", "■", ".", "▦", "dashdot"),
    Look("#4f7a28", "triangle-up", "▲", "x", "▩", "dot"),
)


def look(name: str, position: int = 0) -> Look:
    """Return how a class or series looks; a name that the house does not know goes by its position."""
    return _LOOKS.get(name) or _OTHERS[position % len(_OTHERS)]


def sign(color: str, glyph: str) -> str:
    """Return a coloured character for labels and keys."""
    return f'<span style="color:{color}">{glyph}</span>'


def key_of(signs: Iterable[tuple[str, str]]) -> str:
    """Return one line that tells what signs mean.

    Parameters
    ----------
    signs
        The sign (from ``sign``) and its words, plain text.
    """
    return "   ".join(f"{glyph} {escape(words)}" for glyph, words in signs)


def tint(color: str, opacity: float) -> str:
    """Return a hexadecimal colour as ``rgba(...)`` with an opacity from 0 to 1."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def filled(color: str | Sequence[str], pattern: str | Sequence[str] = "") -> dict[str, Any]:
    """Return the marker of a bar: its colour, and white hatching over it as a second sign."""
    return {
        "color": color,
        "line": {"width": 0},
        "pattern": {
            "shape": pattern,
            "fillmode": "overlay",
            "fgcolor": "#ffffff",
            "fgopacity": 0.45,
            "size": 7,
            "solidity": 0.25,
        },
    }


def compact(values: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return numbers as float32, which plotly sends as bytes and not as text."""
    return np.asarray(values, dtype=np.float32)


class _Canvas(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure whose layout is set ten times as fast: plotly's own way merges path by path into what is there."""

    def update_layout(self, *given: Any, overwrite: bool = False, **settings: Any) -> _Canvas:
        """Do what plotly does; a property that is still empty, or one number or word, is set at once."""
        for name in [] if given or overwrite else list(settings):
            merges = isinstance(settings[name], dict | list | tuple)
            if name in self.layout and not (merges and _is_set(self.layout[name])):
                self.layout[name] = settings.pop(name)
        if given or settings:
            super().update_layout(*given, overwrite=overwrite, **settings)
        return self


def _is_set(value: Any) -> bool:
    """Whether a property of a layout holds anything; plotly's objects are true even when they are empty."""
    return bool(value.to_plotly_json() if hasattr(value, "to_plotly_json") else value)


def canvas(
    title: str, language: str, *, height: int, synthetic: bool = False, note: str = "", key: str = ""
) -> go.Figure:
    """Return an empty figure in the house style.

    Parameters
    ----------
    title
        Plain text; it is escaped here.
    height
        In pixels, of the whole figure.
    synthetic
        Says under the title that the numbers come from synthetic data.
    note
        More plain text for the line under the title.
    key
        What the colours and signs mean, from ``key_of``: a line of its own under the title. It is text and no
        legend, since a legend between title and plot wraps into them on a phone.
    """
    line = escape(
        " · ".join(words for words in (text(language, "charts.synthetic") * synthetic, note) if words)
    )
    under = [words for words in (line, key) if words]
    layout = {
        # an empty template: the figure is the same whether or not streamlit, which sets its own, is imported
        "template": go.layout.Template(),
        "height": height,
        "font": {"family": FONT, "size": TEXT_SIZE, "color": INK},
        "title": {
            "text": escape(title),
            "subtitle": {"text": "<br>".join(under), "font": {"size": SMALL_SIZE + 1, "color": INK}},
            "font": {"size": TITLE_SIZE, "family": FONT},
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 10, "l": 4},
        },
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 14, "t": 44 + 20 * len(under), "b": 8, "pad": 2},
        "hoverlabel": {"font": {"family": FONT, "size": TEXT_SIZE}, "align": "left"},
        "hovermode": "closest",
        # a finger that drags over a chart scrolls the page; zoom stays in the mode bar
        "dragmode": False,
        "showlegend": False,
    }
    return _Canvas(layout=layout)


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """Return the settings of one axis; ``title`` is plain text, may have two lines, and names the unit."""
    lines = "<br>".join(escape(line) for line in title.split("\n"))
    return {
        "title": {"text": lines, "font": {"size": TEXT_SIZE, "color": INK}, "standoff": 8},
        "ticks": "",
        "tickangle": 0,
        "nticks": 6,
        "tickfont": {"size": SMALL_SIZE + 1, "color": INK},
        "gridcolor": GRID,
        "showgrid": True,
        "zeroline": False,
        "automargin": True,
        **more,
    }


def diagonal(figure: go.Figure, end: float = 1, **more: Any) -> None:
    """Draw the dashed line on which both axes say the same, from 0 to ``end``; ``more`` goes to its trace."""
    figure.add_scatter(
        x=[0, end],
        y=[0, end],
        mode="lines",
        line={"color": NEUTRAL, "dash": "dash", "width": 1.2},
        hoverinfo="skip",
        **more,
    )


def legend_below(figure: go.Figure, *, lines: int) -> None:
    """Show a legend under the horizontal axis, one entry a line, and make the figure taller by as much."""
    room = 24 * lines + 8
    inner = figure.layout.height - figure.layout.margin.t - 60
    figure.update_layout(
        showlegend=True,
        legend={
            "orientation": "v",
            "x": 0,
            "xanchor": "left",
            "y": -62 / inner,
            "yanchor": "top",
            "font": {"size": TEXT_SIZE - 1},
            "bgcolor": "rgba(0,0,0,0)",
        },
        height=figure.layout.height + room,
    )


def add_all(figure: go.Figure, kind: str, drawn: Iterable[dict[str, Any]]) -> None:
    """Add several annotations or shapes at once: plotly checks all that are there anew with every single one.

    Parameters
    ----------
    kind
        ``annotations`` or ``shapes``.
    """
    figure.layout[kind] = (*figure.layout[kind], *drawn)


def nothing_to_show(title: str, language: str, *, synthetic: bool = False) -> Chart:
    """Return a chart that says that there is nothing to draw."""
    words = text(language, "charts.nothing")
    figure = canvas(title, language, height=200, synthetic=synthetic)
    figure.update_layout(xaxis_visible=False, yaxis_visible=False)
    figure.add_annotation(text=words, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
    return Chart(figure, title, words)
