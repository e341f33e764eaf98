"""Commands as an operator types them."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from casestatus.cases.stalls import thresholds_of_office
from casestatus.cli import main
from casestatus.crypto import KeyRing
from casestatus.database import Database, mark_as_demo
from casestatus.offices.models import Client, ClientOffice, Institution, Office, Role, Source, StaffMember
from casestatus.offices.registering import add_institution, add_office
from tests.factories import make_world

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    """What a command printed."""

    stdout: str
    stderr: str


class Operator:
    """Types commands in a folder of her own; `settings` are what her environment sets."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **settings: str
    ) -> None:
        self.folder, self.settings = folder, settings
        self._monkeypatch, self._capsys = monkeypatch, capsys
        monkeypatch.chdir(folder)

    def types(self, *words: str, expecting: int = 0, **settings: str) -> Answer:
        with self._monkeypatch.context() as environment:
            for name, value in (self.settings | settings).items():
                environment.setenv(f"CASESTATUS_{name.upper()}", value)
            environment.setattr(sys, "argv", ["casestatus", *words])
            with pytest.raises(SystemExit) as ended:
                main()
        answer = Answer(*self._capsys.readouterr())
        assert (ended.value.code or 0) == expecting, answer.stderr
        return answer


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Operator]:
    """An operator who has nothing yet. The signals that `serve` and `worker` take are given back."""
    taken = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield Operator(tmp_path, monkeypatch, capsys)
    for name, before in taken.items():
        signal.signal(name, before)


@pytest.fixture
def operator(newcomer: Operator, database_url: str) -> Operator:
    """An operator whose settings name an empty migrated database, and a key ring that she has to make."""
    newcomer.settings |= {"database_url": database_url, "keys": "keys.json"}
    return newcomer


@pytest.fixture
def settled(operator: Operator, database: Database) -> Operator:
    """An operator who has a key ring, an institution and an office."""
    KeyRing.generate().write(operator.folder / "keys.json")
    now = database.now()
    with database.writing() as session:
        institution = add_institution(session, code="FGJ", name="Fiscalía", now=now)
        add_office(session, institution, code="CUH-2", name="Oficina", time_zone="America/Mexico_City", now=now)
    return operator


def test_a_key_ring_is_private_and_never_overwritten(newcomer: Operator) -> None:
    newcomer.types("keys", "create", "keys.json")
    ring = newcomer.folder / "keys.json"
    written = ring.read_bytes()
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    assert "never overwritten" in newcomer.types("keys", "create", "keys.json", expecting=1).stderr
    assert ring.read_bytes() == written


def test_migrate_makes_an_empty_file_a_database_and_may_be_repeated(newcomer: Operator) -> None:
    newcomer.types("migrate", database_url="sqlite:///new.db")
    newcomer.types("migrate", database_url="sqlite:///new.db")
    assert (newcomer.folder / "new.db").exists()


def test_a_new_service_is_set_up_by_commands_alone(operator: Operator, database: Database) -> None:
    operator.types("keys", "create", "keys.json")
    operator.types("institution", "add", "FGJ", "--name", "Fiscalía")
    operator.types("office", "add", "CUH-2", "--institution", "FGJ", "--name", "Oficina Cuauhtémoc")
    operator.types("staff", "add", "ana@fiscalia.example")
    operator.types(
        "staff", "add", "eva@fiscalia.example", "--role", "clerk", "--institution", "FGJ", "--office", "CUH-2"
    )
    shown = operator.types(
        *("client", "add", "SIAP", "--institution", "FGJ", "--office", "CUH-2"),
        *("--scope", "updates:write", "--scope", "cases:read"),
    ).stdout
    with database.reading() as session:
        institution, office = session.scalars(select(Institution)).one(), session.scalars(select(Office)).one()
        client, source = session.scalars(select(Client)).one(), session.scalars(select(Source)).one()
        roles = {member.email: (member.role, member.office_id) for member in session.scalars(select(StaffMember))}
        assert office.institution_id == client.institution_id == institution.id
        assert source.client_id == session.scalars(select(ClientOffice)).one().client_id == client.id
        assert client.scopes == "updates:write cases:read"
        assert str(client.id) in shown
        assert roles == {
            "ana@fiscalia.example": (Role.ADMIN, None),
            "eva@fiscalia.example": (Role.CLERK, office.id),
        }


