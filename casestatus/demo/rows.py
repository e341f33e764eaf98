"""A planned case as rows of every table that it fills, by the same rules as intake, written in bulk."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from casestatus.access.pins import CaseSecret
from casestatus.cases.crimes import UNCLASSIFIED, RiskTier, crime
from casestatus.cases.details import details_of
from casestatus.cases.finding import number_keys
from casestatus.cases.models import Case, CaseNumber, CaseNumberKey, EventKind, NumberKind, Proceeding, TimelineEvent
from casestatus.cases.numbers import Reading, new_folio
from casestatus.cases.stages import outcome_of
from casestatus.cases.timeline import Entry, in_statistical_stage_since, position
from casestatus.crypto import KeyRing
from casestatus.database import Base, new_id
from casestatus.demo.planning import PlannedCase, PlannedLine
from casestatus.statistics.counting import Unit, counts_of, rows_of, unit_of
from casestatus.statistics.models import StatisticsEvent
from casestatus.victims.folios import folio_key
from casestatus.victims.models import ContactPolicy, Victim, VictimProceeding, Wording

Row = dict[str, Any]
TABLES: tuple[type[Base], ...] = (
    Case,
    CaseNumber,
    CaseNumberKey,
    Proceeding,
    TimelineEvent,
    Victim,
    VictimProceeding,
    StatisticsEvent,
)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The office that a case lies in, and the source that tells of it."""

    institution_id: UUID
    office_id: UUID
    source_id: UUID


class Rows:
    """Rows to be written, by table."""

    def __init__(self, randbelow: Callable[[int], int] = secrets.randbelow) -> None:
        self._by_table: dict[type[Base], list[Row]] = defaultdict(list)
        self._randbelow = randbelow
        self._folios: set[str] = set()

    def add(self, table: type[Base], **values: Any) -> None:
        self._by_table[table].append(values)

    def new_folio(self) -> str:
        """A folio that no victim of these rows has, written or not: some of 100,000 drawn ones come twice."""
        while (folio := new_folio(self._randbelow)) in self._folios:
            pass
        self._folios.add(folio)
        return folio

    def write(self, session: Session) -> None:
        """Into the database, parents before children; then there are none."""
        for table in TABLES:
            if rows := self._by_table.pop(table, []):
                session.execute(insert(table), rows)


@dataclass(frozen=True, kw_only=True)
class PlannedVictim:
    """A person's access as it was written, for those who get a PIN."""

    id: UUID
    case: CaseSecret
    folio: str
    risk_tier: RiskTier


def add_case(
    rows: Rows,
    planned: PlannedCase,
    desk: Desk,
    numbers: list[tuple[NumberKind, tuple[Reading, ...]]],
    *,
    keys: KeyRing,
) -> list[PlannedVictim]:
    """All that `planned` fills but PINs and contacts. Returns its victims."""
    case = CaseSecret(new_id(), secrets.token_bytes(16))
    case_id = case.case_id
    received_at = planned.lines[0].steps[0].received_at
    ended = [line.steps[-1] for line in planned.lines]
    rows.add(
        Case,
        id=case_id,
        institution_id=desk.institution_id,
        office_id=desk.office_id,
        model=planned.model,
        opened_on=planned.opened_on,
        closed_on=max(step.occurred_on for step in ended) if all(step.stage.final for step in ended) else None,
        pin_salt=case.salt,
        lineage=case_id,
        created_at=received_at,
    )
    for kind, readings in numbers:
        _add_number(rows, case_id, desk, kind, readings, keys=keys, at=received_at)
    lines = [_add_line(rows, case_id, desk, ordinal, line) for ordinal, line in enumerate(planned.lines, 1)]
    unit = unit_of(keys, case_id, office_id=desk.office_id, crime=planned.lines[0].crime)
    for row in _counted(unit, [entries for _, entries in lines]):
        rows.add(StatisticsEvent, **row)
    line_ids = [line_id for line_id, _ in lines]
    return [_add_victim(rows, case, planned, own, line_ids, keys=keys) for own in planned.victims]


def _add_number(
    rows: Rows,
    case_id: UUID,
    desk: Desk,
    kind: NumberKind,
    readings: tuple[Reading, ...],
    *,
    keys: KeyRing,
    at: datetime,
) -> None:
    number_id = new_id()
    display = keys.seal(readings[0].official, table="case_number", column="display", id=number_id)
    rows.add(CaseNumber, id=number_id, case_id=case_id, kind=kind, display=display, created_at=at)
    found_by = {pair for reading in readings for pair in number_keys(keys, desk.institution_id, reading).items()}
    for form, key in found_by:
        rows.add(CaseNumberKey, number_id=number_id, key=key, form=form, case_id=case_id)


