"""Where a run keeps its files: in memory where there is enough, since SQLite waits for the disk at every commit."""

import os
import shutil
from pathlib import Path

ENOUGH = 4 * 2**30  # bytes; a whole run needs less than a quarter of that


def fit_for_files(folder: Path) -> bool:
    """Whether a run's files may lie there: writable, roomy, and programs may be started from it (Docker's may not)."""
    if not os.access(folder, os.W_OK):
        return False
    return shutil.disk_usage(folder).free >= ENOUGH and not os.statvfs(folder).f_flag & os.ST_NOEXEC
