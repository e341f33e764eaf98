"""The transparency officer's commands, as she types them: she sees months and coverage, never a count."""

import csv
import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from passlib.totp import TOTP
from sqlalchemy import select
from typer.testing import CliRunner, Result

from casestatus.access.staff import add_staff_member
from casestatus.access.staff_proof import NotProven
from casestatus.access.throttles import SignInThrottled
from casestatus.cli import app
from casestatus.cli.opening import Refused
from casestatus.crypto import KeyRing
from casestatus.database import Clock
from casestatus.errors import CaseStatusProblem
from casestatus.offices.models import Office, Role
from casestatus.statistics.correcting import AlreadyCorrected
from casestatus.statistics.cutting import AlreadyDrawn, CountsLost, correct_month
from casestatus.statistics.models import Recount, ReleaseMade, StatisticsEvent
from casestatus.statistics.officers import ReasonUnusable
from casestatus.statistics.publishing.agreeing import HeadMissing
from casestatus.statistics.publishing.folder import FolderContradicts
from casestatus.statistics.publishing.publish import publish_from
from casestatus.statistics.publishing.signing import key_set
from casestatus.statistics.recounting import CountsThereAlready, UpdatesUnknown
from casestatus.statistics.tallying import OfficeCodeChanged
from tests.factories import add_office, make_world
from tests.statistics.conftest import crowd, keys
from tests.statistics.crowd import DECEMBER, NOVEMBER, Crowd, at, set_clock
from tests.statistics.publishing.conftest import PUBLISHER
from tests.statistics.publishing.synthetic import Plain
from tests.statistics.test_interrupted import forget_everything

__all__ = ["crowd", "keys"]
MINUTE = timedelta(minutes=1)
AS_OF = "2026-01-20T12:00:00-06:00"
RECOUNT = (
    "recount", NOVEMBER, "--institution", "FGJ-1", "--office", "CUH-1", "--into", "CUH-2", "--reason", "clave cambiada",
)  # fmt: skip
MERGE = ("CUH-2", "--institution", "FGJ-1", "--into", "CUH-1", "--reason", "menos de 5,000 habitantes")
PASSWORD = "una frase bastante larga"


@dataclass
class Officer:
    """Types `casestatus release …` on the crowd's database."""

    crowd: Crowd
    folder: Path
    settings: dict[str, str]

    def types(self, *words: str, typing: str = "") -> Result:
        return CliRunner().invoke(app, ["release", *words], input=typing, env=self.settings)

    def waits(self, minutes: int) -> None:
        """It is so many minutes later than when she began: the next code is due."""
        self.settings["CASESTATUS_AS_OF"] = (datetime.fromisoformat(AS_OF) + minutes * MINUTE).isoformat()

    def does(self, *words: str, typing: str = "") -> str:
        done = self.types(*words, typing=typing)
        assert done.exit_code == 0, done.output + repr(done.exception)
        return done.output


@pytest.fixture
def officer(crowd: Crowd, tmp_path: Path) -> Officer:
    crowd.keys.write(tmp_path / "keys.json")
    settings = {
        "ENVIRONMENT": "demo",
        "DATABASE_URL": crowd.database.url,
        "KEYS": str(tmp_path / "keys.json"),
        "RELEASES": str(tmp_path / "releases"),
        "AS_OF": AS_OF,
    }
    return Officer(crowd, tmp_path, {f"CASESTATUS_{name}": value for name, value in settings.items()})


def add_officer(crowd: Crowd, email: str, role: Role = Role.TRANSPARENCY) -> str:
    """Her secret for the codes."""
    with crowd.database.writing() as session:
        added = add_staff_member(
            session,
            crowd.keys,
            email=email,
            password=PASSWORD,
            role=role,
            office=None,
            issuer="x",
            now=at("2025-12-01"),
        )
        return added.totp_secret


def signature(email: str, secret: str, *, password: str = PASSWORD, later: int = 0) -> str:
    code = TOTP(key=secret).generate(at("2026-01-20") + later * MINUTE).token
    return f"{email}\n{password}\n{code}\n"


