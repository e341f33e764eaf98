"""`casestatus serve`: one process or several, with or without a worker, ended in order."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Database
from tests.notices.town import Town

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds until what ought to come is given up


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def until(reached: Callable[[], bool], what: str) -> None:
    patience = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < patience, f"{what} never came"
        time.sleep(0.05)


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("processes", ["1", "2"])
def test_web_and_worker_run_together_and_end_in_order(database: Database, tmp_path: Path, processes: str) -> None:
    keys, port = KeyRing.generate(), free_port()
    keys.write(tmp_path / "keys.json")
    town = Town(database, keys)
    town.victim()
    assert town.event()[1] == 1
    serving = subprocess.Popen(
        [sys.executable, "-m", "casestatus", "serve", "--port", str(port), "--workers", processes, "--with-worker"],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "CASESTATUS_ENVIRONMENT": "demo",
            "CASESTATUS_DATABASE_URL": database.url,
            "CASESTATUS_KEYS": "keys.json",
            "CASESTATUS_NOTICE_HOURS": "00:00-24:00",
            "CASESTATUS_METRICS_TOKEN": "0123456789abcdef",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}"), "the first answer")
        until(lambda: set(town.states()) == {"sent"}, "the delivery")
        server = httpx.get(f"http://127.0.0.1:{port}/").headers.get("server")
        asked = [httpx.get(f"http://127.0.0.1:{port}/healthz").status_code for _ in range(20)]
        told = {requests_told(f"http://127.0.0.1:{port}") for _ in range(4)}
    finally:
        serving.send_signal(signal.SIGTERM)
        logs = serving.communicate(timeout=30)[1]
    assert serving.returncode == 0, logs
    assert "Traceback" not in logs
    assert server is None
    assert (asked, told) == ([200] * 20, {20.0})  # whichever process is asked


def requests_told(address: str) -> float:
    """How often /healthz was asked for, as the figures have it."""
    answer = httpx.get(f"{address}/metrics", headers={"Authorization": "Bearer 0123456789abcdef"})
    name = 'casestatus_requests_total{method="GET",route="/healthz",status="200"}'
    return float(next(line.rpartition(" ")[2] for line in answer.text.splitlines() if line.startswith(name)))
