"""What an office hides shows nowhere: around hidden updates nothing that anybody may ask for changes by one byte."""

import re
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import product
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from casestatus.cases.models import Stall
from casestatus.database import Base, Clock
from casestatus.intake.registration import GivenAccess
from casestatus.notices.models import DeliveryAttempt, Notice, NoticeEvent
from casestatus.offices.heartbeats import note_heartbeat
from casestatus.settings import Limits
from casestatus.statistics.models import StatisticsEvent
from casestatus.upkeep.stalls import StallWatch
from casestatus.victims.choices import choose_stall_alerts
from casestatus.victims.models import VictimProceeding
from casestatus.wording import LANGUAGES, Wording
from tests.clocks import StoppedClock
from tests.factories import World
from tests.intake.town import OTHER, THIRD, make_town
from tests.web.visiting import enter, form_token, open_session

HIDDEN_UPDATES = 50
HIDDEN_ON = date(2026, 2, 11)
STAGES = ("CI12", "CI15", "CI06", "CI24", "CI01")
LINE_OF = [number % 6 + 1 for number in range(HIDDEN_UPDATES)]
WORDINGS = [Wording.of(language) for language in LANGUAGES]
HIDDEN_NUMBER = "CI-FICUH/CUH-2/UI-2 C/D/00999/02-2026"
HERS = ("/caso", "/caso/historia", "/caso/avisos", "/caso/contactos", "/caso/documentos", "/caso/reporte")
FILES = {"challenge_258-1-es.pdf", "inactivity-1-es.pdf", "inactivity-3-es.pdf", "reminder-1-es.ics"}
PUBLIC = ("/", "/estado", "/entrar", "/ayuda/etapas")
AS_JSON = ("/api/v1/case", "/api/v1/contacts")


@pytest.fixture
def clock() -> Clock:
    return StoppedClock(datetime(2026, 3, 2, 18, 0, 30, tzinfo=UTC))


@pytest.fixture
def victims(web: TestClient, world: World) -> list[GivenAccess]:
    """One of an archived line, one of a line in trial, one that stalls and one that was joined; both of a hidden."""
    world.push("a1", "CI01", occurred_on="2025-12-01")
    world.push("a2", "CI06", occurred_on="2026-01-20", formal_notice_on="2026-02-27")
    world.push("b1", "CI20", proceeding=2, occurred_on="2026-01-05")
    world.push("c1", "CI12", proceeding=3, occurred_on=HIDDEN_ON.isoformat())
    world.push("d1", "CI01", proceeding=4, occurred_on="2026-01-30")
    world.push("e0", "CI01", case_number=THIRD, occurred_on="2026-01-06")
    world.push("e1", "CI11", proceeding=5, occurred_on="2026-01-07", details={"to_number": THIRD})
    given = [world.admit(proceedings=[1, 3]), world.admit(proceedings=[2, 3, 4, 5], contacts=[])]
    make_town(world).link(world, given[1], 1, case_number=THIRD)
    with world.database.writing() as session:
        note_heartbeat(session, world.office_id, now=world.database.now())
        choose_stall_alerts(session, given[1].victim_id, wanted=True)
    watch_to_the_end(world)
    return given


def watch_to_the_end(world: World) -> None:
    """Every stall is raised, and told to whom it is to be told."""
    watch = StallWatch(world.database, Limits())
    while watch.once():
        pass