def test_status_tells_what_may_be_known_before_a_cut_and_no_count(officer: Officer) -> None:
    officer.crowd.new_cases(NOVEMBER, 791)
    officer.crowd.write()
    officer.crowd.beat(0, [f"2025-11-{day:02d}" for day in range(1, 31)])
    officer.crowd.beat(0, [f"2025-12-{day:02d}" for day in range(1, 21)])
    told = officer.does("status")
    assert "May close now   2025-11, 2025-12" in told
    assert "Next            2026-01, from 2026-02-15" in told
    assert "2025-11: 1 of 2 offices complete; not: FGJ-1.CUH-2 0" in told
    assert "2025-12: 0 of 2 offices complete; not: FGJ-1.CUH-2 0, FGJ-1.CUH-1 0.6" in told
    assert "T1s 2," in told
    assert "After the cut   rho 0.87 of at most 1.1 (epsilon 8.80 at delta 1e-9" in told
    assert "791" not in told


def test_cut_withdraw_and_verify(officer: Officer) -> None:
    site = officer.folder / "site"
    cut = officer.does("cut", "--month", NOVEMBER, "--out", str(site))
    assert "Cut 2025-11: 4 tables, 1 months in all." in cut
    assert "noviembre de 2025" in (site / "index.html").read_text("utf-8")
    assert "No further month may close." in officer.does("cut", "--month", NOVEMBER)
    assert "Everything holds" in officer.does("verify", str(site))
    noted, other = officer.folder / "noted.json", officer.folder / "other.json"
    noted.write_bytes(key_set(officer.crowd.keys))
    other.write_bytes(key_set(KeyRing.generate()))
    assert "Everything holds" in officer.does("verify", str(site), "--jwks", str(noted))
    assert "isn't among the public keys" in officer.types("verify", str(site), "--jwks", str(other)).output
    assert "Withdrew 2025-11" in officer.does("withdraw", NOVEMBER, "--reason", "Una oficina mandó dos veces")
    told = officer.does("status")
    assert "withdrawn on 2026-01-20: Una oficina mandó dos veces" in told
    assert "Cut 2025-11-e2" in officer.does("cut", "--month", NOVEMBER, "--edition", "2")
    file = next((officer.folder / "releases" / "datos").rglob("T2-2025-11.csv"))
    file.write_text(file.read_text().replace(",si,", ",no,", 1) + "x")
    refused = officer.types("verify", str(officer.folder / "releases"))
    assert refused.exit_code == 1
    assert "T2-2025-11.csv was changed" in refused.output


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["cut", "--month", "2026-01"], "month-still-open"),
        (["cut", "--month", "enero"], "month-unreadable"),
        (["cut", "--month", "2025-10"], "month-before-service"),
        (["cut", "--month", DECEMBER, "--edition", "2"], "not-yet-closed"),
        (["withdraw", "2025-11", "--reason", "x"], "release-unknown"),
    ],
)
def test_what_may_not_be_is_refused_and_nothing_is_published(officer: Officer, words: list[str], problem: str) -> None:
    refused = officer.types(*words)
    assert isinstance(refused.exception, CaseStatusProblem)
    assert refused.exception.type == problem
    assert not list((officer.folder / "releases").rglob("*.csv"))


def test_in_production_nothing_is_drawn_while_the_folder_of_what_was_published_is_missing(officer: Officer) -> None:
    officer.settings |= {
        "CASESTATUS_ENVIRONMENT": "production",
        "CASESTATUS_RELEASES_CONTACT": "datos@fiscalia.example",
    }
    del officer.settings["CASESTATUS_AS_OF"]
    officer.does("cut", "--month", NOVEMBER)
    (officer.folder / "releases").rename(officer.folder / "lost")
    refused = officer.types("cut", "--month", DECEMBER)
    assert isinstance(refused.exception, Refused)
    assert "is CASESTATUS_RELEASES right?" in str(refused.exception)
    assert [release.name for release in officer.crowd.releases()] == [NOVEMBER]
    assert "Cut 2025-12" in officer.does("cut", "--month", DECEMBER, "--folder-lost")


def test_a_folder_that_was_rolled_back_is_refused_by_the_head_that_was_kept(officer: Officer) -> None:
    releases = officer.folder / "releases"
    officer.does("cut", "--month", NOVEMBER)
    shutil.copytree(releases, officer.folder / "older")
    head = re.findall(r"Head ([0-9a-f]{64})", officer.does("cut"))[0]
    assert "Everything holds" in officer.does("verify", str(releases), "--head", head)
    assert (
        "the folder is older than it" in officer.types("verify", str(officer.folder / "older"), "--head", head).output
    )
    shutil.rmtree(releases)
    (officer.folder / "older").rename(releases)
    refused = officer.types("cut", "--head", head)
    assert isinstance(refused.exception, HeadMissing)


