"""Progress bars on stderr, while a person watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[str, int, int | None], None]


@contextmanager
def progress_bars() -> Iterator[Tell]:
    """While open, `tell(what, by, total)` moves the bar of `what` on; without a terminal nothing is printed."""
    from rich.console import Console
    from rich.progress import Progress, TaskID

    console = Console(stderr=True)
    bars: dict[str, TaskID] = {}
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:

        def tell(what: str, by: int, total: int | None) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=total)
            progress.advance(bars[what], by)

        yield tell
