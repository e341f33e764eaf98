"""Workers that are ready at once: a process that has imported everything forks one for each line that it reads.

What runs in them is the worker's own `main`; only the second that its imports take is saved, a thousand times.
"""

import os
import signal
import sys

from casestatus import worker
from casestatus.settings import Settings
from casestatus.telemetry import configure_logs


def main() -> None:
    """One worker for each line; its pid is the answer."""
    configure_logs()
    settings = Settings()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever was killed needs no burial
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            worker.main(settings)
            os._exit(0)
        print(pid, flush=True)  # noqa: T201 - how its parent learns the pid


if __name__ == "__main__":
    main()