def test_secrets_are_shown_and_only_their_hashes_kept(settled: Operator, database: Database) -> None:
    staff = settled.types("staff", "add", "ana@fiscalia.example").stdout
    client = settled.types(
        "client", "add", "SIAP", "--institution", "FGJ", "--office", "CUH-2", "--scope", "updates:write"
    ).stdout
    password, totp, secret = staff.split()[1], staff.split()[4], client.split()[-1]
    with database.reading() as session:
        member, system = session.scalars(select(StaffMember)).one(), session.scalars(select(Client)).one()
        kept = repr((member.password_hash, member.totp, system.secret_hash, system.name))
    assert len(password) >= 12
    assert len(secret) >= 40
    assert not any(shown in kept for shown in (password, totp, secret))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("institution", "add", "FGJ", "--name", "Otra"), "FGJ"),
        (("office", "add", "CUH-2", "--institution", "FGJ", "--name", "Otra"), "CUH-2"),
        (("office", "add", "CUH-3", "--institution", "FGX", "--name", "Otra"), "FGX"),
        (("office", "add", "X", "--institution", "FGJ", "--name", "X", "--time-zone", "Mexico"), "Mexico"),
        (("client", "add", "S", "--institution", "FGJ", "--office", "X-9", "--scope", "cases:read"), "X-9"),
        (("staff", "add", "a@b.example", "--role", "clerk", "--institution", "FGJ", "--office", "CUH-2"), "admin"),
    ],
)
def test_what_cannot_be_is_refused_in_words(settled: Operator, words: tuple[str, ...], said: str) -> None:
    refused = settled.types(*words, expecting=1)
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",),
        ("client", "add", "S", "--institution", "FGJ", "--office", "CUH-2", "--scope", "everything"),
        ("staff", "add", "a@b.example", "--role", "judge"),
        ("staff", "add", "a@b.example", "--role", "admin", "--office", "CUH-2"),
        ("demo", "--cases", "3"),
        ("serve", "--port", "0"),
    ],
)
def test_wrong_usage_ends_with_two(settled: Operator, words: tuple[str, ...]) -> None:
    assert "Usage" in settled.types(*words, expecting=2).stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_production_refuses_what_is_only_good_for_a_demo(settled: Operator, command: str) -> None:
    said = settled.types(command, expecting=1).stderr
    assert "CASESTATUS_PUBLIC_URL" in said
    assert "CASESTATUS_SMS_PROVIDER" in said
    assert "CASESTATUS_EMAIL_PROVIDER" in said


@pytest.mark.parametrize("command", [("serve",), ("worker",), ("migrate",), ("institution", "add", "X", "--name", "X")])
def test_production_refuses_a_moved_clock(newcomer: Operator, command: tuple[str, ...]) -> None:
    said = newcomer.types(*command, expecting=1, as_of="2026-11-20T09:00:00-06:00").stderr
    assert "CASESTATUS_AS_OF" in said


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_broken_file_of_places_that_help_stops_the_start(newcomer: Operator, tmp_path: Path, command: str) -> None:
    (tmp_path / "help.toml").write_text('[place.09.commission]\nname = "C. D."\n', encoding="utf-8")
    newcomer.types("keys", "create", "keys.json")
    said = newcomer.types(command, expecting=1, **FIT, help_file=str(tmp_path / "help.toml")).stderr
    assert "CASESTATUS_HELP_FILE: " in said
    assert "place.09.commission.gives: Field required" in said
    assert "Traceback" not in said


def test_a_setting_that_cannot_be_used_is_named_and_its_value_kept_quiet(newcomer: Operator) -> None:
    said = newcomer.types("migrate", expecting=1, pin_digits="s3cret").stderr
    assert "CASESTATUS_PIN_DIGITS" in said
    assert "s3cret" not in said


def test_a_folder_that_cannot_be_made_is_told_in_words(newcomer: Operator) -> None:
    (newcomer.folder / "taken").touch()
    said = newcomer.types("demo", "--data", "taken", "--port", "18765", expecting=1).stderr
    assert said.startswith("casestatus: ")
    assert "taken" in said


def test_a_database_that_was_never_migrated_is_told_so(newcomer: Operator) -> None:
    newcomer.settings |= {"database_url": "sqlite:///new.db", "keys": "keys.json", **FIT}
    newcomer.types("keys", "create", "keys.json")
    assert "casestatus migrate" in newcomer.types("worker", expecting=1).stderr
    assert "casestatus migrate" in newcomer.types("institution", "add", "X", "--name", "X", expecting=1).stderr


@pytest.mark.parametrize(
    "address",
    ["postgresql://ana:s3cret@127.0.0.1:1/none", "mysql://ana:s3cret@127.0.0.1/none", "postgresql://h:s3cret/none"],
)
@pytest.mark.parametrize("command", [("migrate",), ("institution", "add", "X", "--name", "X")])
def test_a_database_that_is_not_there_is_told_in_words_without_its_address(
    newcomer: Operator, address: str, command: tuple[str, ...]
) -> None:
    said = newcomer.types(*command, expecting=1, database_url=address).stderr
    assert "CASESTATUS_DATABASE_URL" in said
    assert "Traceback" not in said
    assert "s3cret" not in said


