"""An office's own notices: each hand-over, the figures, the paper; never what a victim chose nor what isn't its own."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response
from pypdf import PdfReader
from sqlalchemy import select, update

from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeKind, NoticeState
from casestatus.notices.office_words import OfficeState
from casestatus.settings import Limits, Settings
from casestatus.victims.models import Contact, ContactPolicy, Victim
from tests.factories import NUMBER, World, make_world
from tests.intake.town import make_town
from tests.web.conftest import OfficeSystem, system_of

A_DAY = 2


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"limits": Limits(constancias_per_day=A_DAY)})


@dataclass(frozen=True)
class Desk:
    """What the office's system asks, and what becomes of its notices."""

    system: OfficeSystem
    world: World
    case_id: UUID

    def ask(self, path: str, *, language: str = "es", method: str = "GET", scope: str = "cases:read") -> Response:
        headers = {"Authorization": f"Bearer {self.system.token(scope=scope)}", "Accept-Language": language}
        return self.system.web.request(method, f"/api/v1/office{path}", headers=headers)

    def ledger(self, **options: str) -> list[dict[str, Any]]:
        notices: list[dict[str, Any]] = self.ask(f"/cases/{self.case_id}/notices", **options).json()["notices"]
        return notices

    def figures(self, query: str = "") -> dict[str, Any]:
        [office] = self.ask(f"/figures{query}").json()["offices"]
        return dict(office)

    def becomes(self, notice: NoticeState, number: int = 0, **attempt: Any) -> None:
        """What became of the n-th notice and its hand-over."""
        with self.world.database.writing() as session:
            found = session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.id)).all()[number]
            for name, value in attempt.items():
                setattr(found, name, value)
            session.get_one(Notice, found.notice_id).state = notice

    @property
    def now(self) -> datetime:
        return self.world.database.now()


@pytest.fixture
def desk(office_system: OfficeSystem, world: World) -> Desk:
    """An office with a case, and nobody yet who is told of it."""
    return Desk(office_system, world, world.push("u1", "CI01").case_id)


def wordless(notice: dict[str, Any]) -> dict[str, Any]:
    """What may be compared of two notices."""
    return {name: value for name, value in notice.items() if name not in {"notice_id", "victim_id", "created_at"}}


def test_a_notice_stands_there_with_its_hand_over_and_no_address(desk: Desk) -> None:
    her = desk.world.admit()
    desk.world.push("u2", "CI06")
    sent_at, reported_at = desk.now, desk.now + timedelta(minutes=1)
    report: dict[str, Any] = {"sent_at": sent_at, "ended_at": reported_at, "seen_at": reported_at}
    desk.becomes(NoticeState.PROVED, state=AttemptState.DELIVERED, **report)
    [told] = desk.ledger(language="en")
    [attempt] = told.pop("attempts")
    assert told.keys() == {
        "notice_id", "victim_id", "kind", "proceeding", "by_law", "state", "state_name", "created_at",
    }  # fmt: skip
    assert (told["victim_id"], told["kind"], told["proceeding"]) == (str(her.victim_id), "notice", 1)
    assert (told["state"], told["state_name"]) == ("proved", "The network reports delivery")
    assert len(attempt.pop("reference")) == 3
    moments = [datetime.fromisoformat(attempt.pop(name)) for name in ("sent_at", "reported_at", "seen_at")]
    assert moments == [sent_at, reported_at, reported_at]
    assert attempt == {"channel": "sms", "state": "delivered", "state_name": "The network reports delivery"}


IN_WORDS = [
    (NoticeState.WAITING, AttemptState.PENDING, "Waiting for its hour"),
    (NoticeState.HANDED_OVER, AttemptState.SENT, "Handed to the phone network"),
    (NoticeState.HANDED_OVER, AttemptState.UNPROVEN, "Handed to the phone network"),
    (NoticeState.FOR_THE_OFFICE, AttemptState.UNDELIVERED, "The network reports that it did not arrive"),
    (NoticeState.FOR_THE_OFFICE, AttemptState.FAILED, "The number or the e-mail address takes no messages"),
    (NoticeState.FOR_THE_OFFICE, AttemptState.EXPIRED, "Could not be handed to the network"),
    (NoticeState.UNDER_WAY, AttemptState.UNCERTAIN, "Not known whether it left; being looked into"),
]


def test_each_hand_over_is_told_in_words_that_never_say_received(desk: Desk) -> None:
    desk.world.admit()
    desk.world.push("u2", "CI06")
    for notice, attempt, words in IN_WORDS:
        left = attempt not in {AttemptState.PENDING, AttemptState.UNCERTAIN, AttemptState.EXPIRED}
        desk.becomes(notice, state=attempt, sent_at=desk.now if left else None)
        [told] = desk.ledger(language="en")
        assert (told["state"], told["attempts"][0]["state_name"]) == (notice, words)
        assert "received" not in str(told)
        may_have_left = left or attempt is AttemptState.UNCERTAIN
        assert (told["attempts"][0]["reference"] is not None) is may_have_left


