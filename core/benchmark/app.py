"""The app under visitors: its first views, its redraws, its memory, and twenty who click at the same moment.

Every figure comes from `streamlit run` in a child process and from sessions over the loopback, whose pages really run:
from the click that is sent until the server says that the page is drawn to its end. What a browser needs to load and
to paint is not in it.
"""

from __future__ import annotations

import contextlib
import math
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from core.benchmark.app_server import APP, running
from core.benchmark.app_visitor import View, Visitor
from core.benchmark.app_walk import ANOTHER_PATIENT, PAGES, WALK, page_word, walk
from core.benchmark.figure import Figure, Scale, figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.benchmark.app_server import Server

BARE = 'import streamlit as st\n\nst.title("Bare")\n'
_UNKNOWN = "memory of a process cannot be read on this system"


def start(scale: Scale, root: Path, pages: Sequence[str] = PAGES) -> list[Figure]:
    """Time from `streamlit run` to a page's first figures and to its end, against a bare page in the same run."""
    spent: dict[str, list[tuple[float, float, float]]] = {
        name: [] for name in ("bare", *map(page_word, pages))
    }
    heavy: set[str] | None = set()
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        bare = Path(scratch) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        # as the very first start draws them; that of the next loop keeps what it draws for those after it
        anew = {page_word(one): _first_view(APP, root, one, anew=True)[0] for one in pages}
        for one in pages:
            _first_view(APP, root, one)
        for _ in range(scale.app_starts):
            for name, script, page in (("bare", bare, ""), *((page_word(one), APP, one) for one in pages)):
                seconds, loaded, view = _first_view(script, root, page)
                answers = seconds - view.seconds
                # a page that has neither figures nor fields is seen when it is drawn
                shown = view.seconds if math.isnan(view.shown) else view.shown
                spent[name].append((seconds, answers + view.titled, answers + shown))
                failures += view.failures
                heavy = None if heavy is None or loaded is None else heavy | set(loaded)
    ends, titles, shown_at = (
        {name: statistics.median(one[at] for one in all_of) for name, all_of in spent.items()}
        for at in range(3)
    )
    figures = [figure("app_start_bare", ends["bare"], "s", f"median of {scale.app_starts}; st.title alone")]
    for name in map(page_word, pages):
        detail = (
            f"{ends[name]:.2f} s until all is drawn, {titles[name]:.2f} s until the title is; "
            f"{anew[name]:.2f} s at the very first start"
        )
        figures.append(figure(f"app_start_{name}", ends[name] / ends["bare"], "ratio", detail, at_most=1.5))
        first = f"{shown_at[name]:.2f} s until its first figures, or fields to fill in, are there"
        ratio = shown_at[name] / ends["bare"]
        figures.append(figure(f"app_first_figures_{name}", ratio, "ratio", first, at_most=1.5))
    found = _UNKNOWN if heavy is None else ", ".join(sorted(heavy)) or "none of the model libraries"
    n = None if heavy is None else len(heavy)
    figures.append(figure("app_start_libraries", n, "libraries", found, at_most=0))
    return [*figures, _failed("app_start_failures", failures)]


def _first_view(
    script: Path, root: Path, page: str, *, anew: bool = False
) -> tuple[float, list[str] | None, View]:
    with running(script, root, anew=anew) as server, Visitor(server.port) as visitor:
        view = visitor.open(page)
        return time.perf_counter() - server.started, server.heavy_libraries(), view


def rerun(scale: Scale, root: Path, pages: Sequence[str] = PAGES) -> list[Figure]:
    """Median time in which the server draws a page again that it has drawn before, in every state of the walk."""
    figures, failures = [], []
    with running(APP, root) as server, Visitor(server.port) as visitor:
        for page in pages:
            slowest, where, all_of = 0.0, "as opened", []
            for number, click in enumerate((None, *WALK[page])):
                first = visitor.open(page) if click is None else visitor.click(*click)
                views = [visitor.again() for _ in range(scale.app_reruns)]
                failures += [words for view in (first, *views) for words in view.failures]
                middle = 1000 * statistics.median(view.seconds for view in views)
                all_of.append(middle)
                if middle > slowest or number == 0:
                    slowest, where = middle, "as opened" if click is None else f"{click[0]} {click[1]:g}"
            detail = (
                f"slowest of {len(all_of)} states: {where}; median of all {statistics.median(all_of):.0f} ms"
            )
            figures.append(figure(f"app_rerun_{page_word(page)}", slowest, "ms", detail, at_most=150))
    return [*figures, _failed("app_rerun_failures", failures)]