def test_another_service_s_folder_in_the_place_of_ours_is_told(officer: Officer) -> None:
    ours = Path(officer.settings["CASESTATUS_RELEASES"])
    publish_from(Plain(1), ours, KeyRing.generate(), PUBLISHER)
    whole, warned = "Everything holds", "keys in the folder itself"
    refused = officer.types("verify")
    assert refused.exit_code == 1
    assert "isn't among the public keys" in refused.output
    of_anybody = officer.does("verify", str(ours))  # whose folder it is, only keys that were kept tell
    officer.settings["CASESTATUS_KEYS"] = str(officer.folder / "on another host.json")
    for told in (of_anybody, officer.does("verify")):
        assert whole in told
        assert warned in told


def test_our_own_folder_is_checked_against_our_own_keys(officer: Officer) -> None:
    officer.does("cut", "--month", NOVEMBER)
    assert "keys in the folder itself" not in officer.does("verify")


def test_folders_that_contradict_each_other_are_refused_before_anything_is_drawn(officer: Officer) -> None:
    site = officer.folder / "site"
    officer.does("cut", "--month", NOVEMBER, "--out", str(site))
    forget_everything(officer.crowd.database)
    shutil.rmtree(officer.folder / "releases")
    officer.settings["CASESTATUS_AS_OF"] = "2026-01-21T12:00:00-06:00"
    officer.does("cut", "--month", NOVEMBER)
    refused = officer.types("cut", "--out", str(site))
    assert isinstance(refused.exception, FolderContradicts)
    assert [release.name for release in officer.crowd.releases()] == [NOVEMBER]


def test_status_knows_what_is_published_also_when_the_database_was_restored(officer: Officer) -> None:
    officer.does("cut", "--month", NOVEMBER)
    spent = re.findall(r"Spent .*", officer.does("status"))
    forget_everything(officer.crowd.database)
    told = officer.does("status")
    assert "May close now   2025-12\n" in told
    assert "Would publish   2025-11" not in told
    assert "Published       2025-11, unknown to this database" in told
    assert re.findall(r"Spent .*", told) == spent


def test_where_there_are_two_officers_both_must_sign(officer: Officer) -> None:
    ana, eva = (add_officer(officer.crowd, email) for email in ("ana@fiscalia.example", "eva@fiscalia.example"))
    clerk = add_officer(officer.crowd, "clerk@fiscalia.example", Role.CLERK)
    assert "two transparency officers sign each cut" in officer.does("status")
    refusals = (
        lambda later: signature("ana@fiscalia.example", ana, later=later),
        lambda later: signature("eva@fiscalia.example", ana, later=later),
        lambda later: signature("eva@fiscalia.example", eva, later=later, password="otra frase bastante larga"),
        lambda later: signature("clerk@fiscalia.example", clerk, later=later),
        lambda later: signature("nadie@fiscalia.example", eva, later=later),
    )
    for later, second in enumerate(refusals):
        officer.waits(later)
        typed = signature("ana@fiscalia.example", ana, later=later) + second(later)
        assert officer.types("cut", typing=typed).exit_code == 1
    assert officer.crowd.releases() == []
    officer.waits(10)
    her, other = (
        signature(email, secret, later=10)
        for email, secret in (("ana@fiscalia.example", ana), ("EVA@fiscalia.example ", eva))
    )
    cut = officer.does("cut", "--month", NOVEMBER, typing=her + other)
    assert PASSWORD not in cut
    with officer.crowd.database.reading() as session:
        made = session.get_one(ReleaseMade, NOVEMBER)
        assert None not in {made.cut_by, made.confirmed_by}
        assert made.cut_by != made.confirmed_by
    officer.waits(20)
    her = signature("ana@fiscalia.example", ana, later=20)
    assert officer.types("withdraw", NOVEMBER, "--reason", "x", typing=her + her).exit_code == 1
    assert officer.crowd.releases()[0].withdrawn_at is None


