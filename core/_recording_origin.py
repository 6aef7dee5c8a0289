"""Where one recording comes from, small enough to be sent to a worker process: a file, or the simulator."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.ecg.reading import file_contents, read_recording
from core.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.ecg.recording import Recording

Value = TypeVar("Value")


@dataclass(frozen=True)
class FileOrigin:
    """A file of a cohort folder.

    Attributes
    ----------
    folder, path
        The cohort's folder, and the file's path inside it.
    unit, rate_hz
        What the cohort says of the samples, to correct what the file leaves open; None where it says nothing.
    """

    folder: Path
    path: str
    unit: str | None = None
    rate_hz: float | None = None

    def read(self) -> Recording:
        """Read the file.

        Raises
        ------
        RecordingError
            It is missing, damaged, no ECG, or a link that leads out of the cohort's folder.
        """
        return read_recording(self._inside(), self.path, unit=self.unit, rate_hz=self.rate_hz)

    def fingerprint(self) -> list[Any]:
        """Path, unit and rate, and name, size in bytes and SHA-256 of every file that the recording is made of.

        Raises
        ------
        RecordingError
            A file is missing, unreadable or leads out of the folder.
        """
        contents = file_contents(self._inside(), self.path)
        parts = [[name, len(data), hashlib.sha256(data).hexdigest()] for name, data in contents.items()]
        return [self.path, self.unit, self.rate_hz, *sorted(parts)]

    def _inside(self) -> Path:
        place = self.folder / self.path
        try:
            inside = place.resolve().is_relative_to(self.folder.resolve())
        except (OSError, RuntimeError) as error:  # links in a circle
            raise RecordingError("errors_recording.unreadable", file=self.path) from error
        if not inside:
            raise RecordingError("errors_recordings.leads_out", file=self.path)
        return place


@dataclass(frozen=True)
class SimulatedOrigin:
    """A synthetic patient's recording, made again by the simulator.

    Attributes
    ----------
    seed, number
        The cohort's seed and the patient's number in it.
    stratum, severity
        As the cohort's oracle has them.
    sex, age
        As the table has them; the simulator's own defaults where it has not.
    """

    seed: int
    number: int
    stratum: str
    severity: float
    sex: str = "female"
    age: float = 65.0

    def read(self) -> Recording:
        """Simulate the recording.

        Raises
        ------
        RecordingError
            The oracle's stratum or severity is none that the simulator knows.
        """
        from core.ecg.simulator import simulate

        return simulate(
            self.seed,
            self.number,
            stratum=self.stratum,
            severity=self.severity,
            sex=self.sex,
            age=self.age,
        ).recording

    def fingerprint(self) -> list[Any]:
        """All that the recording's bytes follow from, the simulator itself included."""
        return [simulator_digest(), *asdict(self).values()]


Origin = FileOrigin | SimulatedOrigin


def attempt(
    transform: Callable[[Recording], Value], origin: Origin
) -> tuple[tuple[Value, ...], RecordingError | None]:
    """Read a recording and transform it: one value or none, and what was wrong."""
    try:
        return (transform(origin.read()),), None
    except RecordingError as error:
        return (), error


def fingerprint(origin: Origin) -> list[Any]:
    """What a recording's digest is made of."""
    return origin.fingerprint()


@functools.cache
def simulator_digest() -> str:
    """SHA-256 over the simulator's version, figures, assumptions and settings."""
    from core.ecg import simulator

    folder = Path(simulator.__file__).parent
    digest = hashlib.sha256(f"{simulator.VERSION} {simulator.Settings()}".encode())
    # as text, because line ends may change on the way to another system
    digest.update("\n".join((folder / "simulator.toml").read_text(encoding="utf-8").splitlines()).encode())
    digest.update((folder / "simulator_figures.npz").read_bytes())
    return digest.hexdigest()