def _add_line(rows: Rows, case_id: UUID, desk: Desk, ordinal: int, line: PlannedLine) -> tuple[UUID, list[Entry]]:
    line_id = new_id()
    entries = [
        Entry(
            event_id=new_id(),
            sequence=sequence,
            stage=step.stage,
            details=details_of(step.stage, step.details),
            happened_on=step.occurred_on,
            on=step.occurred_on,
            received_at=step.received_at,
        )
        for sequence, step in enumerate(line.steps, 1)
    ]
    for entry, step in zip(entries, line.steps, strict=True):
        opens_case = ordinal == 1 and entry.sequence == 1
        _add_event(rows, line_id, desk, entry, opens_case=opens_case, notified_on=step.formal_notice_on)
    stands = position(entries)
    assert stands is not None  # noqa: S101 - a walk has at least one step
    rows.add(
        Proceeding,
        id=line_id,
        case_id=case_id,
        opened_by_id=desk.office_id,
        ordinal=ordinal,
        crime=line.crime,
        stage=stands.stage.code,
        stage_since=stands.since,
        shown_stage=stands.stage.code,
        shown_since=stands.since,
        shown_received_at=stands.entry.received_at,
        first_shown_at=entries[0].received_at,
        version=len(entries) + 1,
        created_at=entries[0].received_at,
    )
    return line_id, entries


def _add_event(
    rows: Rows, line_id: UUID, desk: Desk, entry: Entry, *, opens_case: bool, notified_on: date | None
) -> None:
    rows.add(
        TimelineEvent,
        id=entry.event_id,
        proceeding_id=line_id,
        sequence=entry.sequence,
        kind=EventKind.STAGE,
        stage=entry.stage.code,
        details=entry.details.model_dump(mode="json", exclude_none=True),
        occurred_on=entry.on,
        received_at=entry.received_at,
        shown_on=entry.on,
        shown_at=entry.received_at,
        formal_notice_on=notified_on,
        source_id=desk.source_id,
        source_event=f"demo-{entry.event_id}",
        digest=hashlib.sha256(entry.event_id.bytes).digest(),
        flags=[],
        historical=False,
        created_case=opens_case,
        notices_queued=0,
        supersedes_id=None,
        reveals_id=None,
    )


def _counted(unit: Unit, lines: list[list[Entry]]) -> Iterator[Row]:
    """What a lineage adds to the statistics, in the order in which it was received; each count once."""
    known: set[tuple[object, object]] = set()
    for entry, before in sorted(_with_past(lines), key=lambda pair: pair[0].received_at):
        left, days = None, None
        if before:
            since = in_statistical_stage_since(before)
            left, days = before[-1].stage, (entry.on - since).days
        counts = counts_of(entry.stage, outcome=outcome_of(entry.stage, entry.details), left=left, days_there=days)
        for row in rows_of(unit, counts, event_id=entry.event_id, received_at=entry.received_at):
            if (count := (row["kind"], row["stage"])) not in known:
                known.add(count)
                yield row


def _with_past(lines: Iterable[list[Entry]]) -> Iterator[tuple[Entry, list[Entry]]]:
    for entries in lines:
        for number, entry in enumerate(entries):
            yield entry, entries[:number]


def _add_victim(
    rows: Rows, case: CaseSecret, planned: PlannedCase, own_lines: list[int], line_ids: list[UUID], *, keys: KeyRing
) -> PlannedVictim:
    victim_id, folio = new_id(), rows.new_folio()
    registered_at = planned.lines[0].steps[0].received_at + timedelta(minutes=20)
    by_crime = {_risk_tier(planned.lines[ordinal - 1].crime) for ordinal in own_lines}
    tier = RiskTier.HIGH if RiskTier.HIGH in by_crime else RiskTier.ORDINARY
    rows.add(
        Victim,
        id=victim_id,
        case_id=case.case_id,
        folio=keys.seal(folio, table="victim", column="folio", id=victim_id),
        folio_key=folio_key(keys, folio),
        language="es",
        risk_tier=tier,
        contact_policy=ContactPolicy.NOTIFY,
        message_wording=Wording.NEUTRAL,
        created_at=registered_at,
    )
    for ordinal in own_lines:
        rows.add(VictimProceeding, victim_id=victim_id, proceeding_id=line_ids[ordinal - 1], linked_at=registered_at)
    return PlannedVictim(id=victim_id, case=case, folio=folio, risk_tier=tier)


def _risk_tier(slug: str) -> RiskTier:
    return (crime(slug) or UNCLASSIFIED).risk_tier
