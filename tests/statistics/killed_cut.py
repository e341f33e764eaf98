"""`casestatus release cut` in a process of its own that kills itself with SIGKILL at a named point of the cut.

The points are watched from outside our code: SQLAlchemy's events and Python's audit hook.
"""

import os
import signal
import sys

from sqlalchemy import Connection, Engine, event

from casestatus.cli import main

POINTS = ("while it draws", "before it commits", "after it has committed", "while it writes files", "when it is ready")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Watch:
    """Where the cut is. Nothing counts before the row of its release is written."""

    def __init__(self, point: str, folder: str) -> None:
        self.point, self.folder, self.drew, self.files = point, folder, False, 0

    def statement(self, _connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        self.drew = self.drew or statement.startswith("INSERT INTO release ")
        if self.point == "while it draws" and statement.startswith("INSERT INTO release_draw"):
            die()

    def commit(self, _connection: Connection) -> None:
        if self.drew and self.point == "before it commits":
            die()

    def happening(self, name: str, arguments: tuple[object, ...]) -> None:
        if not (self.drew and arguments and self.folder in str(arguments[0])):
            return
        self.files += name == "open"
        reached = {
            "after it has committed": name == "os.mkdir",
            "while it writes files": self.files == 20,
            "when it is ready": name == "os.rename" and ".ready" in str(arguments[0]),
        }
        if reached.get(self.point):
            die()


if __name__ == "__main__":
    watch = Watch(sys.argv.pop(1), os.environ["CASESTATUS_RELEASES"])
    event.listen(Engine, "before_cursor_execute", watch.statement)
    event.listen(Engine, "commit", watch.commit)
    sys.addaudithook(watch.happening)
    main()
