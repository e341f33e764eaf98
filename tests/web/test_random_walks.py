"""Two families, two offices, and whatever comes: random updates keep each family's number, case and secrets its own.

`make endurance` walks further. A walk that fails is told by its seed.
"""

import os
import random
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from casestatus.access.candidates import candidate_for
from casestatus.app import build_app
from casestatus.cases.line_offices import offices_of_line
from casestatus.cases.models import Case, Proceeding
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.errors import CaseStatusProblem
from casestatus.intake.registration import GivenAccess
from casestatus.notices.models import DeliveryAttempt, Notice, NoticeEvent
from casestatus.settings import Environment, Settings
from casestatus.statistics.models import StatisticsEvent
from casestatus.wording import LANGUAGES
from tests.clocks import StoppedClock
from tests.factories import NUMBER, World, make_world
from tests.intake.town import OTHER, Town, make_town
from tests.web.conftest import PUBLIC_URL
from tests.web.visiting import Program, open_session

TONGUES = LANGUAGES if os.environ.get("ENDURANCE") else ("es",)
WALKS, STEPS = (100, 40) if os.environ.get("ENDURANCE") else (3, 25)
BEGINS = datetime(2026, 3, 2, 18, 0, 30, tzinfo=UTC)
CODES = {"CUH-2": "old", "IZP-6": "new"}
FIRST_DAY = date(2026, 1, 21)
FOR_THERE = "Úsalo allá"
COUNTS = {"new": ("IZP-6", 7), "old": ("CUH-2", 8), "both": ("IZP-6", 7)}  # lines of an office, which the other hides
HIDES = {"old": (7,), "new": (8,), "both": (9,)}


@dataclass
class Family:
    """One family's truth: her number here, its number at the new office, and what its cases are registered with."""

    name: str
    number: str
    number_there: str
    crime: str
    opened_on: str
    her: GivenAccess | None = None
    cases: set[UUID] = field(default_factory=set)


def families() -> list[Family]:
    """Two that differ in what an update under a number that was only told has to agree with."""
    there = "CI-FIIZP/IZP-6/UI-2 C/D/00{}/05-2026"
    return [
        Family("ana", NUMBER, there.format("555"), "rnid2026.robo-a-negocio", "2026-01-05"),
        Family("eva", OTHER, there.format("666"), "rnid2026.lesiones-dolosas", "2026-01-08"),
    ]


