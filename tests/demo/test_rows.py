"""What the demo writes in bulk is what intake would have written, update by update."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import Row, select

from casestatus.cases.models import Case, CaseNumberKey, NumberKind, Proceeding, TimelineEvent
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.demo.case_numbers import NumberMint
from casestatus.demo.country import Place, add_country
from casestatus.demo.places import states
from casestatus.demo.planning import PlannedCase, plan
from casestatus.demo.rows import Rows, add_case
from casestatus.intake.recording import record_update
from casestatus.intake.sender import sender_for_import
from casestatus.intake.update import Update
from casestatus.offices.models import Source
from casestatus.statistics.models import StatisticsEvent

TODAY = date(2026, 11, 23)
STATES = [state for state in states() if state.letters in {"CMX", "MEX"}]
CASES = 40


def cases_with_numbers() -> list[tuple[PlannedCase, Any]]:
    mint = NumberMint(Random(3))
    planned = list(plan(STATES, cases=CASES, seed=3, today=TODAY))
    return [(case, mint.official(case.model, case.state.letters, case.office, case.opened_on)) for case in planned]


def in_bulk(database: Database, places: dict[tuple[str, int], Place], keys: KeyRing) -> None:
    rows = Rows()
    for case, readings in cases_with_numbers():
        add_case(rows, case, places[case.state.letters, case.office].desk, [(NumberKind.OFFICIAL, readings)], keys=keys)
    with database.writing() as session:
        rows.write(session)


def update_by_update(database: Database, places: dict[tuple[str, int], Place], keys: KeyRing) -> None:
    for number, (case, readings) in enumerate(cases_with_numbers()):
        place = places[case.state.letters, case.office]
        steps = [(ordinal, step) for ordinal, line in enumerate(case.lines, 1) for step in line.steps]
        for key, (ordinal, step) in sorted(enumerate(steps), key=lambda pair: (pair[1][1].received_at, pair[0])):
            update = Update(
                source_id=f"{number}-{key}",
                case_number=readings[0].official,
                model=case.model,
                stage=step.stage.code,
                occurred_on=step.occurred_on,
                proceeding=ordinal,
                details=step.details,
                formal_notice_on=step.formal_notice_on,
                office=place.office_code,
                crime=case.lines[ordinal - 1].crime,
                opened_on=case.opened_on,
            )
            with database.writing() as session:
                source = session.scalars(select(Source).where(Source.institution_id == place.desk.institution_id)).one()
                sender = sender_for_import(session, source)
                delay = timedelta(0)
                record_update(session, update, sender, keys=keys, now=step.received_at, delay=delay)


def what_stands(database: Database, keys: KeyRing, kind: str) -> Sequence[Row[Any]]:
    """The same columns of both ways, without ids, in an order of their own."""
    number = select(CaseNumberKey.case_id, CaseNumberKey.key).where(CaseNumberKey.form == "exact").subquery()
    lines = (
        select(
            number.c.key,
            Case.model,
            Case.opened_on,
            Case.closed_on,
            Proceeding.ordinal,
            Proceeding.crime,
            Proceeding.stage,
            Proceeding.stage_since,
            Proceeding.shown_stage,
            Proceeding.shown_since,
            Proceeding.shown_received_at,
            Proceeding.first_shown_at,
            Proceeding.version,
        )
        .join(Case, Case.id == number.c.case_id)
        .join(Proceeding, Proceeding.case_id == Case.id)
    )
    events = lines.join(TimelineEvent).with_only_columns(
        number.c.key,
        Proceeding.ordinal,
        TimelineEvent.sequence,
        TimelineEvent.kind,
        TimelineEvent.stage,
        TimelineEvent.details,
        TimelineEvent.occurred_on,
        TimelineEvent.received_at,
        TimelineEvent.shown_on,
        TimelineEvent.shown_at,
        TimelineEvent.formal_notice_on,
        TimelineEvent.flags,
        TimelineEvent.historical,
        TimelineEvent.created_case,
    )
    counts = (
        select(
            number.c.key,
            StatisticsEvent.kind,
            StatisticsEvent.stage,
            StatisticsEvent.month,
            StatisticsEvent.crime,
            StatisticsEvent.outcome,
            StatisticsEvent.duration_bin,
            StatisticsEvent.office_id,
        )
        .join(TimelineEvent, TimelineEvent.id == StatisticsEvent.event_id)
        .join(Proceeding, Proceeding.id == TimelineEvent.proceeding_id)
        .join(number, number.c.case_id == Proceeding.case_id)
    )
    with database.reading() as session:
        return sorted(session.execute({"lines": lines, "events": events, "counts": counts}[kind]).all(), key=str)


def test_bulk_rows_are_what_intake_would_have_written(database: Database) -> None:
    keys = KeyRing.generate()
    with database.writing() as session:
        places = add_country(session, STATES, now=database.now())
    in_bulk(database, places, keys)
    bulk = {kind: what_stands(database, keys, kind) for kind in ("lines", "events", "counts")}
    with database.writing() as session:
        for table in ("statistics_event", "timeline_event", "victim_proceeding", "victim", "proceeding"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
        for table in ("case_number_key", "case_number", "case_file"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
    update_by_update(database, places, keys)
    for kind, rows in bulk.items():
        assert rows == what_stands(database, keys, kind)
        assert len(rows) >= CASES


def test_no_two_victims_get_the_same_folio() -> None:
    drawn = iter([7, 7, 8])
    rows = Rows(lambda _: next(drawn))
    assert [folio[:9] for folio in (rows.new_folio(), rows.new_folio())] == ["000000007", "000000008"]
