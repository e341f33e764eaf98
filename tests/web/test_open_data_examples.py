"""The example programs run as they are printed, against a service that serves releases; R's where R is installed."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from bench.processes import free_port
from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.settings import Environment, Settings
from casestatus.statistics.portal.pages import EXAMPLES, example
from casestatus.statistics.publishing.catalogue import Publisher
from casestatus.statistics.publishing.publish import publish_from
from tests.statistics.publishing.synthetic import FIRST_MONTH, OFFICES, Plain

RUNS = {".py": sys.executable, ".R": shutil.which("Rscript")}
RUNNABLE = [name for name in EXAMPLES if RUNS[Path(name).suffix]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a service with two releases, and their folder."""
    with serving(Plain(2), tmp_path_factory.mktemp("examples")) as url_and_folder:
        yield url_and_folder


@contextmanager
def serving(source: Plain, folder: Path) -> Iterator[tuple[str, Path]]:
    url = f"http://127.0.0.1:{free_port()}"
    keys, publisher = (
        KeyRing.generate(),
        Publisher(name="Fiscalía de prueba", contact="datos@fiscalia.example", url=url),
    )
    publish_from(source, folder / "releases", keys, publisher)
    settings = Settings(environment=Environment.DEMO, public_url=url, releases=folder / "releases", _env_file=None)
    database = Database(f"sqlite:///{folder / 'unused.db'}")
    server = uvicorn.Server(
        uvicorn.Config(build_app(settings, database, keys), port=int(url.rpartition(":")[2]), log_level="warning")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    try:
        yield url, folder / "releases"
    finally:
        server.should_exit = True
        thread.join()
        database.close()


def run(name: str, url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = folder / name
    program.write_text(example(name, url), encoding="utf-8")
    command = [str(RUNS[program.suffix]), str(program)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", RUNNABLE)
def test_an_example_runs_as_it_is_printed(name: str, served: tuple[str, Path], tmp_path: Path) -> None:
    ran = run(name, served[0], tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert FIRST_MONTH in ran.stdout


def test_the_example_adds_up_what_the_file_holds(served: tuple[str, Path], tmp_path: Path) -> None:
    url, folder = served
    lines = (folder / "datos/v1/T1s/2025-01/1/T1s-2025-01.csv").read_text().splitlines()[1:]
    total, margin = sum(int(line.split(",")[8]) for line in lines), round(1.96 * 2 * len(OFFICES) ** 0.5)
    assert f"2025-01 {total} ± {margin}" in run("example.py", url, tmp_path).stdout.splitlines()


def test_the_program_that_verifies_sees_a_changed_file(served: tuple[str, Path], tmp_path: Path) -> None:
    url, folder = served
    path = folder / "datos/v1/T2/2025/2025-02/T2-2025.csv"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"T2", b"T3", 1))
    ran = run("verify.py", url, tmp_path)
    path.write_bytes(whole)
    assert ran.returncode != 0
    assert "a checksum doesn't match" in ran.stderr


def test_the_program_that_verifies_checks_the_newest_release_that_stands(tmp_path: Path) -> None:
    with serving(Plain(2, withdrawn=("2025-02",)), tmp_path) as (url, folder):
        ran = run("verify.py", url, tmp_path)
        listed = json.loads((folder / "datos/v1/publicaciones/2025-01/manifest.json").read_text())["files"]
        assert f"{len(listed)} files match their sums" in ran.stdout, ran.stderr
        changed = folder / "datos/v1/T2/2025/2025-01/T2-2025.csv"
        changed.write_bytes(changed.read_bytes().replace(b"T2", b"T3", 1))
        assert "a checksum doesn't match" in run("verify.py", url, tmp_path).stderr
