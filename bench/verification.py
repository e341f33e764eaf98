"""Bare Argon2id verifications, as many as asked, in a process that does nothing else."""

import subprocess
import sys
import time

from bench.processes import ROOT, clean_environment
from casestatus.crypto.pin import argon2id

SECRET = "12345678903"


def verify_elsewhere(times: int) -> float:
    """The CPU-seconds that so many verifications took another process."""
    command = [sys.executable, "-m", "bench.verification", str(times)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=clean_environment({}), cwd=ROOT, check=True, timeout=60 + times
    )
    return float(done.stdout)


def verify(times: int) -> float:
    """The same in this process, by the parameters that PINs are stretched with. The first run is not counted."""
    stretched = argon2id().hash(SECRET)
    before = time.process_time()
    for _ in range(times):
        argon2id().verify(SECRET, stretched)
    return time.process_time() - before


if __name__ == "__main__":
    print(verify(int(sys.argv[1])))
