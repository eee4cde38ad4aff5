"""How far the filling is: a bar on a terminal, a line a month elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

_LINE_EVERY = 30
"""Days between two lines."""

Report = Callable[[date, int], None]
"""Told after each day: the day, and the hits counted so far."""


@contextmanager
def progress(console: Console, days: int) -> Iterator[Report]:
    """Show progress over so many days on `console` while the block runs."""
    if console.is_terminal:
        with _bar(console) as bar:
            yield _report_to(bar, days)
    else:
        yield _print_to(console, days)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("day {task.completed:.0f} of {task.total:.0f}"),
        _Hits(),
        TimeRemainingColumn(),
        console=console,
    )


class _Hits(ProgressColumn):
    """Hits so far, and how many a second."""

    def render(self, task: Task) -> Text:
        """Return them as text."""
        hits = task.fields["hits"]
        rate = hits / task.elapsed if task.elapsed else 0
        return Text(f"{hits:,} hits, {rate:,.0f}/s")


def _report_to(bar: Progress, days: int) -> Report:
    task = bar.add_task("filling", total=days, hits=0)

    def report(day: date, hits: int) -> None:
        bar.update(task, advance=1, description=f"{day}", hits=hits)

    return report


def _print_to(console: Console, days: int) -> Report:
    done = 0

    def report(day: date, hits: int) -> None:
        nonlocal done
        done += 1
        if done % _LINE_EVERY == 0 or done == days:
            console.print(f"{day}: day {done} of {days}, {hits:,} hits", highlight=False)

    return report
