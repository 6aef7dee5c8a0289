from __future__ import annotations

import signal

import pytest

from core.benchmark import Scale, benchmark, kills


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process like that")
def test_a_few_kills_break_no_start():
    (found,) = benchmark("kills", scale=Scale(kills=3))
    assert (found.name, found.value, found.met) == ("kills_broken_starts", 0.0, True)


def test_a_broken_state_is_seen_as_one(tmp_path):
    kills._begin(tmp_path)
    assert kills._serves(tmp_path)
    (tmp_path / "built-0").mkdir()
    assert not kills._serves(tmp_path)
    (tmp_path / "built-0").rmdir()
    (tmp_path / "used" / "outcome-ecg" / "1.bin").write_bytes(b"half")
    assert not kills._serves(tmp_path)


def test_models_that_do_not_belong_together_are_seen(tmp_path):
    kills._begin(tmp_path)
    (tmp_path / "used" / "outcome-ehr").rename(tmp_path / "away")
    (tmp_path / "first" / "outcome-ehr").rename(tmp_path / "used" / "outcome-ehr")
    assert not kills._serves(tmp_path)
