"""Publishes in a process of its own, and kills itself at the N-th change that it makes in the folder (0: never).

Prints how many changes it made. The hook is Python's own: every open for writing, rename, removal and new folder.
"""

import os
import signal
import sys
from pathlib import Path

from casestatus.crypto import KeyRing
from casestatus.statistics.publishing.publish import publish_from
from tests.statistics.publishing.conftest import PUBLISHER
from tests.statistics.publishing.synthetic import Plain

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def main(folder: Path, keys: str, months: int, kill_at: int) -> None:
    changes = 0

    def hook(event: str, arguments: tuple) -> None:
        nonlocal changes
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (event in CHANGES or writes) and str(folder) in str(arguments[0]):
            changes += 1
            if changes == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    ring = KeyRing.load(keys)
    sys.addaudithook(hook)
    publish_from(Plain(months), folder, ring, PUBLISHER)
    sys.stdout.write(str(changes))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