@dataclass
class Country:
    """Both families in one service, and what an onlooker may ask it."""

    world: World
    town: Town
    web: TestClient
    clock: StoppedClock
    families: list[Family]
    tokens: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def open(self) -> None:
        """Each sees two lines of her case. One of Eva's is joined into Ana's, and one is hidden."""
        for family in self.families:
            opening = {"stage": "CI01", "occurred_on": "2026-01-20"}
            for line in (1, 2):
                self.send("old", family, f"{family.name}-{line}", **opening, proceeding=line)
            family.her = self._admitted(family, 1, 2)
        self.send("old", self.families[1], "waits", **opening, proceeding=9, hidden=True)
        self._admitted(self.families[1], 9)
        joined = {"proceeding": 2, "occurred_on": "2026-01-21", "details": {"to_number": self.families[0].number}}
        self.send("old", self.families[1], "joined", "CI11", **joined)
        self.sent.clear()  # no step refers to these

    def _admitted(self, family: Family, *lines: int) -> GivenAccess:
        given = self.world.admit(case_number=family.number, proceedings=lines)
        self.tokens[f"{family.name} {lines}"] = open_session(self.web, given.pin, family.number).json()["token"]
        return given

    def send(self, by: str, family: Family, source_id: str, stage: str, **fields: Any) -> None:
        """An update that is meant for the family's case; whatever takes it takes it to one of that family's."""
        known = {"case_number": family.number, "crime": family.crime, "opened_on": family.opened_on, "office": None}
        if by == "both" or fields.get("case_number") == family.number_there:
            known["office"] = "IZP-6" if by == "new" else "CUH-2"
        sender: World = getattr(self.town, by)
        receipt = sender.push(source_id, stage, **(known | fields))
        if receipt.case_created:
            family.cases.add(receipt.case_id)
        assert receipt.case_id in family.cases
        self.sent.append((by, source_id, known | fields | {"stage": stage}))
        if stage == "CI11" and not fields.get("hidden"):
            self.link(family)

    def told_elsewhere(self, number: str) -> bool:
        """Whether an update told the number as that of an office that we don't know."""
        told = (content.get("details", {}) for _, _, content in self.sent)
        return any(each.get("to_number") == number and each.get("to_office") not in CODES for each in told)

    def link(self, family: Family) -> None:
        """The offices let her see the lines of whatever hers were joined into, where they may."""
        if family.her is None:
            return
        for other, office in product(self.families, (self.town.old, self.town.new)):
            for line in (1, 2):
                with suppress(CaseStatusProblem):
                    self.town.link(office, family.her, line, case_number=other.number)

    def has_part(self, office: str, family: Family) -> bool:
        """Whether the office has something in sight of the family's case, or awaits it."""
        sender: World = getattr(self.town, office)
        with self.world.database.reading() as session:
            case = session.get_one(Case, self.opened_by(family.her.folio if family.her else ""))
            in_sight = (Proceeding.case_id == case.id, Proceeding.first_shown_at.is_not(None))
            offices = {
                each
                for line in session.scalars(select(Proceeding).where(*in_sight))
                for each in offices_of_line(case, line)
            }
        return sender.office_id in offices

    def admit_to_own(self, by: str, family: Family) -> bool:
        """Let somebody see the line that an office opened itself; whether there is one that nobody sees yet."""
        code, line = COUNTS[by]
        name, sender = f"{family.name} {code}", getattr(self.town, CODES[code])
        with suppress(CaseStatusProblem):
            if name not in self.tokens:
                given = sender.admit(case_number=family.number, proceedings=[line])
                self.tokens[name] = open_session(self.web, given.pin, family.number).json()["token"]
                return True
        return False

    def numbers(self) -> list[str]:
        return [number for family in self.families for number in (family.number, family.number_there)]

    def opened_by(self, number: str) -> UUID:
        with self.world.database.reading() as session:
            return candidate_for(session, self.world.keys, number, institution=None).secret.case_id

    def page(self, name: str, language: str = "es") -> Any:
        return Program(self.web, self.tokens[name]).ask("GET", "/case", language=language)

    def seen(self) -> dict[str, Any]:
        """All that the families and the public may observe, and what messages and figures are made of."""
        seen: dict[str, Any] = {
            f"{name} {language}": _bare(self.page(name, language)) for name in self.tokens for language in TONGUES
        }
        seen["/estado"] = _bare(self.web.get("/estado", headers={"Accept": "application/json"}))
        cases = {case: family.name for family in self.families for case in family.cases}
        seen["numbers"] = [cases.get(self.opened_by(number)) for number in self.numbers()]
        with self.world.database.reading() as session:
            for kept in (Notice, NoticeEvent, DeliveryAttempt, StatisticsEvent):
                seen[kept.__tablename__] = session.scalar(select(func.count()).select_from(kept))
        return seen


def _bare(answer: Any) -> tuple[int, list[tuple[str, str]], str]:
    """The whole answer, but for what is drawn anew in each world."""
    headers = [(name, value) for name, value in answer.headers.items() if name not in {"x-request-id", "etag"}]
    body = re.sub(r'"(folio|reference)":"[^"]*"', "", answer.text)
    return answer.status_code, sorted(headers), body


@contextmanager
def country(folder: Path, template: Path, keys: KeyRing) -> Iterator[Country]:
    folder.mkdir()
    shutil.copy(template, folder / "casestatus.db")
    clock = StoppedClock(BEGINS)
    url = f"sqlite:///{folder / 'casestatus.db'}"
    settings = Settings(
        _env_file=None,
        environment=Environment.PRODUCTION,
        database_url=url,
        public_url=PUBLIC_URL,
        notice_delay_minutes=0,
    )
    database = Database(url, clock)
    world = make_world(database, keys)
    app = build_app(settings, database, keys)
    with TestClient(app, base_url=PUBLIC_URL, follow_redirects=False, client=("203.0.113.9", 50000)) as web:
        opened = Country(world, make_town(world), web, clock, families())
        opened.open()
        yield opened
    database.close()


