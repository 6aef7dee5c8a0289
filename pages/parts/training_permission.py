"""Whether this visitor may train here.

Who trains takes the machine's time, and who adopts changes what everyone sees. So the rule is: what the owner of the
server has set decides (``PE_ALLOW_TRAINING``, 1 or 0, as an environment variable or a Streamlit secret). Where nothing
is set, training is on only where all signs say that the visitor sits at the machine itself: the server was started with
a browser of its own (not ``headless``, as servers and containers are) or listens on this machine alone
(``--server.address localhost``), the visitor's connection comes from this machine, the address in the browser names it,
and nothing stands in between that forwards requests. One missing sign, and it is off. A folder of the server can be
named under the same signs only, whatever is set.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from core.libraries import TRAINING, missing

SETTING = "PE_ALLOW_TRAINING"
_HERE = {"localhost", "127.0.0.1", "::1"}
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")


@dataclass(frozen=True)
class Permission:
    """What a visitor may do.

    Attributes
    ----------
    allowed
        Train, adopt, go back.
    local
        Name a folder of this machine.
    """

    allowed: bool
    local: bool


def permission() -> Permission:
    """Decide for this visitor, by the rule of this module."""
    local = _at_the_machine()
    asked = _setting()
    return Permission(local if asked is None else asked, local)


def decided(setting: str | None) -> bool | None:
    """Return what the owner set; None where nothing is set. What is not understood is a no.

    Examples
    --------
    >>> decided("1"), decided("off"), decided(None), decided("perhaps")
    (True, False, None, False)
    """
    if setting is None or not setting.strip():
        return None
    return setting.strip().lower() in {"1", "true", "yes", "on"}


def missing_libraries(modality: str) -> list[str]:
    """Libraries that training needs and that are not installed; none is imported to find out."""
    return missing(TRAINING[modality])


def nothing_trains() -> list[str]:
    """Libraries without which no model at all can be trained here; none where at least one modality can."""
    gone = [missing_libraries(modality) for modality in TRAINING]
    return sorted({name for names in gone for name in names}) if all(gone) else []


def _setting() -> bool | None:
    known = os.environ.get(SETTING)
    if known is None and st.secrets.load_if_toml_exists():
        known = str(st.secrets.get(SETTING, ""))
    return decided(known)


def _at_the_machine() -> bool:
    own_address = st.get_option("server.address") in _HERE
    if st.get_option("server.headless") and not own_address:
        return False
    # None: the connection comes from this machine
    if st.context.ip_address is not None or any(st.context.headers.get(name) for name in _FORWARDED):
        return False
    return all(
        _host(address) in _HERE for address in (st.context.url, st.context.headers.get("Origin")) if address
    )


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
