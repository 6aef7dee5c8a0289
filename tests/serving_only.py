"""Run something as on a server that was set up from ``requirements-serving.txt`` alone.

``python tests/serving_only.py tests.serving_walk`` runs that module; ``... core train`` its command. Whatever is
installed and does not follow from that file cannot be found, as if it were not there.
"""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[1]


def listed(file: str) -> dict[str, Requirement]:
    """What a requirements file of this project asks for on this machine, by name."""
    found = {}
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].strip()
        if words and not words.startswith("-"):
            requirement = Requirement(words)
            if requirement.marker is None or requirement.marker.evaluate():
                found[canonicalize_name(requirement.name)] = requirement
    return found


def with_what_they_need(names: Iterable[str]) -> set[str]:
    """Names, and of what they ask for themselves the names too."""
    known: set[str] = set()
    ahead = [canonicalize_name(name) for name in names]
    while ahead:
        name = ahead.pop()
        if name in known:
            continue
        known.add(name)
        for line in importlib.metadata.requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                ahead.append(canonicalize_name(requirement.name))
    return known


def absent() -> set[str]:
    """Modules that are installed here and would not be there."""
    there = with_what_they_need(listed("requirements-serving.txt"))
    return {
        module
        for module, owners in importlib.metadata.packages_distributions().items()
        if not there & {canonicalize_name(owner) for owner in owners}
    }


class _Without:
    """The search for modules on disk, for which some are not there."""

    find_distributions = staticmethod(importlib.machinery.PathFinder.find_distributions)
    invalidate_caches = staticmethod(importlib.machinery.PathFinder.invalidate_caches)

    def __init__(self, modules: set[str]) -> None:
        self.modules = modules

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.modules:
            return None
        return importlib.machinery.PathFinder.find_spec(name, path, target)


def main() -> None:
    without = _Without(absent())
    sys.meta_path[sys.meta_path.index(importlib.machinery.PathFinder)] = without
    sys.path.insert(0, str(ROOT))
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