def test_one_officer_alone_signs_herself(officer: Officer) -> None:
    ana = add_officer(officer.crowd, "ana@fiscalia.example")
    assert "the transparency officer signs each cut" in officer.does("status")
    assert officer.types("cut", "--month", NOVEMBER).exit_code == 1
    assert isinstance(officer.types("merge", *MERGE, typing=signature("x@y.example", ana)).exception, NotProven)
    assert officer.crowd.releases() == []
    hers = signature("ana@fiscalia.example", ana)
    assert "Cut 2025-11" in officer.does("cut", "--month", NOVEMBER, typing=hers)
    with officer.crowd.database.reading() as session:
        assert session.get_one(ReleaseMade, NOVEMBER).cut_by is not None
    assert isinstance(officer.types("merge", *MERGE, typing=hers).exception, NotProven)  # a code opens once
    officer.waits(1)
    assert "CUH-2 will be published" in officer.does(
        "merge", *MERGE, typing=signature("ana@fiscalia.example", ana, later=1)
    )


def test_whoever_guesses_has_to_wait_even_with_the_right_words(officer: Officer) -> None:
    ana = add_officer(officer.crowd, "ana@fiscalia.example")
    wrong = signature("ana@fiscalia.example", ana, password="otra frase bastante larga")
    refused = [officer.types("cut", typing=wrong).exception for _ in range(5)]
    assert all(isinstance(each, NotProven) for each in refused)
    right = signature("ana@fiscalia.example", ana)
    assert isinstance(officer.types("cut", typing=right).exception, SignInThrottled)
    officer.waits(1)
    assert "Cut 2025-12" in officer.does("cut", typing=signature("ana@fiscalia.example", ana, later=1))


def test_a_small_office_is_published_under_another_from_the_next_closed_month_on(officer: Officer) -> None:
    officer.does("cut", "--month", NOVEMBER)
    assert "CUH-2 will be published under CUH-1" in officer.does("merge", *MERGE)
    assert officer.types("merge", *MERGE).exit_code == 1
    officer.crowd.new_cases(DECEMBER, 400, office=0)
    officer.crowd.new_cases(DECEMBER, 300, office=1)
    officer.crowd.write()
    officer.does("cut")
    rows = officer.crowd.table("T1s")
    assert [(row.period, row.office) for row in rows] == [
        (NOVEMBER, "FGJ-1.CUH-1"),
        (NOVEMBER, "FGJ-1.CUH-2"),
        (DECEMBER, "FGJ-1.CUH-1"),
    ]
    assert abs(rows[2].measured - 700) < 20


def test_a_mistake_of_method_is_corrected_in_edition_2_and_both_editions_stay(officer: Officer) -> None:
    officer.crowd.new_cases(NOVEMBER, 417, office=0)
    officer.crowd.write()
    officer.does("cut", "--month", NOVEMBER)
    told = officer.does(*RECOUNT)
    assert "They count at CUH-2" in told
    assert "417" not in told
    officer.does("cut", "--month", NOVEMBER, "--edition", "2")
    year = officer.folder / f"releases/datos/v1/T1s/2025/{NOVEMBER}-e2/T1s-2025.csv"
    with year.open(newline="") as text:
        near = {(row["edicion"], row["oficina"]): round(int(row["conteo_medido"]), -2) for row in csv.DictReader(text)}
    first, second = "FGJ-1.CUH-1", "FGJ-1.CUH-2"
    assert near == {("1", first): 400, ("1", second): 0, ("2", first): 0, ("2", second): 400}
    assert (year.parents[1] / NOVEMBER / "T1s-2025.csv").is_file()
    assert "Everything holds" in officer.does("verify")
    assert isinstance(officer.types(*RECOUNT).exception, AlreadyCorrected)


def test_wrong_updates_are_named_by_the_file_that_held_them(officer: Officer, clock: Clock) -> None:
    of = ("recount", NOVEMBER, "--institution", "FGJ-1", "--reason", "una carga de prueba")
    sent = officer.folder / "sent.csv"
    assert isinstance(officer.types(*of, "--file", str(sent)).exception, Refused)
    sent.write_text("id,stage\na1,CI00\n", encoding="utf-8")
    assert isinstance(officer.types(*of, "--file", str(sent)).exception, Refused)
    set_clock(clock, "2025-11-20")
    world = make_world(officer.crowd.database, officer.crowd.keys, code="FGJ-2")
    world.push("a1", "CI00")
    of = ("recount", NOVEMBER, "--institution", "FGJ-2", "--reason", "una carga de prueba")
    sent.write_text("source_id,stage\na1,CI00\n", encoding="utf-8")
    told = officer.does(*of, "--file", str(sent))
    assert f"They count nowhere when {NOVEMBER} is cut" in told
    assert "Unknown" not in told
    assert officer.types(*of).exit_code == 2
    assert officer.types(*of, "--file", str(sent), "--office", "CUH-1").exit_code == 2
    sent.write_text("source_id,stage\n,CI00\n", encoding="utf-8")
    assert isinstance(officer.types(*of, "--file", str(sent)).exception, Refused)


