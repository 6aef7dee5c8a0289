"""The classic force plot through streamlit-shap, in one place: the package makes a call that Streamlit deprecated."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import streamlit as st

from core.libraries import FORCE_PLOT, missing, said

if TYPE_CHECKING:
    import pandas as pd

    from pages.parts.frame import Page

# the plot is a page of HTML of its own: text from files must not open or close anything in it
_HARMLESS = str.maketrans({"<": "‹", ">": "›", "&": "＆", '"': "″", "'": "′", "\\": "∖", "`": "′"})
_MOST = 25


def draw_force_plot(page: Page, contributions: pd.DataFrame, base: float) -> None:
    """Draw one patient's contributions to one class; if the package fails, the waterfall above says the same.

    Parameters
    ----------
    contributions
        ``label``, ``value`` (text) and ``contribution`` (log-odds).
    base
        Margin before anything is known of the patient.
    """
    if gone := missing(FORCE_PLOT):
        st.info(page.say("libraries.force", names=said(gone)), icon=":material/extension_off:")
        return
    order = contributions["contribution"].abs().sort_values(ascending=False).index
    shown = contributions.loc[order[:_MOST]]
    rest = contributions.loc[order[_MOST:], "contribution"].sum()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the package's own call, see above
            import shap
            from streamlit_shap import st_shap

            plot = shap.force_plot(
                base + rest,
                shown["contribution"].to_numpy(),
                features=[_plain(value) for value in shown["value"]],
                feature_names=[_plain(label) for label in shown["label"]],
                out_names=page.say("patient.force_axis"),
            )
            with st.container(key="force_plot_ground"):
                st_shap(plot, height=170)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        st.info(page.say("patient.force_failed", kind=type(error).__name__), icon=":material/info:")


def _plain(words: object) -> str:
    return str(words).translate(_HARMLESS)
