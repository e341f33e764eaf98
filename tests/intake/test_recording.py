"""An update becomes an event and everything that follows from it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from casestatus.cases.models import Case, Proceeding, TimelineEvent
from casestatus.errors import CaseStatusProblem
from casestatus.intake.case_for import CaseUnknown, ModelDiffers, NumberTaken
from casestatus.intake.recording import HistoryNotAllowed, SourceIdTaken
from casestatus.intake.references import (
    AlreadyRevealed,
    AlreadySuperseded,
    EventUnknown,
    OnlyAReveal,
    ReferencesClash,
    RevealTooEarly,
)
from casestatus.intake.sender import OfficeUnknown, Sender
from casestatus.intake.update import Receipt, UpdateRefused
from casestatus.notices.models import DeliveryAttempt, Notice, NoticeKind
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.statistics.models import CountKind, StatisticsEvent
from tests.factories import NUMBER, World


def line(world: World) -> Proceeding:
    with world.database.reading() as session:
        found = session.scalars(select(Proceeding)).one()
        session.expunge(found)
        return found


def count(world: World, table: type) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def counted(world: World) -> set[tuple[CountKind, str]]:
    with world.database.reading() as session:
        return {(row.kind, row.stage) for row in session.scalars(select(StatisticsEvent))}


def days_ago(world: World, days: int) -> str:
    return (world.today - timedelta(days=days)).isoformat()


def test_the_first_update_opens_the_case_and_counts_it(world: World) -> None:
    receipt = world.push("u1", "CI01")
    assert receipt.case_created
    assert receipt.flags == []
    assert line(world).stage == line(world).shown_stage == "CI01"
    assert counted(world) == {(CountKind.NEW, "inicio"), (CountKind.ENTRY, "investigacion")}


def test_a_later_update_moves_the_line_and_queues_one_notice(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 5))
    world.admit()
    receipt = world.push("u2", "CI06")
    assert not receipt.case_created
    assert receipt.notices_queued == 1
    assert (line(world).shown_stage, line(world).shown_since) == ("CI06", world.today)
    assert (CountKind.EXIT, "investigacion") in counted(world)


def test_the_same_update_again_has_the_same_receipt_and_no_effect(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 5))
    world.admit()
    first = world.push_new("u2", "CI06")
    again = world.push_new("u2", "CI06")
    assert first == (first[0], True)
    assert again == (first[0], False)
    assert count(world, Notice) == 1


def test_the_same_source_id_with_other_content_is_refused(world: World) -> None:
    world.push("u1", "CI01")
    with pytest.raises(SourceIdTaken):
        world.push("u1", "CI05")
    assert line(world).stage == "CI01"


def test_one_update_pushed_24_times_from_12_threads_makes_one_event_and_one_notice(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 5))
    world.admit()
    start = threading.Barrier(12)

    def push_twice(_: int) -> list[tuple[Receipt, bool]]:
        start.wait()
        return [world.push_new("u2", "CI06") for _ in range(2)]

    with ThreadPoolExecutor(12) as threads:
        answers = [answer for pair in threads.map(push_twice, range(12)) for answer in pair]
    assert len({receipt.event_id for receipt, _ in answers}) == 1
    assert [new for _, new in answers].count(True) == 1
    assert (count(world, TimelineEvent), count(world, Notice), count(world, DeliveryAttempt)) == (2, 1, 1)


def test_two_updates_that_open_the_same_case_at_once_open_it_once(world: World) -> None:
    start = threading.Barrier(6)

    def push(number: int) -> Receipt:
        start.wait()
        return world.push(f"u{number}", "CI01")

    with ThreadPoolExecutor(6) as threads:
        receipts = list(threads.map(push, range(6)))
    assert [receipt.case_created for receipt in receipts].count(True) == 1
    assert count(world, Case) == 1


def test_a_stage_that_cannot_follow_is_recorded_and_flagged(world: World) -> None:
    world.push("u1", "CI15", occurred_on=days_ago(world, 5))
    receipt = world.push("u2", "CI00")
    assert set(receipt.flags) == {"out_of_order", "backward"}
    assert line(world).shown_stage == "CI00"


def test_an_ended_case_that_goes_on_is_reopened_and_flagged(world: World) -> None:
    world.push("u1", "CI04", occurred_on=days_ago(world, 5))
    with world.database.reading() as session:
        assert session.scalars(select(Case.closed_on)).one() is not None
    assert "reopened" in world.push("u2", "CI01").flags
    with world.database.reading() as session:
        assert session.scalars(select(Case.closed_on)).one() is None


def test_an_update_that_comes_late_stands_in_the_timeline_but_moves_nothing(world: World) -> None:
    world.push("u1", "CI06", occurred_on=days_ago(world, 5))
    assert "late" in world.push("u2", "CI01", occurred_on=days_ago(world, 9)).flags
    assert (line(world).stage, line(world).shown_stage) == ("CI06", "CI06")


def test_a_correction_takes_the_place_of_what_it_corrects(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", "CI07", occurred_on=days_ago(world, 5))
    world.push("u3", "CI06", occurred_on=days_ago(world, 5), supersedes="u2")
    assert line(world).shown_stage == "CI06"
    assert (CountKind.ENTRY, "concluida") not in counted(world)
    with pytest.raises(AlreadySuperseded):
        world.push("u4", "CI05", supersedes="u2")
    with pytest.raises(EventUnknown):
        world.push("u4", "CI05", supersedes="nothing")


def test_a_correction_of_what_was_told_is_told_as_a_correction(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.admit()
    world.push("u2", "CI07")
    with world.database.writing() as session:
        notice = session.scalars(select(Notice)).one()
        attempt = session.scalars(select(DeliveryAttempt)).one()
        notice.state, attempt.state = type(notice.state).HANDED_OVER, type(attempt.state).SENT
    assert world.push("u3", "CI06", supersedes="u2").notices_queued == 1
    with world.database.reading() as session:
        kinds = session.scalars(select(Notice.kind).order_by(Notice.id)).all()
    assert kinds == [NoticeKind.NOTICE, NoticeKind.CORRECTION]


def test_a_hidden_update_changes_nothing_that_a_victim_or_the_public_could_observe(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.admit()
    before = line(world)
    receipt = world.push("u2", "CI12")
    after = line(world)
    assert receipt.flags == ["hidden_by_rule"]
    assert after.stage == "CI12"
    shown = ("shown_stage", "shown_since", "shown_received_at", "version")
    assert [getattr(before, name) for name in shown] == [getattr(after, name) for name in shown]
    assert count(world, Notice) == 0
    assert (CountKind.ENTRY, "ante_juez") not in counted(world)


def test_a_reveal_carries_its_own_date_and_is_told_and_counted(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.admit()
    world.push("u2", "CI12", occurred_on=days_ago(world, 6))
    receipt = world.push("u3", "CI12", reveals="u2", occurred_on=days_ago(world, 1))
    assert receipt.notices_queued == 1
    assert (line(world).shown_stage, line(world).shown_since) == ("CI12", world.today - timedelta(days=1))
    assert (CountKind.ENTRY, "ante_juez") in counted(world)
    with pytest.raises(AlreadyRevealed):
        world.push("u4", "CI12", reveals="u2")


def test_a_reveal_that_comes_after_the_next_stage_does_not_push_the_line_back(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", "CI12", occurred_on=days_ago(world, 6))
    world.push("u3", "CI13", occurred_on=days_ago(world, 4))
    world.push("u4", "CI12", reveals="u2", occurred_on=days_ago(world, 1))
    assert line(world).shown_stage == "CI13"


def test_what_was_corrected_can_not_be_revealed_only_its_correction_can(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", "CI05", occurred_on=days_ago(world, 5), hidden=True)
    world.push("u3", "CI08", occurred_on=days_ago(world, 5), supersedes="u2")
    with pytest.raises(AlreadySuperseded):
        world.push("u4", "CI05", reveals="u2")
    assert line(world).shown_stage == "CI01"
    world.push("u5", "CI08", reveals="u3")
    assert line(world).shown_stage == "CI08"


def test_one_update_can_not_both_correct_and_reveal(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", "CI05", hidden=True)
    with pytest.raises(ReferencesClash):
        world.push("u3", "CI05", supersedes="u2", reveals="u2")
    assert (line(world).stage, line(world).shown_stage) == ("CI05", "CI01")


def test_a_reveal_itself_is_corrected_by_correcting_what_it_revealed(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", "CI12", occurred_on=days_ago(world, 6))
    world.push("u3", "CI12", reveals="u2", occurred_on=days_ago(world, 3))
    with pytest.raises(OnlyAReveal):
        world.push("u4", "CI08", supersedes="u3")
    world.push("u5", "CI08", supersedes="u2", occurred_on=days_ago(world, 3))
    assert line(world).shown_stage == "CI08"


def test_a_reveal_is_not_dated_before_what_it_reveals(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", "CI12", occurred_on=days_ago(world, 3))
    with pytest.raises(RevealTooEarly):
        world.push("u3", "CI12", reveals="u2", occurred_on=days_ago(world, 5))


def test_a_correction_of_what_is_hidden_is_hidden_too(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", "CI13", hidden=True)
    world.push("u3", "CI06", supersedes="u2")
    assert (line(world).stage, line(world).shown_stage) == ("CI06", "CI01")


def test_a_historical_load_is_shown_but_neither_told_nor_counted(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 90), historical=True)
    world.admit()
    receipt = world.push("u2", "CI06", occurred_on=days_ago(world, 60), historical=True)
    assert "historical" in receipt.flags
    assert line(world).shown_since == world.today - timedelta(days=60)
    assert (count(world, Notice), counted(world)) == (0, set())


def test_a_sender_without_the_scope_may_not_load_history(world: World) -> None:
    plain = Sender(source_id=world.sender.source_id, institution_id=world.institution_id, offices=world.sender.offices)
    with pytest.raises(HistoryNotAllowed):
        World(world.database, world.keys, world.institution_id, world.office_id, plain).push(
            "u1", "CI01", historical=True
        )


def test_registration_data_that_differ_change_nothing_and_are_flagged(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 5))
    receipt = world.push("u2", "CI06", crime="rnid2026.extorsion-presencial", opened_on=days_ago(world, 99))
    assert {"crime_differs", "opened_on_differs"} <= set(receipt.flags)
    assert line(world).crime == "rnid2026.robo-a-negocio"


def test_a_crime_of_2015_is_taken_and_may_be_named_as_in_2026_later(world: World) -> None:
    assert world.push("u1", "CI01", crime="sesnsp2015.secuestro").flags == []
    assert world.push("u2", "CI06", crime="rnid2026.secuestro-expres").flags == []
    assert "crime_differs" in world.push("u3", "CI01", crime="rnid2026.fraude").flags


def test_an_unknown_crime_is_taken_as_unclassified_and_given_to_a_person(world: World) -> None:
    assert "crime_unknown" in world.push("u1", "CI01", crime="something-new").flags
    assert line(world).crime == "sin_clasificar"
    with world.database.reading() as session:
        assert session.scalars(select(OfficeTask.kind)).all() == [TaskKind.CRIME_UNKNOWN]


def test_a_number_of_no_known_form_is_taken_and_flagged(world: World) -> None:
    assert "number_unrecognised" in world.push("u1", "CI01", case_number="LEGAJO 77 ESPECIAL").flags
    assert not world.push("u2", "CI06", case_number="legajo 77 especial").case_created


def test_another_offices_number_is_refused_and_its_office_is_told(world: World) -> None:
    world.push("u1", "CI01")
    stranger = Sender(source_id=world.sender.source_id, institution_id=world.institution_id, offices={})
    with pytest.raises(NumberTaken):
        World(world.database, world.keys, world.institution_id, world.office_id, stranger).push("u2", "CI06")
    assert count(world, TimelineEvent) == 1
    with world.database.reading() as session:
        assert session.scalars(select(OfficeTask.kind)).all() == [TaskKind.NUMBER_TAKEN]


@pytest.mark.parametrize(
    ("fields", "problem", "named"),
    [
        ({"office": None, "crime": None}, CaseUnknown, ["crime"]),
        ({"office": "NOWHERE"}, OfficeUnknown, ["office"]),
        ({"stage": "CI99"}, CaseStatusProblem, ["stage"]),
        ({"stage": "AP01"}, CaseStatusProblem, ["stage"]),
        ({"model": "XX"}, UpdateRefused, ["model"]),
        ({"occurred_on": "20/11/2026"}, UpdateRefused, ["occurred_on"]),
        ({"occurred_on": 20261120}, UpdateRefused, ["occurred_on"]),
        ({"occurred_on": "2999-01-01"}, UpdateRefused, ["occurred_on"]),
        ({"proceeding": 0}, UpdateRefused, ["proceeding"]),
        ({"proceeding": "1"}, UpdateRefused, ["proceeding"]),
        ({"hidden": "yes"}, UpdateRefused, ["hidden"]),
        ({"details": {"color": "red"}}, CaseStatusProblem, ["details.color"]),
        ({"victim_name": "x"}, UpdateRefused, ["victim_name"]),
        ({"source_id": "\x00"}, UpdateRefused, ["source_id"]),
        ({"case_number": ""}, UpdateRefused, ["case_number"]),
    ],
)
def test_a_field_that_cannot_be_taken_is_named_and_nothing_is_kept(
    world: World, fields: dict[str, object], problem: type[CaseStatusProblem], named: list[str]
) -> None:
    with pytest.raises(problem) as refused:
        world.push("u1", "CI01", **fields)
    assert [field.field for field in refused.value.fields] == named
    assert count(world, Case) == 0


def test_a_known_case_follows_its_own_model(world: World) -> None:
    world.push("u1", "CI01")
    with pytest.raises(ModelDiffers):
        world.push("u2", "AP02", model="AP", case_number=NUMBER)


def test_the_folio_finds_the_case_as_its_number_does(world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 5))
    folio = world.admit().folio
    assert not world.push("u2", "CI06", case_number=folio).case_created