def test_updates_that_nobody_sent_are_named_and_a_file_of_nothing_else_is_refused(
    officer: Officer, clock: Clock
) -> None:
    set_clock(clock, "2025-11-20")
    make_world(officer.crowd.database, officer.crowd.keys, code="FGJ-2").push("a1", "CI00")
    secret, sent = add_officer(officer.crowd, "ana@fiscalia.example"), officer.folder / "sent.csv"

    def recounts(later: int, *names: str, institution: str = "FGJ-2") -> Result:
        sent.write_text("\n".join(["source_id", *names]), encoding="utf-8")
        officer.waits(later)
        of = ("--institution", institution, "--file", str(sent), "--reason", "una carga de prueba")
        return officer.types("recount", NOVEMBER, *of, typing=signature("ana@fiscalia.example", secret, later=later))

    nothing_sent = [recounts(0, "A1", "a2"), recounts(1, "a1", institution="FGJ-1")]
    assert [type(each.exception) for each in nothing_sent] == [UpdatesUnknown] * 2
    with officer.crowd.database.reading() as session:
        assert session.scalars(select(Recount)).all() == []
    told = recounts(2, " a1 ", *(f"z{number}" for number in range(9))).output
    assert f"They count nowhere when {NOVEMBER} is cut" in told
    assert "Unknown of FGJ-2: 9 of the file's updates (z0, z1, z2, z3, z4 …)" in told


def test_a_recount_keeps_its_reason_and_both_officers_and_publishes_neither(officer: Officer) -> None:
    ana, eva = (add_officer(officer.crowd, email) for email in ("ana@fiscalia.example", "eva@fiscalia.example"))

    def both(later: int) -> str:
        officer.waits(later)
        return signature("ana@fiscalia.example", ana, later=later) + signature("eva@fiscalia.example", eva, later=later)

    officer.does("cut", "--month", NOVEMBER, typing=both(0))
    assert officer.types(*RECOUNT[:-2], typing=both(1)).exit_code == 2  # no reason
    assert isinstance(officer.types(*RECOUNT[:-1], " ", typing=both(1)).exception, ReasonUnusable)
    her = signature("ana@fiscalia.example", ana, later=1)
    assert officer.types(*RECOUNT, typing=her + her).exit_code == 1
    officer.does(*RECOUNT, typing=both(2))
    with officer.crowd.database.reading() as session:
        kept = session.scalars(select(Recount)).one()
        assert kept.reason == "clave cambiada"
        assert None not in {kept.signed_by, kept.confirmed_by}
        assert kept.signed_by != kept.confirmed_by
    assert "Recounted       2025-11, on 2026-01-20: CUH-1 counts at CUH-2: clave cambiada" in officer.does("status")
    officer.does("cut", "--month", NOVEMBER, "--edition", "2", typing=both(3))
    files = [path for path in (officer.folder / "releases").rglob("*") if path.is_file()]
    assert not [path for path in files if b"clave cambiada" in path.read_bytes()]
    officer.does("withdraw", NOVEMBER, "--reason", "clave cambiada", typing=both(4))
    with officer.crowd.database.reading() as session:
        made = session.get_one(ReleaseMade, NOVEMBER)
        assert {made.withdrawn_by, made.withdrawal_confirmed_by} == {kept.signed_by, kept.confirmed_by}


def test_a_restored_database_takes_up_what_is_published_before_it_recounts(officer: Officer) -> None:
    officer.crowd.new_cases(NOVEMBER, 5)
    officer.crowd.write()
    officer.does("cut", "--month", NOVEMBER)
    forget_everything(officer.crowd.database)
    refused = officer.types(*RECOUNT)
    assert isinstance(refused.exception, CountsLost)
    assert "Took up 2025-11" in refused.output
    with officer.crowd.database.reading() as session:
        assert {row.office_id for row in session.scalars(select(StatisticsEvent))} == {officer.crowd.offices[0]}