class Walk:
    """One random sequence; the same seed makes the same one. Every other one begins with Ana's whole case moving."""

    def __init__(
        self, seed: int, lines: Sequence[int] = (1, 1, 1, 2, 2, 3), counts: Mapping[str, tuple[str, int]] | None = None
    ) -> None:
        self.dice, self.lines, self.counts = random.Random(seed), lines, counts or {}
        self.count = 0
        self.whole = [(line, by) for line in (1, 2) for by in ("old", "new")] if seed % 2 else []

    def step(self, country: Country) -> tuple[str, Family, str, str, dict[str, Any]]:
        """Who sends what: sender, family, source id, stage and fields."""
        self.count += 1
        if self.whole:
            return self._moves_whole(country.families[0])
        family, by = self.dice.choice(country.families), self.dice.choice(("old", "old", "new", "new", "both"))
        stage = self.dice.choice(("CI01", "CI06", "CI15", "CI10", "CI10", "CI10", "CI11"))
        late = self.dice.random() < 0.2
        day = FIRST_DAY + timedelta(days=self.dice.randint(0, self.count) if late else self.count)
        fields: dict[str, Any] = {"proceeding": self.dice.choice(self.lines), "occurred_on": str(day)}
        if by != "old" and self.dice.random() < 0.6:
            fields["case_number"] = family.number_there
        if by in self.counts and self.dice.random() < 0.3 and country.has_part(CODES[self.counts[by][0]], family):
            office, line = self.counts[by]
            fields |= {"proceeding": line, "case_number": family.number, "office": office}
        if stage == "CI10":
            fields["details"] = self._move(country)
        if stage == "CI11":
            fields["details"] = {"to_number": self.dice.choice(country.numbers())}
        return by, family, f"{family.name}-s{self.count}", stage, fields | self._refers(country, by, family)

    def _moves_whole(self, ana: Family) -> tuple[str, Family, str, str, dict[str, Any]]:
        line, by = self.whole.pop(0)
        fields = {"proceeding": line, "occurred_on": str(FIRST_DAY + timedelta(days=self.count))}
        move = {"details": {"to_office": "IZP-6"}} if by == "old" else {}
        return by, ana, f"ana-s{self.count}", "CI10" if by == "old" else "CI01", fields | move

    def _move(self, country: Country) -> dict[str, str]:
        """Told rightly or by mistake: the number of either family, here or there."""
        details = {
            "to_office": self.dice.choice(("IZP-6", "IZP-6", "CUH-2", "NOWHERE", None)),
            "to_authority": self.dice.choice((None, None, "fgr")),
            "to_number": self.dice.choice((None, *country.numbers())),
        }
        return {name: value for name, value in details.items() if value is not None}

    def _refers(self, country: Country, by: str, family: Family) -> dict[str, Any]:
        """Sometimes a correction or a reveal of what this sender sent of this family."""
        own = [
            (source, sent) for sender, source, sent in country.sent if sender == by and source.startswith(family.name)
        ]
        if not own or self.dice.random() < 0.6:
            return {}
        source, sent = self.dice.choice(own)
        kind = "reveals" if sent.get("hidden") else "supersedes"
        return {kind: source, "proceeding": sent.get("proceeding", 1), "case_number": sent["case_number"]}


def taken(country: Country, step: tuple[str, Family, str, str, dict[str, Any]]) -> bool:
    """Whether the update was taken; one that was refused has changed nothing that anybody sees."""
    by, family, source_id, stage, fields = step
    before = country.seen()
    try:
        country.send(by, family, source_id, stage, **fields)
    except CaseStatusProblem:
        assert country.seen() == before
        return False
    return True


def check(country: Country) -> None:
    """What holds after any sequence.

    A number that a page tells her to sign in with opens her case. Only one that was also told for an office that we
    don't know may be told for use there, though it opens her case by now: another of her lines moved under it.
    """
    cases = {case: family for family in country.families for case in family.cases}
    opened = {number: cases.get(country.opened_by(number)) for number in country.numbers()}
    for family in country.families:
        assert family.her is not None
        hers = country.opened_by(family.her.folio)
        assert (opened[family.number], country.opened_by(family.number)) == (family, hers)
        body = country.page(f"{family.name} (1, 2)").text
        for number, owner in opened.items():
            shown = number in body
            assert not shown or owner in (family, None)
            if shown and number != family.number:
                is_for_there, opens_hers = f"{number}. {FOR_THERE}" in body, country.opened_by(number) == hers
                assert is_for_there is not opens_hers or (opens_hers and country.told_elsewhere(number))


