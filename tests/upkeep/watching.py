"""One worker's stall watch as a process of its own, until nothing is due; killed by SIGKILL at a commit, if told so."""

import os
import signal
import sys
from datetime import datetime

from sqlalchemy import Connection, Engine, event

from casestatus.database import Clock, Database
from casestatus.settings import Limits
from casestatus.upkeep.stalls import StallWatch


def die_at(commit: int) -> None:
    """Before the commit of this number is made: what the transaction wrote is lost."""
    seen = 0

    def count(_connection: Connection) -> None:
        nonlocal seen
        seen += 1
        if seen == commit:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "commit", count)


def main(url: str, at: str, dies_at: str) -> None:
    die_at(int(dies_at))
    watch = StallWatch(Database(url, Clock(datetime.fromisoformat(at))), Limits(), lines_at_once=2)
    while watch.once():
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
