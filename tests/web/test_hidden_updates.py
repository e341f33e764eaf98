"""What an office hides shows nowhere: around hidden updates nothing that anybody may ask for changes by one byte."""

import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from casestatus.database import Clock
from casestatus.intake.registration import GivenAccess
from casestatus.notices.models import Notice
from casestatus.offices.heartbeats import note_heartbeat
from casestatus.upkeep.stalls import StallWatch
from casestatus.victims.choices import choose_stall_alerts
from casestatus.wording import LANGUAGES, Wording
from tests.clocks import StoppedClock
from tests.factories import World
from tests.web.visiting import enter, form_token, open_session

HIDDEN_UPDATES = 50
HIDDEN_ON = date(2026, 2, 11)
HERS = ("/caso", "/caso/historia", "/caso/avisos", "/caso/contactos", "/caso/documentos")
PUBLIC = ("/", "/estado", "/entrar", "/ayuda/etapas")
AS_JSON = ("/api/v1/case", "/api/v1/contacts")


@pytest.fixture
def clock() -> Clock:
    return StoppedClock(datetime(2026, 3, 2, 18, 0, 30, tzinfo=UTC))


@pytest.fixture
def victims(web: TestClient, world: World) -> list[GivenAccess]:
    """One of an archived line, one of a line in trial and of one that stalls; both of a line that is hidden."""
    world.push("a1", "CI01", occurred_on="2025-12-01")
    world.push("a2", "CI06", occurred_on="2026-01-20", formal_notice_on="2026-02-27")
    world.push("b1", "CI20", proceeding=2, occurred_on="2026-01-05")
    world.push("c1", "CI12", proceeding=3, occurred_on=HIDDEN_ON.isoformat())
    world.push("d1", "CI01", proceeding=4, occurred_on="2026-01-30")
    given = [world.admit(proceedings=[1, 3]), world.admit(proceedings=[2, 3, 4], contacts=[])]
    with world.database.writing() as session:
        note_heartbeat(session, world.office_id, now=world.database.now())
        choose_stall_alerts(session, given[1].victim_id, wanted=True)
    StallWatch(world.database).once()
    return given


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
        for form in ("inactivity", "challenge_258", "join_338"):
            fields = {"csrf_token": token, "line": "1", "knows": "true"}
            yield f"{form}.pdf", {"method": "POST", "path": f"/caso/documentos/{form}", "data": fields}

    def _answer(self, *, path: str, method: str = "GET", **asked: Any) -> tuple[Any, ...]:
        answer = self.web.request(method, path, **asked)
        reference = answer.headers["x-request-id"].encode()
        headers = sorted((name, value) for name, value in answer.headers.items() if name != "x-request-id")
        body = answer.content.replace(reference, b"")
        return answer.status_code, headers, body, len(zlib.compress(body))


def hide(world: World, clock: Clock) -> None:
    """Fifty updates that nobody may see, over two hours: of lines shown and hidden, new, corrected, out of order."""
    stages = ("CI12", "CI15", "CI06", "CI24", "CI01")
    for number in range(HIDDEN_UPDATES):
        clock.advance(timedelta(minutes=2))
        day = (HIDDEN_ON + timedelta(days=number % 15)).isoformat()
        fields: dict[str, Any] = {"proceeding": number % 6 + 1, "hidden": True, "occurred_on": day}
        if number in {31, 43}:
            fields |= {"supersedes": f"h{number - 30}", "proceeding": (number - 30) % 6 + 1}
        world.push(f"h{number}", stages[number % len(stages)], **fields)


def notices(world: World) -> list[tuple[object, ...]]:
    with world.database.reading() as session:
        owed = session.scalars(select(Notice).order_by(Notice.id))
        return [(notice.id, notice.kind, notice.state) for notice in owed]


def test_around_fifty_hidden_updates_nothing_changes_by_one_byte(
    web: TestClient, world: World, victims: list[GivenAccess], clock: StoppedClock
) -> None:
    onlookers = [Onlooker(web, access) for access in victims]
    before, owed, asked_at = [onlooker.sees() for onlooker in onlookers], notices(world), clock.at
    assert all(answer[0] == 200 for seen in before for name, answer in seen.items() if not name.endswith("pdf"))
    assert [len(answer[2]) > 5000 for answer in (before[0]["challenge_258.pdf"], before[1]["/caso es"])] == [True, True]
    hide(world, clock)
    StallWatch(world.database).once()
    clock.at = asked_at
    after = [onlooker.sees() for onlooker in onlookers]
    assert [name for old, new in zip(before, after, strict=True) for name in old if old[name] != new[name]] == []
    assert notices(world) == owed


def test_after_the_reveal_no_answer_holds_the_hidden_day(
    web: TestClient, world: World, victims: list[GivenAccess], clock: Clock
) -> None:
    world.push("c2", "CI12", proceeding=3, reveals="c1", details={"how": "orden_de_aprehension"})
    seen = Onlooker(web, victims[0]).sees()
    assert "Con un juez" in seen["/caso es"][2].decode()
    hidden = [HIDDEN_ON.isoformat(), *(Wording.of(each).day(HIDDEN_ON) for each in LANGUAGES)]
    assert [(name, day) for name, answer in seen.items() for day in hidden if day.encode() in answer[2]] == []
