"""Whatever is done to a file, only ``RecordingError`` comes out, and nothing but the upload is opened."""

from __future__ import annotations

import builtins
import io
import os
import socket
from pathlib import Path

import numpy as np
import pytest

from core.ecg.reading import read_recording, read_stated
from core.ecg.writing import EXAMPLE_FORMATS, example_files
from core.errors import RecordingError
from core.text import LANGUAGES, catalogue
from tests.ecg.format_examples import HEADERS, VENDOR_FILES, example

MUTATIONS = 25
WORDS = [
    b"../",
    b"/etc/passwd",
    b"http://example.com/x",
    b"999999999",
    b"-1",
    b"nan",
    b"inf",
    b"\0" * 8,
    b"<!ENTITY",
]
WORDS += [b"\xff" * 4, b"0", b"<", b"&x;", b"\x7f\xff\xff\xff", b"1e308"]


def sources() -> dict[str, dict[str, bytes]]:
    found = {name: example_files(example(5.0), name) for name in EXAMPLE_FORMATS}
    for path in VENDOR_FILES:
        found[path.name] = {path.name: path.read_bytes()}
    for path in HEADERS[:2]:
        found[path.name] = {
            path.name: path.read_bytes(),
            path.stem + ".mat": path.with_suffix(".mat").read_bytes(),
        }
    return found


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """One damage of five kinds; half of them near the front, where the headers are."""
    content = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        reach = len(content) if rng.random() < 0.5 else min(len(content), 2000)
        at = int(rng.integers(0, max(reach, 1)))
        match int(rng.integers(0, 5)):
            case 0:
                content[at : at + 1] = rng.bytes(1)
            case 1:
                del content[at : at + int(rng.integers(1, 400))]
            case 2:
                content[at:at] = rng.bytes(int(rng.integers(1, 9)))
            case 3:
                word = WORDS[int(rng.integers(len(WORDS)))]
                content[at : at + len(word)] = word
            case _:
                del content[max(at, 1) :]
    return bytes(content)


@pytest.fixture
def nothing_opened(monkeypatch):
    """Refuse every way to a file or to the network; modules are loaded by other calls."""

    def refuse(*arguments, **words):
        raise AssertionError(arguments)

    for owner, name in ((builtins, "open"), (io, "open"), (Path, "open"), (Path, "read_bytes"), (os, "open")):
        monkeypatch.setattr(owner, name, refuse)
    monkeypatch.setattr(socket, "socket", refuse)


@pytest.mark.parametrize("name", sources())
def test_only_a_recording_error_comes_out_of_a_damaged_file(name, request):
    files = sources()[name]
    # what this format needs is loaded before the doors are shut
    read_recording(dict(files), name)
    for language in LANGUAGES:
        catalogue(language)
    request.getfixturevalue("nothing_opened")
    rng = np.random.default_rng(sum(name.encode()))
    outcomes, sentences = [], []
    for _ in range(MUTATIONS):
        hurt = sorted(files)[int(rng.integers(len(files)))]
        damaged = {**files, hurt: mutated(files[hurt], rng)}
        try:
            recording = read_recording(damaged, name)
        except RecordingError as error:
            outcomes.append("refused")
            sentences.append(error.say("en") + error.say("zh"))
            continue
        outcomes.append("read")
        assert recording.signal.shape[0] == 12
        assert not np.isinf(recording.signal).any()
        assert len(recording.present) >= 6
        assert isinstance(read_stated(damaged, name), dict)
    assert len(outcomes) == MUTATIONS
    assert sentences
    assert "\n" not in "".join(sentences)
