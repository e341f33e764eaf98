"""One arm of the measure `release`, in a process of its own: cuts and publishes the month, or only counts it.

Prints seconds, CPU-seconds and the most memory that it held (VmHWM; ru_maxrss would be the parent's, too).
"""

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.counted import CUT_AT, Counted
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.database.engines import SQLITE_PRAGMAS
from casestatus.statistics.cutting import cut_months
from casestatus.statistics.publishing.catalogue import Publisher
from casestatus.statistics.publishing.publish import publish

PUBLISHER = Publisher(name="Bench", contact="bench@casestatus.example", url="https://bench.example")
Statement = tuple[str, Any]


class RolledBack(Exception):
    """The cut is taken back, so that the next round finds the month open."""


def cut(counted: Counted, on_statement: Callable[[str, Any], None] | None = None, *, to_files: bool = True) -> None:
    """What `casestatus release cut` does, up to the commit: count, draw, store, and write every file."""
    database, keys = Database(counted.url), KeyRing.load(str(counted.keys))
    if on_statement:
        event.listen(database.engine, "before_cursor_execute", lambda *of: on_statement(of[2], of[3]))
    try:
        with database.writing() as session, tempfile.TemporaryDirectory(dir=counted.folder) as folder:
            cut_months(session, keys=keys, now=CUT_AT)
            if to_files:
                publish(Path(folder), session, keys, PUBLISHER)
            raise RolledBack
    except RolledBack:
        database.close()


def counting(counted: Counted) -> list[Statement]:
    """The statements with which a cut counts, as the driver gets them."""
    sent: list[Statement] = []

    def note(sql: str, values: Any) -> None:
        if "GROUP BY" in sql and "statistics_event" in sql:
            sent.append((sql, values))

    cut(counted, note, to_files=False)
    return sent


def count(counted: Counted, statements: list[Statement]) -> int:
    """Sends them through the driver and takes all rows."""
    connection = sqlite3.connect(counted.path)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    rows = sum(len(connection.execute(sql, values).fetchall()) for sql, values in statements)
    connection.close()
    return rows


def main() -> None:
    """Do it once, and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("released", "drawn", "counted"))
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    counted = Counted(given.folder)
    statements = counting(counted) if given.what == "counted" else []
    began, spent = time.monotonic(), time.process_time()
    if given.what == "counted":
        count(counted, statements)
    else:
        cut(counted, to_files=given.what == "released")
    taken = {"seconds": time.monotonic() - began, "cpu_seconds": time.process_time() - spent}
    print(json.dumps(taken | {"megabytes": most_megabytes()}))


def most_megabytes() -> float:
    """The most memory that this process ever held, in 10⁶ bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(kilobytes) * 1024 / 1e6


if __name__ == "__main__":
    main()
