"""The first two sign-ins of a process may come at once."""

import subprocess
import sys

AT_ONCE = """
import threading
from concurrent.futures import ThreadPoolExecutor
from casestatus.crypto.pin import argon2id

ready = threading.Barrier(8)

def load(_number):
    ready.wait()
    return argon2id()

with ThreadPoolExecutor(8) as threads:
    print(len(set(map(id, threads.map(load, range(8))))))
"""


def test_threads_that_stretch_their_first_secret_at_once_all_can() -> None:
    told = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, check=True)
    assert told.stdout == "1\n"