def memory(scale: Scale, root: Path) -> list[Figure]:
    """Memory and processor time of one visitor who goes everywhere, of some more who do the same, and of a patient."""
    failures: list[str] = []
    with running(APP, root) as server, _together(server, 1 + scale.app_more_visitors) as visitors:
        at_start, begun = server.memory_mb(), server.processor_seconds()
        failures += _walked(visitors[0])
        peak, after_one, first = server.memory_mb(peak=True), server.memory_mb(), server.processor_seconds()
        for visitor in visitors[1:]:
            failures += _walked(visitor)
        after_all, last = server.memory_mb(), server.processor_seconds()
        for visitor in visitors[1:]:
            failures += _another_patient(visitor)
        patients = server.processor_seconds()
    n, clicks = scale.app_more_visitors, sum(1 + len(one) for one in WALK.values())
    detail = f"at the most; {clicks} clicks, {_mb(at_start)} before, {_mb(after_one)} after"
    each, warm = _share(after_one, after_all, n), _share(first, last, n)
    return [
        figure("app_walk_memory", peak, "MB", detail if peak else _UNKNOWN, at_most=450),
        figure("app_session_memory", each, "MB", f"more for each of {n} visitors after the first"),
        figure(
            "app_walk_processor_first",
            _share(begun, first, 1),
            "s",
            f"{clicks} clicks, all loaded for the first time",
        ),
        figure("app_walk_processor", warm, "s", f"{clicks} clicks of a visitor after the first"),
        figure(
            "app_click_processor",
            None if warm is None else 1000 * warm / clicks,
            "ms",
            "of one such click, mean",
        ),
        figure(
            "app_patient_processor",
            _share(last, patients, n),
            "s",
            f"a patient through all models, steps and the report; {len(ANOTHER_PATIENT)} clicks",
        ),
        _failed("app_walk_failures", failures),
    ]


def _share(before: float | None, after: float | None, n: int) -> float | None:
    return None if before is None or after is None or not n else (after - before) / n


def _another_patient(visitor: Visitor) -> list[str]:
    views = [visitor.open("patient"), *(visitor.click(key, choice) for key, choice in ANOTHER_PATIENT)]
    return [words for view in views for words in view.failures]


def load(scale: Scale, root: Path) -> list[Figure]:
    """Visitors at different places of their walks who all click at the same moment, again and again."""
    with running(APP, root) as server:
        with Visitor(server.port) as before:
            _walked(before)
        meeting = threading.Barrier(scale.app_visitors)
        with _together(server, scale.app_visitors) as visitors, ThreadPoolExecutor(len(visitors)) as pool:
            jobs = [pool.submit(_clicks, one, n, meeting, scale.app_clicks) for n, one in enumerate(visitors)]
            views = [view for job in jobs for view in job.result()]
        peak = server.memory_mb(peak=True)
    failures = [words for view in views for words in view.failures]
    seconds = sorted(view.seconds for view in views)
    late = seconds[min(int(0.95 * len(seconds)), len(seconds) - 1)]
    said = f"{len(visitors)} visitors, {len(views)} clicks; median {statistics.median(seconds):.2f} s"
    return [
        figure("app_load_95_percent", late, "s", f"{said}, longest {seconds[-1]:.2f} s", at_most=1.5),
        figure("app_load_memory", peak, "MB", said if peak else _UNKNOWN, at_most=690),
        _failed("app_load_failures", failures),
    ]


def _clicks(visitor: Visitor, number: int, meeting: threading.Barrier, most: int) -> list[View]:
    """Click whenever all the others do, beginning at another page than they; who breaks off has failed."""
    from websockets.exceptions import WebSocketException

    views, places = [], walk(visitor, number % len(PAGES))
    try:
        for _ in range(most):
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait()
            views.append(next(places)[1])
    except (OSError, LookupError, WebSocketException) as error:
        meeting.abort()
        views.append(View(math.inf, (f"{type(error).__name__} {error}",), 0))
    return views


@contextlib.contextmanager
def _together(server: Server, n: int) -> Iterator[list[Visitor]]:
    with contextlib.ExitStack() as all_of_them:
        yield [all_of_them.enter_context(Visitor(server.port)) for _ in range(n)]


def _walked(visitor: Visitor) -> list[str]:
    return [words for _, view in walk(visitor) for words in view.failures]


def _failed(name: str, failures: list[str]) -> Figure:
    return figure(name, len(failures), "failures", "; ".join(sorted(set(failures))[:3])[:200], at_most=0)


def _mb(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} MB"