def test_nothing_tells_stopped_paused_never_and_no_contact_apart(desk: Desk) -> None:
    for _ in range(4):
        desk.world.admit()
    unreached = desk.world.admit(contacts=[]).victim_id
    with desk.world.database.writing() as session:
        paused, never = session.scalars(select(Victim.id).where(Victim.id != unreached).limit(2)).all()
        for victim_id, policy in ((paused, ContactPolicy.PAUSED), (never, ContactPolicy.DO_NOT_CONTACT)):
            session.execute(update(Victim).where(Victim.id == victim_id).values(contact_policy=policy))
    desk.world.push("u2", "CI03")  # a stage of which the law doesn't ask to tell
    desk.becomes(NoticeState.NOT_WANTED, 0, state=AttemptState.STOPPED, ended_at=desk.now, code="21610")
    desk.becomes(NoticeState.NOT_WANTED, 1, state=AttemptState.CANCELLED, ended_at=desk.now)
    told = desk.ledger()
    assert len(told) == 5
    assert all(wordless(each) == wordless(told[0]) for each in told)
    assert (told[0]["state"], told[0]["state_name"], told[0]["attempts"]) == ("not_sent", "No se mandó", [])


def test_what_she_asked_for_herself_is_not_told(desk: Desk) -> None:
    desk.world.admit()
    desk.world.push("u2", "CI06")
    for kind in (NoticeKind.CONFIRM, NoticeKind.CONTACT_CHANGED, NoticeKind.STOP, NoticeKind.HELP, NoticeKind.STALL):
        with desk.world.database.writing() as session:
            session.execute(update(Notice).values(kind=kind))
        assert desk.ledger() == []
        assert desk.figures()["owed"] == 0


def test_a_long_ledger_is_read_in_parts(desk: Desk) -> None:
    desk.world.admit()
    for number, stage in enumerate(["CI06", "CI01", "CI06"], start=2):
        desk.world.push(f"u{number}", stage)
        desk.becomes(NoticeState.HANDED_OVER, -1, state=AttemptState.SENT, sent_at=desk.now)
    first = desk.ask(f"/cases/{desk.case_id}/notices?limit=2").json()
    second = desk.ask(f"/cases/{desk.case_id}/notices?limit=2&before={first['next']}").json()
    assert (len(first["notices"]), len(second["notices"]), second["next"]) == (2, 1, None)
    ids = [notice["notice_id"] for notice in first["notices"] + second["notices"]]
    assert ids == sorted(set(ids), reverse=True)


