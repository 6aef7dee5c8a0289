from __future__ import annotations

import pytest

from core.benchmark import Scale, benchmark, uploads

# in the place of the reading process: it dies of its third case, and the next one goes on behind it
DIES = """
import json, os, sys
order = json.loads(sys.argv[1])
say = lambda told: print(json.dumps(told), flush=True)
say({"cases": 4, "peak_mb": 100.0})
for case in range(order["begin"], 4):
    say({"case": case, "reader": "csv"})
    if case == 2:
        os._exit(1)
    failure = "" if case else "ValueError at a.py:1"
    say({"case": case, "reader": "csv", "refused": "a.b", "failure": failure, "seconds": 1.0 + case,
         "processor_seconds": 0.5, "outside": ["open /etc/x"] if case == 1 else [], "peak_mb": 200.0})
"""


def test_a_reading_process_that_dies_is_a_failure_and_the_rest_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr(uploads, "_PROGRAM", ("-c", DIES))
    figures = {one.name: one for one in benchmark("uploads", scale=Scale(uploads=4), root=tmp_path)}
    assert figures["uploads_failures"].value == 2
    assert "csv 2: the process died" in figures["uploads_failures"].detail
    assert "4 uploads, 3 refused" in figures["uploads_failures"].detail
    assert figures["uploads_slowest"].value == pytest.approx(4.0)
    assert figures["uploads_outside"].value == 1
    assert figures["uploads_memory"].value == pytest.approx(200.0)
    assert [one.met for one in figures.values()] == [False, True, False, True]


def test_a_reading_process_that_does_not_begin_is_a_failure(monkeypatch, tmp_path):
    monkeypatch.setattr(uploads, "_PROGRAM", ("-c", "raise SystemExit(1)"))
    figures = benchmark("uploads", scale=Scale(uploads=4), root=tmp_path)
    assert figures[0].value == 1
    assert figures[0].met is False
