"""Rooms whose names are loaded with the module that holds them."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("room", ["core.charts", "core.report"])
def test_every_name_that_a_room_offers_is_found_where_it_is_said_to_be(room):
    package = importlib.import_module(room)
    assert sorted(package._HOME) == sorted(package.__all__) == sorted(dir(package))
    for name, module in package._HOME.items():
        home = importlib.import_module(f"{room}.{module}")
        assert getattr(package, name) is getattr(home, name)
        assert getattr(home, name).__module__ == home.__name__ if callable(getattr(home, name)) else True
    # a module of such a name would stand in its place once it is loaded
    modules = {path.stem for path in Path(str(package.__file__)).parent.glob("*.py")}
    assert not modules & set(package.__all__)
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        package.nothing_of_this_name  # noqa: B018 - asking is the test


@pytest.mark.parametrize(
    "modules",
    ["core.results, core.report, core.charts", "pages.parts.overview_results", "pages.parts.patient_entry"],
)
def test_who_only_looks_at_stored_figures_does_not_load_pandas(modules):
    script = f"import sys, {modules}; sys.exit('pandas' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
