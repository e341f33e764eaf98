"""Times in stage from the noised duration bins of T5: quartiles by interpolation, shares, their intervals. Pure."""

from collections.abc import Iterable, Iterator

from casestatus.statistics.rows import Row, StageTime


def stage_times(rows: Iterable[Row]) -> Iterator[StageTime]:
    """One for each period, edition, crime group and stage of T5's `rows`, in their order."""
    raise NotImplementedError
