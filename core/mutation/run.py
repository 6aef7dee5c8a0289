"""Reading damaged uploads one after the other, in a process of its own that may die of it."""

from __future__ import annotations

import json
import math
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import InputError
from core.mutation import mutated
from core.mutation.readers import readers
from core.mutation.watch import Watch
from core.text import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.mutation.readers import Reader

    Files = dict[str, bytes]

SEED = 7
_LONGEST_SENTENCE = 600
_ROOM = 4 << 30  # bytes that a runaway reader may take before it is refused more
_WHOLE_OTHER = 0.02


@dataclass(frozen=True)
class Outcome:
    """What became of one upload.

    Attributes
    ----------
    reader, case
        Which door, and the number of the case in the run.
    refused
        The key of the sentence, empty for one that was read.
    failure
        What went wrong: an error that is no sentence, or a sentence that is none; empty where all went well.
    seconds, processor_seconds
        Time of reading.
    outside
        What was touched outside the upload's own folder.
    peak_mb
        Peak memory of the process so far.
    """

    reader: str
    case: int
    refused: str
    failure: str
    seconds: float
    processor_seconds: float
    outside: tuple[str, ...]
    peak_mb: float


def plan(doors: Sequence[Reader], n: int) -> list[tuple[int, int | None]]:
    """Cases of a run: the door, and which of its hostile uploads it is; None for a mutated one.

    Every hostile upload comes once; the mutated ones, ``n`` in all, are shared out by the doors' shares.
    """
    cases: list[tuple[int, int | None]] = [
        (at, number) for at, door in enumerate(doors) for number in range(len(door.hostile))
    ]
    whole = sum(door.share for door in doors)
    ends = np.floor(np.cumsum([door.share / whole for door in doors]) * n + 1e-9).astype(int)
    for at, count in enumerate(np.diff(ends, prepend=0)):
        cases += [(at, None)] * int(count)
    return cases


def upload(doors: Sequence[Reader], door: Reader, hostile: int | None, case: int) -> Files:
    """Make the upload of a case: the same for the same number, whatever ran before."""
    if hostile is not None:
        folder = door.hostile[hostile]
        files = {
            place.relative_to(folder).as_posix(): place for place in folder.rglob("*") if place.is_file()
        }
        return {name: place.read_bytes() for name, place in files.items()}
    rng = np.random.default_rng([SEED, case])
    whole = door.seeds[int(rng.integers(len(door.seeds)))]
    names = door.damaged or tuple(whole)
    hurt = names[int(rng.integers(len(names)))]
    stranger = doors[int(rng.integers(len(doors)))].seeds[0]
    others = list(stranger.values())
    if rng.random() < _WHOLE_OTHER:
        return door.seal(whole | {hurt: others[int(rng.integers(len(others)))]}, rng)
    return door.seal(whole | {hurt: mutated(whole[hurt], others, rng)}, rng)


def attempt(door: Reader, files: Files, case: int, watch: Watch) -> Outcome:
    """Read one upload in a folder of its own."""
    folder = Path(tempfile.mkdtemp())
    refused = failure = ""
    begin, spent = time.perf_counter(), time.process_time()
    try:
        with watch.over(folder) as outside:
            try:
                door.read(files, folder)
            except InputError as error:
                refused, failure = error.key, _no_sentence(error)
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                failure = _told(error)
    finally:
        seconds, spent = time.perf_counter() - begin, time.process_time() - spent
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(door.name, case, refused, failure, seconds, spent, tuple(outside), peak_mb())


def peak_mb() -> float:
    """Peak memory of this process in MB, NaN where the system does not tell."""
    try:
        import resource
    except ImportError:
        return math.nan
    return (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    )


def _no_sentence(error: InputError) -> str:
    """What keeps an error's words from being one clear sentence; empty if nothing does."""
    for language in LANGUAGES:
        words = error.say(language)
        if not words or len(words) > _LONGEST_SENTENCE or any(not letter.isprintable() for letter in words):
            return f"no sentence ({error.key}, {language}): {words[:80]!r}"
    return ""


def _told(error: BaseException) -> str:
    """Kind, place and words of an error, for whoever mends it."""
    place, trace = "", error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.parent.name != "site-packages" and "core" in file.parts and file.parent.name != "mutation":
            place = f"{file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place or '?'}: {' '.join(str(error).split())[:120]}"


def main() -> None:
    """Read the cases from one number on, and tell of each in a line of JSON."""
    order = json.loads(sys.argv[1])
    _bound_memory()
    devices = Path(order["devices"]) if order["devices"] else None
    doors = readers(Path(order["artifacts"]), Path(tempfile.mkdtemp()), devices)
    for door in doors:  # what a door needs is loaded before it is watched
        with tempfile.TemporaryDirectory() as folder:
            door.read(door.seal(door.seeds[0], np.random.default_rng(0)), Path(folder))
    watch, cases = Watch(), plan(doors, order["n"])
    _tell({"cases": len(cases), "peak_mb": peak_mb()})
    for case in range(order["begin"], len(cases)):
        at, hostile = cases[case]
        _tell({"case": case, "reader": doors[at].name})
        _tell(asdict(attempt(doors[at], upload(doors, doors[at], hostile, case), case, watch)))


def _tell(said: dict[str, object]) -> None:
    sys.__stdout__.write(json.dumps(said) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def _bound_memory() -> None:
    """Refuse what would take the machine down: it then fails here as an error of memory."""
    try:
        import resource
    except ImportError:
        return
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (_ROOM, resource.getrlimit(resource.RLIMIT_DATA)[1]))


if __name__ == "__main__":
    main()
