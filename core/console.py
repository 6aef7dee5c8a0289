"""Progress on a terminal: a bar where someone watches, plain lines where the output goes to a file."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from core.text import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.progress import Progress


@contextlib.contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Show progress on standard error.

    Yields
    ------
    Progress
        To be called with a stage and the share done.
    """
    import typer
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda stage, share: typer.echo(
            f"{title} {share:4.0%} {text('en', f'stages.{stage}')}", err=True
        )
        return
    layout = (
        TextColumn("{task.fields[title]}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*layout, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0, title=title)
        yield lambda stage, share: bar.update(
            task, completed=share, description=text("en", f"stages.{stage}")
        )