def test_another_office_s_notices_are_as_unknown_as_none(desk: Desk) -> None:
    stranger = make_world(desk.world.database, desk.world.keys, code="FGJ-2")
    theirs = stranger.push("u1", "CI01").case_id
    victim_id = stranger.admit().victim_id
    stranger.push("u2", "CI06")
    answers = [
        desk.ask(f"/cases/{theirs}/notices"),
        desk.ask(f"/cases/{UUID(int=7)}/notices"),
        desk.ask(f"/victims/{victim_id}/constancia", method="POST"),
        desk.ask(f"/victims/{UUID(int=7)}/constancia", method="POST"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({str(answer.json() | {"request_id": ""}) for answer in answers}) == 1
    assert desk.figures()["owed"] == 0


def test_each_office_is_told_of_the_notices_of_its_own_lines(desk: Desk, settings: Settings) -> None:
    """Of a case whose second line moved: what left before counts for the office that has the line now."""
    town = make_town(desk.world)
    desk.world.push("b1", "CI01", proceeding=2)
    for lines in ([1], [1, 2], [2], [2], [2], [2], [2]):
        desk.world.admit(proceedings=lines)
    desk.world.push("b2", "CI10", proceeding=2, details={"to_office": "IZP-6"})
    desk.becomes(NoticeState.HANDED_OVER, state=AttemptState.SENT, sent_at=desk.now)
    town.new.push("n1", "CI06", proceeding=2, office="IZP-6")
    desk.world.push("u2", "CI06")
    new = replace(desk, system=system_of(desk.system.web, town.new, settings), world=town.new)
    assert {notice["proceeding"] for notice in desk.ledger()} == {1}
    assert {notice["proceeding"] for notice in new.ledger()} == {2}
    told, both = [office.figures() for office in (desk, new)], [len(office.ledger()) for office in (desk, new)]
    assert [each["owed"] for each in told] == both == [2, 7]
    assert [each["share_with_contact"] for each in told] == [None, 1.0]  # two turn to the old office, five to the new
    [only_hers] = {notice["victim_id"] for notice in new.ledger() if notice["attempts"][0]["sent_at"]}
    papers = [office.ask(f"/victims/{only_hers}/constancia", method="POST").content for office in (desk, new)]
    assert ["SMS Aviso" in " ".join(PdfReader(BytesIO(paper)).pages[0].extract_text().split()) for paper in papers] == [
        False,
        True,
    ]


def test_the_scope_is_asked_for(desk: Desk) -> None:
    case = f"/cases/{desk.case_id}/notices"
    for method, path in (("GET", case), ("GET", "/figures"), ("POST", f"/victims/{UUID(int=7)}/constancia")):
        answer = desk.ask(path, method=method, scope="updates:write")
        assert (answer.status_code, answer.json()["type"]) == (403, "scope-missing")
        assert desk.system.web.request(method, f"/api/v1/office{path}").status_code == 401


def test_the_figures_of_a_period(desk: Desk) -> None:
    for _ in range(5):
        desk.world.admit()
    desk.world.admit(contacts=[])
    desk.world.push("u2", "CI19")
    waits = [10, 30, 300]
    for number, minutes in enumerate(waits):
        proof: dict[str, Any] = {"sent_at": desk.now, "ended_at": desk.now + timedelta(minutes=minutes)}
        desk.becomes(NoticeState.PROVED, number, state=AttemptState.DELIVERED, **proof)
    desk.becomes(NoticeState.FOR_THE_OFFICE, 3, state=AttemptState.UNDELIVERED, sent_at=desk.now, ended_at=desk.now)
    desk.becomes(NoticeState.UNDER_WAY, 4, state=AttemptState.UNCERTAIN)
    told = desk.figures()
    assert abs(told.pop("median_seconds_to_proof") - 1800) < 60
    assert told.pop("by_state") == dict.fromkeys(OfficeState, 0) | {
        "proved": 3, "for_the_office": 1, "under_way": 1, "not_sent": 1,
    }  # fmt: skip
    assert told == {
        "office": "CUH-2",
        "owed": 6,
        "left": 4,
        "proved": 3,
        "undelivered": 1,
        "share_with_proof": 0.5,
        "uncertain": 1,
        "unreachable_victims": 1,
        "share_with_contact": 0.83,
        "open_tasks": {"unreachable": 1},
    }


def test_only_notices_of_the_period_count_by_the_office_s_days(desk: Desk) -> None:
    desk.world.admit()
    desk.world.push("u2", "CI06")
    today = desk.world.today
    yesterday = today - timedelta(days=1)
    assert desk.figures(f"?from={today}&to={today}")["owed"] == 1
    assert desk.figures(f"?from={yesterday}&to={yesterday}")["owed"] == 0
    whole = desk.ask("/figures").json()
    assert (whole["from"], whole["to"]) == (str(today - timedelta(days=29)), str(today))


UNUSABLE = [
    ("?from=2026-11-02&to=2026-11-01", "from"),
    ("?from=2020-01-01&to=2026-11-01", "from"),
    ("?to=9999-12-31", "to"),
    ("?to=0001-01-01", "to"),
    ("?from=yesterday", "query.from"),
]


def test_a_period_that_cannot_be_used_names_the_field(desk: Desk) -> None:
    for query, field in UNUSABLE:
        answer = desk.ask(f"/figures{query}")
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


def test_an_empty_office_divides_by_nothing(desk: Desk) -> None:
    told = desk.figures()
    nothing = ("share_with_proof", "median_seconds_to_proof", "share_with_contact")
    assert [told[name] for name in nothing] == [None] * 3


def test_the_share_of_contacts_moves_with_nothing_that_she_chose(desk: Desk) -> None:
    for _ in range(4):
        desk.world.admit()
    assert desk.figures()["share_with_contact"] is None  # of so few it would tell of one
    desk.world.admit()
    before = desk.figures()
    with desk.world.database.writing() as session:
        session.execute(update(Victim).values(contact_policy=ContactPolicy.DO_NOT_CONTACT))
        session.execute(update(Contact).values(stopped_at=desk.now))
    assert desk.figures() == before
    assert before["share_with_contact"] == 1.0


def test_the_office_prints_her_the_same_paper_even_after_her_access_ended(desk: Desk) -> None:
    her = desk.world.admit()
    desk.world.push("u2", "CI06")
    desk.becomes(NoticeState.HANDED_OVER, state=AttemptState.SENT, sent_at=desk.now)
    with desk.world.database.writing() as session:
        session.execute(update(Victim).values(closed_at=desk.now))
    path = f"/victims/{her.victim_id}/constancia"
    answer = desk.ask(path, method="POST")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="documento.pdf"'
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())
    assert "SMS Aviso" in text
    assert "Aún no informa" in text
    assert NUMBER not in text
    again = [desk.ask(path, method="POST") for _ in range(A_DAY)]
    assert [each.status_code for each in again] == [200] * (A_DAY - 1) + [429]
    assert again[-1].json()["type"] == "too-often"


def test_the_description_names_them(desk: Desk) -> None:
    described = desk.system.web.get("/openapi.json").json()["paths"]
    assert "get" in described["/api/v1/office/cases/{case_id}/notices"]
    assert "get" in described["/api/v1/office/figures"]
    answers = described["/api/v1/office/victims/{victim_id}/constancia"]["post"]["responses"]
    assert "application/pdf" in answers["200"]["content"]