@pytest.mark.parametrize("words", [RECOUNT, ("withdraw", NOVEMBER, "--reason", "x")])
def test_in_production_nothing_is_changed_while_the_folder_is_missing(officer: Officer, words: tuple[str, ...]) -> None:
    officer.does("cut", "--month", NOVEMBER)
    officer.settings |= {
        "CASESTATUS_ENVIRONMENT": "production",
        "CASESTATUS_RELEASES_CONTACT": "datos@fiscalia.example",
    }
    del officer.settings["CASESTATUS_AS_OF"]
    (officer.folder / "releases").rename(officer.folder / "lost")
    refused = officer.types(*words)
    assert isinstance(refused.exception, Refused)
    assert "is CASESTATUS_RELEASES right?" in str(refused.exception)
    assert not list((officer.folder / "releases").rglob("*.csv"))


@pytest.mark.parametrize(("month", "problem"), [("2026-02", "month-not-begun"), ("2025-10", "month-before-service")])
def test_a_month_in_which_nothing_can_have_counted_is_not_recounted(officer: Officer, month: str, problem: str) -> None:
    refused = officer.types("recount", month, *RECOUNT[2:])
    assert isinstance(refused.exception, CaseStatusProblem)
    assert refused.exception.type == problem
    assert "Recounted" not in officer.does("status")


def test_an_office_counts_at_itself_only_to_undo_a_recount_of_what_is_published(officer: Officer) -> None:
    itself = ("recount", NOVEMBER, "--institution", "FGJ-1", "--office", "CUH-1", "--into", "CUH-1", "--reason", "x")
    refused = officer.types(*itself)
    assert isinstance(refused.exception, CountsThereAlready)
    officer.crowd.new_cases(NOVEMBER, 417, office=0)
    officer.crowd.write()
    officer.does("cut", "--month", NOVEMBER)
    officer.does(*RECOUNT)
    assert "They count at CUH-1 in the second edition" in officer.does(*itself)
    officer.does("cut", "--month", NOVEMBER, "--edition", "2")
    near = {row.office: round(row.measured, -2) for row in officer.crowd.table("T1s") if row.edition == 2}
    assert near == {"FGJ-1.CUH-1": 400, "FGJ-1.CUH-2": 0}


def test_an_edition_2_that_was_drawn_and_not_yet_written_is_finished_by_the_same_command(officer: Officer) -> None:
    """As a SIGKILL between the transaction and the folder leaves it."""
    officer.does("cut", "--month", NOVEMBER)
    with officer.crowd.database.writing() as session:
        correct_month(session, NOVEMBER, keys=officer.crowd.keys, now=at("2026-01-20"))
    again = ("cut", "--month", NOVEMBER, "--edition", "2")
    assert "Published 2025-11-e2" in officer.does(*again)
    assert "Everything holds" in officer.does("verify")
    assert isinstance(officer.types(*again).exception, AlreadyDrawn)


def test_nobody_signs_a_recount_to_an_office_that_the_month_does_not_list(officer: Officer) -> None:
    officer.does("cut", "--month", NOVEMBER)
    add_officer(officer.crowd, "ana@fiscalia.example")
    with officer.crowd.database.writing() as session:
        institution = session.get_one(Office, officer.crowd.offices[0]).institution_id
        add_office(session, institution, "CUH-9", at("2026-01-10"))
    refused = officer.types("recount", NOVEMBER, *RECOUNT[2:7], "CUH-9", *RECOUNT[-2:])
    assert isinstance(refused.exception, OfficeCodeChanged)


def test_whoever_recounts_learns_when_the_quarter_follows_and_when_no_more(officer: Officer) -> None:
    officer.does("cut")
    assert "T3 and T5 of 2025-T4 follow with the second edition of 2025-12." in officer.does(*RECOUNT)
    told = officer.does("cut", "--month", DECEMBER, "--edition", "2")
    assert "T3 and T5 of 2025-T4 get their second edition with it" in told
    assert "T3 and T5 of 2025-T4 stay as they are" in officer.does(*RECOUNT)
    assert "Cut 2025-11-e2: 4 tables" in officer.does("cut", "--month", NOVEMBER, "--edition", "2")
