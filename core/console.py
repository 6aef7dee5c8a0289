"""The terminal: how commands end, and progress (a bar where someone watches, plain lines in a file)."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core import launched, libraries
from core.errors import InputError
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.progress import Progress


JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
SeedOption = Annotated[
    int, typer.Option(min=0, max=2**32 - 1, help="Of everything random; the same seed gives the same result.")
]


def print_line(line: str) -> None:
    """Write a line to standard output."""
    typer.echo(line)


def print_json(value: Any) -> None:
    """Write one JSON document to standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, allow_nan=False))


def tell(line: str) -> None:
    """Write a line to standard error."""
    typer.echo(line, err=True)


def run(app: typer.Typer) -> int:
    """Run the command line; what is wrong with the input ends in one line on standard error.

    Returns
    -------
    int
        Exit code: 0 done, 2 the input is at fault, 130 stopped by Ctrl-C, 1 the reader of the output went away.
    """
    import typer.exceptions

    # file names need not be UTF-8: such a name is written with marks in the place of what cannot be said
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    if launched.rank():
        # of several processes that train together one speaks; an error in another shows in the launcher's own words
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
        sys.stderr = sys.stdout
    try:
        code = app(sys.argv[1:] or ["--help"], prog_name="python -m core", standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        typer.echo(" ".join(str(error).splitlines()), err=True)
        return 2
    except typer.exceptions.TyperException as error:
        message = " ".join(error.format_message().split())
        typer.echo(f"{message.rstrip('.')}; --help after the command lists what it takes.", err=True)
        return 2
    except ModuleNotFoundError as error:
        told = libraries.as_sentence(error)
        if told is None:
            raise
        typer.echo(str(told), err=True)
        return 2
    except MemoryError:
        typer.echo("The machine has too little memory for this; use fewer patients or columns.", err=True)
        return 2
    except BrokenPipeError:
        # what is still buffered would fail again when the interpreter closes
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code if isinstance(code, int) else 0


@contextlib.contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Show progress on standard error.

    Yields
    ------
    Progress
        To be called with a stage and the share done.
    """
    if not sys.stderr.isatty():
        yield lambda stage, share: typer.echo(
            f"{title} {share:4.0%} {text('en', f'stages.{stage}')}", err=True
        )
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    layout = (
        TextColumn("{task.fields[title]}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*layout, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, title=title)
        yield lambda stage, share: bar.update(
            task, completed=share, description=text("en", f"stages.{stage}")
        )


def result_lines(result: dict[str, Any]) -> list[str]:
    """One model's results for a terminal: a line for the model, one for each class."""
    kind = "synthetic data" if result["cohort"]["synthetic"] else "real data"
    lines = [
        f"{result['task']}-{result['modality']}  {kind}  test {result['n_test']}  version {result['version']}"
    ]
    for name, figures in result["metrics"]["classes"].items():
        area = figures["auroc"]
        limits = "not defined"
        if area["value"] is not None:
            limits = f"{area['value']:.2f} ({area['low']:.2f} to {area['high']:.2f})"
        lines.append(f"  {name:<9} events {figures['events']:<5} AUROC {limits}")
    return lines


def recording_lines(found: dict[str, Any]) -> list[str]:
    """One recording's measurements for a terminal."""
    shown = {key: found[key] for key in ("heart_rate_bpm", "pr_ms", "qrs_ms", "qt_ms", "qtc_ms", "axis_deg")}
    shown["signs"] = ", ".join(name for name, there in found["signs"].items() if there) or "none"
    shown["usable"] = "yes" if found["quality"]["usable"] else "no"
    return [f"{key:<15} {'not measurable' if value is None else value}" for key, value in shown.items()]