@pytest.mark.parametrize("seed", range(WALKS))
def test_whatever_is_sent_each_family_keeps_its_number_and_sees_no_other(
    tmp_path: Path, sqlite_template: Path, keys: KeyRing, seed: int
) -> None:
    with country(tmp_path / "walk", sqlite_template, keys) as here:
        walk = Walk(seed)
        for _ in range(STEPS):
            here.clock.advance(timedelta(seconds=50))
            step = walk.step(here)
            if walk.dice.random() < 0.25 and "supersedes" not in step[4] and "reveals" not in step[4]:
                step[4]["hidden"] = True
            taken(here, step)
            check(here)
        nothing_is_lost(here)


def nothing_is_lost(country: Country) -> None:
    """What was acknowledged is kept, under its receipt, on a line of the family's."""
    for by, source_id, content in country.sent:
        sender: World = getattr(country.town, by)
        fields = {name: value for name, value in content.items() if name != "stage"}
        receipt, new = sender.push_new(source_id, content["stage"], **fields)
        assert not new
        with country.world.database.reading() as session:
            lines = select(func.count()).select_from(Proceeding).where(Proceeding.case_id == receipt.case_id)
            assert session.scalar(lines)


@pytest.mark.parametrize("seed", range(WALKS))
def test_two_worlds_that_differ_in_hidden_updates_only_look_the_same(
    tmp_path: Path, sqlite_template: Path, keys: KeyRing, seed: int
) -> None:
    """Each step comes to both; between them, one of the two hears of what nobody may see.

    A step opens no line but one of the number that the other office hides, where the office has part in the case: one
    with a hidden line knows the case, and may.
    """
    with (
        country(tmp_path / "told", sqlite_template, keys) as told,
        country(tmp_path / "untold", sqlite_template, keys) as untold,
    ):
        walk, unseen = Walk(seed, lines=(1, 2), counts=COUNTS), random.Random(seed)
        for number in range(STEPS):
            told.clock.advance(timedelta(seconds=50))
            untold.clock.at = told.clock.at
            hide(told, unseen, number)
            step = walk.step(untold)
            in_both = [_taken_in(each, step) for each in (told, untold)]
            assert in_both[0] == in_both[1]
            if step[4]["proceeding"] == COUNTS[step[0]][1]:
                [family] = [number for number, each in enumerate(untold.families) if each is step[1]]
                looked = [each.admit_to_own(step[0], each.families[family]) for each in (told, untold)]
                assert looked[0] == looked[1]
            assert told.seen() == untold.seen()


def _taken_in(country: Country, step: tuple[str, Family, str, str, dict[str, Any]]) -> str:
    by, family, source_id, stage, fields = step
    [same] = [each for each in country.families if each.name == family.name]
    try:
        country.send(by, same, source_id, stage, **fields)
    except CaseStatusProblem as problem:
        return problem.type
    return "taken"


def hide(country: Country, dice: random.Random, number: int) -> None:
    """A hidden update of a line that is in sight, or of one of its own that nobody sends anything visible of."""
    family, by = dice.choice(country.families), dice.choice(("old", "new", "both"))
    stage = dice.choice(("CI01", "CI06", "CI10", "CI11", "CI24"))
    fields: dict[str, Any] = {
        "hidden": True,
        "proceeding": dice.choice((1, 2, *HIDES[by])),
        "occurred_on": f"2026-02-{dice.randint(2, 28):02}",
        "case_number": dice.choice((family.number, family.her.folio if family.her else "")),
    }
    if stage == "CI10":
        fields["details"] = {"to_office": dice.choice(("IZP-6", "CUH-2")), "to_number": dice.choice(country.numbers())}
    if stage == "CI11":
        fields["details"] = {"to_number": dice.choice(country.numbers())}
    before = country.seen()
    with suppress(CaseStatusProblem):
        country.send(by, family, f"{family.name}-h{number}", stage, **fields)
        country.sent.pop()  # no later step refers to it
    assert country.seen() == before
