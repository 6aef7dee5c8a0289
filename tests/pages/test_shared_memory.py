"""What is made of the app's own examples is made once for all visitors; a visitor's own stays in one session."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.cohort.folder import Cohort, synthetic_cohort
from core.cohort.synthetic import generate
from core.split_shown import shown_split
from pages.parts import cohort_memory, patient_memory
from pages.parts.shared_memory import Shelf, shared


def test_many_who_ask_at_the_same_moment_wait_for_one():
    shelf, made, meeting = Shelf(), [], threading.Barrier(8)

    def ask(_: int) -> int:
        meeting.wait()
        return shelf.get("key", lambda: made.append(1) or len(made))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {1}
    assert len(made) == 1


def test_what_was_not_asked_for_the_longest_goes_first():
    shelf = Shelf(most=2)
    for key in ("first", "second", "first", "third"):
        shelf.get(key, lambda key=key: key)
    assert shelf.get("first", lambda: "again") == "first"
    assert shelf.get("second", lambda: "again") == "again"


def test_what_failed_is_tried_again():
    shelf = Shelf()
    with pytest.raises(ZeroDivisionError):
        shelf.get("key", lambda: 1 // 0)
    assert shelf.get("key", lambda: 2) == 2


def test_work_on_a_cohort_goes_with_the_cohort():
    cohort = synthetic_cohort(generate(40, 0))
    assert cohort_memory.remembered(cohort, "n", lambda: 1) == 1
    assert cohort_memory.remembered(cohort, "n", lambda: 2) == 1
    other = synthetic_cohort(generate(40, 0))
    assert cohort_memory.remembered(other, "n", lambda: 3) == 3


def test_a_cohort_goes_even_if_what_was_worked_out_names_it():
    """A refusal's traceback does: an uploaded table would stay in memory after its visitor has left."""

    def looked_at() -> weakref.ref[Cohort]:
        cohort = synthetic_cohort(generate(20, 0))
        split = cohort_memory.remembered(cohort, "split", lambda: shown_split(cohort, "outcome", 0))
        assert split.refusal is not None
        return weakref.ref(cohort)

    gone = looked_at()
    gc.collect()
    assert gone() is None


def test_two_sessions_share_examples_and_nothing_of_their_own(monkeypatch):
    sessions = [{}, {}]
    answers = []
    for number, session in enumerate(sessions):
        monkeypatch.setattr(patient_memory.st, "session_state", session)
        answers += [
            patient_memory.kept(f"slot {ours}", "same key", lambda n=number: n, ours=ours)
            for ours in (True, False)
        ]
    assert answers == [0, 0, 0, 1]
    assert shared(("slot False", "same key"), lambda: "nobody's yet") == "nobody's yet"