FIT = {
    "public_url": "https://consulta.example",
    "sms_provider": "twilio",
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_auth_token": "0" * 32,
    "twilio_from": "+525500000000",
    "email_provider": "smtp",
    "smtp_url": "smtp+starttls://consulta:made-up@correo.example",
    "email_from": "avisos@consulta.example",
}


def test_help_stands_everywhere_and_never_waits_for_the_heavy_libraries(tmp_path: Path) -> None:
    program = (
        "import json, sys\nsys.argv = ['casestatus', *sys.argv[1:]]\nfrom casestatus.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(json.dumps([name for name in ('sqlalchemy', 'fastapi', 'alembic', 'twilio') if name in sys.modules]))"
    )
    for words in ([], ["demo"], ["serve"], ["client", "add"], ["import"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *words, "--help"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert "Usage" in done.stdout
        assert json.loads(done.stdout.splitlines()[-1]) == []


def test_an_office_sets_its_own_limits(settled: Operator, database: Database) -> None:
    office = ("office", "set", "CUH-2", "--institution", "FGJ")
    settled.types(*office, "--stale-after-days", "5", "--stall", "CI01=20,40", "--stall", "CI15=90")
    with database.reading() as session:
        [kept] = session.scalars(select(Office))
        office_id = kept.id
        assert kept.stale_after_days == 5
        own = {"CI01": (20, 40), "CI15": (90,)}
        assert thresholds_of_office(session, office_id) == dict.fromkeys(("AP02", "AP11", "CI10"), (30, 60, 90)) | own
    settled.types(*office, "--stall", "CI01=")
    with database.reading() as session:
        assert thresholds_of_office(session, office_id)["CI01"] == (30, 60, 90)


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        (("--stale-after-days", "0"), 1, "from 1 to 365 days"),
        (("--stall", "CI01=3"), 1, "from 7 to 3650"),
        (("--stall", "CI99=30"), 1, "CI01"),
        (("--stall", "CI01=month"), 2, "CI01=30,60,90"),
        (("--stall", "30"), 2, "CI01=30,60,90"),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    settled: Operator, given: tuple[str, str], code: int, words: str
) -> None:
    refused = settled.types("office", "set", "CUH-2", "--institution", "FGJ", *given, expecting=code)
    assert words in refused.stderr


@pytest.mark.parametrize(("name", "value"), [("limits_lease", "0"), ("limits_code_tries", "-1"), ("pin_digits", "3")])
def test_a_setting_out_of_bounds_is_named(settled: Operator, name: str, value: str) -> None:
    refused = settled.types("serve", expecting=1, **{name: value}).stderr
    assert f"CASESTATUS_{name.upper()}: Input should be greater than" in refused


REGISTERING = [
    ("institution", "add", "FGX", "--name", "Otra"),
    ("office", "add", "CUH-3", "--institution", "FGJ", "--name", "Otra"),
    ("office", "set", "CUH-2", "--institution", "FGJ", "--stale-after-days", "5"),
    ("office", "check-right", "judicial_review", "--office", "CUH-2", "--institution", "FGJ"),
    ("staff", "add", "ana@fiscalia.example"),
    ("client", "add", "SIAP", "--institution", "FGJ", "--office", "CUH-2", "--scope", "cases:read"),
    ("stalls", "--office", "CUH-2"),
]


@pytest.mark.parametrize("words", REGISTERING, ids=" ".join)
def test_nobody_is_registered_in_a_demos_or_an_older_database(newcomer: Operator, words: tuple[str, ...]) -> None:
    KeyRing.generate().write(newcomer.folder / "keys.json")
    newcomer.settings |= {"database_url": f"sqlite:///{newcomer.folder}/new.db", "keys": "keys.json"}
    assert "casestatus migrate" in newcomer.types(*words, expecting=1).stderr
    newcomer.types("migrate")
    database = Database(newcomer.settings["database_url"])
    mark_as_demo(database)
    database.close()
    assert "a demo made this database" in newcomer.types(*words, expecting=1).stderr


def test_a_supervisor_reads_what_stands_still(settled: Operator, database: Database) -> None:
    keys = KeyRing.load(str(settled.folder / "keys.json"))
    world = make_world(database, keys)
    since = world.today - timedelta(days=40)
    case_id = world.push("u1", "CI01", occurred_on=since.isoformat()).case_id
    assert settled.types("stalls", "--office", "CUH-2", "--institution", "FGJ").stdout == ""
    listed = settled.types("stalls", "--office", "CUH-2", "--institution", "FGJ-1")
    assert listed.stdout == f"40\t{case_id}\t1\tCI01\t{since}\n"
    assert "feed is silent" in listed.stderr
    assert "2 offices" in settled.types("stalls", "--office", "CUH-2", expecting=1).stderr