class Onlooker:
    """Holds a victim's session in a browser and a program, and asks for all there is, in both languages."""

    def __init__(self, web: TestClient, access: GivenAccess) -> None:
        self.web = web
        web.cookies.clear()
        enter(web, access.pin)
        self.token = open_session(web, access.backup_key).json()["token"]
        form_token(web.get("/caso").text)
        self.cookies = dict(web.cookies)

    def sees(self) -> dict[str, Any]:
        """Every answer whole, by what was asked: status, headers but the request's id, body, compressed length."""
        self.web.cookies.clear()
        self.web.cookies.update(self.cookies)
        return {name: self._answer(**asked) for name, asked in self._questions()}

    def _questions(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for path, language in product((*HERS, *PUBLIC, *AS_JSON), LANGUAGES):
            headers: dict[str, str] = {"Accept-Language": language}
            if path in AS_JSON:
                headers["Authorization"] = f"Bearer {self.token}"
            yield f"{path} {language}", {"path": path, "headers": headers}
        yield "/estado JSON", {"path": "/estado", "headers": {"Accept": "application/json"}}
        token = form_token(self.web.get("/caso").text)
        for line, language in zip("1234", LANGUAGES * 2, strict=True):
            asks = {"method": "POST", "headers": {"Accept-Language": language}}
            fields = {"csrf_token": token, "line": line, "knows": "true"}
            for form in ("inactivity", "challenge_258", "join_338"):
                yield f"{form}-{line}-{language}.pdf", asks | {"path": f"/caso/documentos/{form}", "data": fields}
            of_right = {"path": "/caso/recordatorio", "data": fields | {"right": "judicial_review"}}
            yield f"reminder-{line}-{language}.ics", asks | of_right

    def _answer(self, *, path: str, method: str = "GET", **asked: Any) -> tuple[Any, ...]:
        answer = self.web.request(method, path, **asked)
        reference = answer.headers["x-request-id"].encode()
        headers = sorted((name, value) for name, value in answer.headers.items() if name != "x-request-id")
        body = re.sub(rb"UID:[0-9a-f-]{36}", b"", answer.content.replace(reference, b""))
        return answer.status_code, headers, body, len(zlib.compress(body))


def hide(world: World, clock: Clock) -> None:
    """Fifty updates that nobody may see, over two hours: of lines shown and hidden, new, corrected, out of order."""
    for number in range(HIDDEN_UPDATES):
        clock.advance(timedelta(minutes=2))
        day = (HIDDEN_ON + timedelta(days=number % 15)).isoformat()
        fields: dict[str, Any] = {"proceeding": LINE_OF[number], "hidden": True, "occurred_on": day}
        if number in {0, 2, 31}:
            fields["formal_notice_on"] = (HIDDEN_ON + timedelta(days=number % 15 + 1)).isoformat()
        if number in {31, 43}:
            fields["supersedes"] = f"h{number - 30}"
        world.push(f"h{number}", STAGES[number % len(STAGES)], **fields)


def hide_what_hangs_together(world: World) -> None:
    """Formal notices, corrections, withdrawals, joins, moves, crimes: of what is hidden, and hidden of what is seen."""
    day = HIDDEN_ON.isoformat()
    hidden: dict[str, Any] = {"hidden": True, "occurred_on": day}
    world.push("n1", "CI06", occurred_on="2026-01-20", formal_notice_on="2026-02-12", hidden=True)
    world.push("n2", "CI06", occurred_on="2026-01-20", formal_notice_on="2026-02-13", supersedes="n1")
    world.push("n3", "CI06", occurred_on="2026-01-20", supersedes="n2")
    world.push("n4", "CI12", proceeding=3, occurred_on=day, formal_notice_on="2026-02-12")
    world.push("k1", "CI20", proceeding=2, **hidden)
    world.push("k2", "CI21", proceeding=2, occurred_on=day, supersedes="k1", details={"outcome": "condenatoria"})
    world.push("k3", "CI20", proceeding=2, occurred_on=day, supersedes="k2")
    world.push("k4", "CI07", supersedes="a2", formal_notice_on="2026-02-12", **hidden)
    world.push("k5", "CI06", occurred_on="2026-01-20", supersedes="k4")
    world.push("j0", "CI15", case_number=OTHER, **hidden)
    world.push("e2", "CI12", case_number=THIRD, **hidden)
    world.push("e3", "CI10", case_number=THIRD, details={"to_office": "IZP-6"}, **hidden)
    world.push("e4", "CI01", proceeding=5, supersedes="e1", **hidden)
    world.push("j1", "CI11", proceeding=2, details={"to_number": OTHER}, **hidden)
    world.push("j2", "CI10", proceeding=4, details={"to_office": "IZP-6", "to_number": HIDDEN_NUMBER}, **hidden)
    world.push("j3", "CI01", proceeding=7, crime="rnid2026.violencia-familiar", **hidden)
    world.push("j4", "CI01", proceeding=8, crime="nobody.knows-it", **hidden)


def kept(world: World) -> dict[str, list[tuple[object, ...]]]:
    """What the public figures, the stall watch, and messages are made of."""
    models = (Notice, NoticeEvent, DeliveryAttempt, StatisticsEvent, Stall, VictimProceeding)
    tables = [Base.metadata.tables[model.__tablename__] for model in models]
    with world.database.reading() as session:
        return {table.name: _rows(session, table) for table in tables}


def _rows(session: Session, table: Table) -> list[tuple[object, ...]]:
    return sorted((tuple(row) for row in session.execute(select(table))), key=str)


def pages_of_files(seen: dict[str, Any]) -> str:
    """What the requests say that she was given."""
    given = [answer[2] for name, answer in seen.items() if name.endswith(".pdf") and answer[0] == 200]
    return " ".join(page.extract_text() for pdf in given for page in PdfReader(BytesIO(pdf)).pages)


def test_around_fifty_hidden_updates_nothing_changes_by_one_byte(
    web: TestClient, world: World, victims: list[GivenAccess], clock: StoppedClock
) -> None:
    onlookers = [Onlooker(web, access) for access in victims]
    before, behind, asked_at = [onlooker.sees() for onlooker in onlookers], kept(world), clock.at
    assert all(answer[0] == 200 for seen in before for name, answer in seen.items() if name.startswith("/"))
    assert {name for seen in before for name, answer in seen.items() if answer[0] == 200} >= FILES
    hide(world, clock)
    hide_what_hangs_together(world)
    watch_to_the_end(world)
    clock.at = asked_at
    after = [onlooker.sees() for onlooker in onlookers]
    assert [name for old, new in zip(before, after, strict=True) for name in old if old[name] != new[name]] == []
    assert kept(world) == behind


def test_after_the_reveal_no_answer_holds_the_hidden_day(
    web: TestClient, world: World, victims: list[GivenAccess], clock: Clock
) -> None:
    hide(world, clock)
    world.push("c2", "CI12", proceeding=3, reveals="c1", details={"how": "orden_de_aprehension"})
    told, notified = {"occurred_on": str(HIDDEN_ON + timedelta(days=3))}, str(HIDDEN_ON + timedelta(days=6))
    world.push("n3", STAGES[3 % len(STAGES)], proceeding=LINE_OF[3], formal_notice_on=notified, **told)
    for number in (0, 2, 3, 4, 5, 31):
        repeats_day = {"occurred_on": str(HIDDEN_ON + timedelta(days=4))} if number == 4 else {}
        stage = STAGES[number % len(STAGES)]
        world.push(f"r{number}", stage, proceeding=LINE_OF[number], reveals=f"h{number}", **repeats_day)
    everything = [Onlooker(web, access).sees() for access in victims]
    assert "Con un juez" in everything[0]["/caso es"][2].decode()
    days = [HIDDEN_ON + timedelta(days=number) for number in range(15)]
    hidden = [text.encode() for day in days for text in (day.isoformat(), *(words.day(day) for words in WORDINGS))]
    assert [
        (name, day) for seen in everything for name, answer in seen.items() for day in hidden if day in answer[2]
    ] == []
    papers = " ".join(map(pages_of_files, everything))
    assert papers
    assert [day for day in hidden if day.decode() in papers] == []
