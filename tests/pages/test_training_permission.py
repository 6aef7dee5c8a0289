from __future__ import annotations

import pytest
import streamlit as st

from core import libraries
from pages.parts import training_permission
from pages.parts.training_permission import SETTING, decided, missing_libraries, nothing_trains, permission


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("1", True), ("true", True), ("0", False), ("off", False), ("", None), (None, None), ("?", False)],
)
def test_what_the_owner_sets_decides(setting, expected):
    assert decided(setting) is expected


class _Context:
    def __init__(self, ip: str | None, url: str, headers: dict[str, str]) -> None:
        self.ip_address, self.url, self.headers = ip, url, headers


@pytest.mark.parametrize(
    ("headless", "address", "ip", "url", "headers", "local"),
    [
        (False, None, None, "http://localhost:8501/training", {}, True),
        (True, "localhost", None, "http://127.0.0.1:8501/", {}, True),
        (True, None, None, "http://localhost:8501/", {}, False),
        (True, "0.0.0.0", None, "http://localhost:8501/", {}, False),
        (False, None, "10.0.0.7", "http://localhost:8501/", {}, False),
        (False, None, None, "https://pe.example.org/training", {}, False),
        (False, None, None, "http://localhost:8501/", {"Origin": "https://pe.example.org"}, False),
        (False, None, None, "http://localhost:8501/", {"X-Forwarded-For": "10.0.0.7"}, False),
        (True, "localhost", None, "http://localhost:8501/", {"Via": "1.1 proxy"}, False),
        (False, None, None, "http://[broken", {}, False),
    ],
)
def test_without_a_setting_only_who_sits_at_the_machine_may_train(
    monkeypatch, headless, address, ip, url, headers, local
):
    monkeypatch.delenv(SETTING, raising=False)
    options = {"server.headless": headless, "server.address": address}
    monkeypatch.setattr(training_permission.st, "get_option", options.__getitem__)
    monkeypatch.setattr(training_permission.st, "context", _Context(ip, url, headers))
    monkeypatch.setattr(st.secrets, "load_if_toml_exists", lambda: False)
    assert (permission().allowed, permission().local) == (local, local)
    monkeypatch.setenv(SETTING, "1")
    assert (permission().allowed, permission().local) == (True, local)  # a folder: at the machine alone
    monkeypatch.setenv(SETTING, "0")
    assert permission().allowed is False


@pytest.mark.parametrize("modality", ["ehr", "ecg", "fusion"])
def test_a_missing_library_is_found_without_importing_any(monkeypatch, modality):
    real = libraries.importlib.util.find_spec
    assert missing_libraries(modality) == []
    gone = {"torch", "xgboost"}
    monkeypatch.setattr(
        libraries.importlib.util, "find_spec", lambda name: None if name in gone else real(name)
    )
    assert missing_libraries(modality) == [
        name for name in ("torch", "xgboost") if name[0] == {"ehr": "x", "ecg": "t"}.get(modality, name[0])
    ]


def test_training_is_absent_only_where_no_modality_can_be_trained(monkeypatch):
    real = libraries.importlib.util.find_spec
    gone = {"torch"}
    monkeypatch.setattr(
        libraries.importlib.util, "find_spec", lambda name: None if name in gone else real(name)
    )
    assert nothing_trains() == []
    gone.add("numba")
    assert nothing_trains() == ["numba", "torch"]
