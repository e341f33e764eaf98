"""Which case and which line an update is about: what its number finds, or a new one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.crimes import UNCLASSIFIED, crime
from casestatus.cases.crosswalk import may_be_same
from casestatus.cases.finding import find_number, number_keys
from casestatus.cases.line_numbers import have_number, number_for, shows_number
from casestatus.cases.line_offices import office_of, offices_of_case
from casestatus.cases.models import Case, NumberKind, Proceeding
from casestatus.cases.numbers import Form, Reading, is_folio, readings
from casestatus.cases.registering import add_number, add_proceeding, open_case
from casestatus.cases.timeline import Flag
from casestatus.crypto import KeyRing
from casestatus.database import hold
from casestatus.errors import N_, Conflict, FieldProblem, Unprocessable
from casestatus.intake.line_for import line_meant, lines_of
from casestatus.intake.sender import Sender, has_part_in_sight, may_see, may_write
from casestatus.intake.told_numbers import give_way, is_only_told, line_told, lines_told
from casestatus.intake.update import Update
from casestatus.statistics.lineages import keep_lineage, lineage_under
from casestatus.victims.folios import case_of_folio


class CaseUnknown(Unprocessable):
    """The number finds no case, and the fields that a new one needs are missing."""

    type = "case-unknown"
    title = N_("Ese número no tiene un caso todavía.")


class ModelDiffers(Unprocessable):
    """The case follows the other procedure."""

    type = "model-differs"
    title = N_("El caso sigue el otro procedimiento.")


class LineUnclear(Unprocessable):
    """By default, a number that was told for several lines means none of them."""

    type = "line-unclear"
    title = N_("Ese número se dijo para varias líneas.")


class NumberTaken(Conflict):
    """Another office has the case with this number, or the line of it: which, only that office is told."""

    type = "number-taken"
    about = "case_number"
    title = N_("Ese número ya existe en la institución.")
    detail = N_("Otra oficina tiene un caso con ese número. Le avisamos para que lo revisen juntas.")

    def __init__(self, case: Case, line: Proceeding | None = None) -> None:
        self.case_id, self.line_id = case.id, line.id if line else None
        self.office_id = office_of(case, line) if line else case.office_id
        super().__init__()


@dataclass
class Target:
    """The case and the line that an update is about, and what was unusual about finding them."""

    case: Case
    proceeding: Proceeding
    created: bool
    under: UUID | None = None  # the row of the number, if the case was found by one
    flags: set[Flag] = field(default_factory=set)

    @property
    def office_id(self) -> UUID:
        """The office that has the line."""
        return office_of(self.case, self.proceeding)


def target_of(session: Session, update: Update, sender: Sender, *, keys: KeyRing, now: datetime) -> Target:
    """The case and line of `update`, opened if new and locked until the transaction ends.

    Raises CaseUnknown, ModelDiffers, NumberTaken, OfficeUnknown, or what `readings` raises of an unreadable number.
    """
    reading = readings(update.case_number)[0]  # an office's spelling: the likeliest reading is its identity
    hold(session, number_keys(keys, sender.institution_id, reading)[Form.EXACT])
    under = None
    if is_folio(update.case_number):
        case_id = case_of_folio(session, keys, update.case_number)
    elif hit := find_number(session, keys, [sender.institution_id], [reading], forms=[Form.EXACT]):
        case_id, under = hit.case_id, hit.number_id
    else:
        case_id = None
    case = session.scalar(select(Case).where(Case.id == case_id).with_for_update(key_share=True)) if case_id else None
    if case is None or not _is_meant(session, case, under, update, sender):
        return _new_case(session, update, sender, reading, keys=keys, now=now)
    try:
        return _known_target(session, case, under, update, sender, keys=keys, now=now)
    except NumberTaken:
        if under is None or not is_only_told(session, under) or has_part_in_sight(session, sender, case):
            raise
        return _new_case(session, update, sender, reading, keys=keys, now=now)


def _is_meant(session: Session, case: Case, under: UUID | None, update: Update, sender: Sender) -> bool:
    """Whether the case that was found is the one that the update is about. Raises NumberTaken.

    A number that was only told keeps nobody from registering the case that really has it.
    """
    if case.institution_id != sender.institution_id:
        return False
    knows = may_see(session, sender, case)
    if under is not None and is_only_told(session, under):
        return knows and _is_the_same(session, case, update)
    if not knows:
        raise NumberTaken(case)
    return True


def _is_the_same(session: Session, case: Case, update: Update) -> bool:
    """Whether an update under a number that was only told can be of this case, and of no other family's.

    A number that was told with a mistake may be another case's: all that a new case needs has to be there and agree.
    A crime that we don't know agrees with none, and what is hidden decides nothing.
    """
    if update.model is not case.model or update.opened_on != case.opened_on or update.crime is None:
        return False
    slug, unknown = _crime_of(update.crime)
    in_sight = (Proceeding.case_id == case.id, Proceeding.first_shown_at.is_not(None))
    crimes = session.scalars(select(Proceeding.crime).where(*in_sight))
    return not unknown and any(may_be_same(slug, crime) for crime in crimes)


def _known_target(
    session: Session,
    case: Case,
    under: UUID | None,
    update: Update,
    sender: Sender,
    *,
    keys: KeyRing,
    now: datetime,
) -> Target:
    if case.model is not update.model:
        detail = N_("Este caso es del modelo %(model)s. Usa ese modelo y una de sus etapas.")
        raise ModelDiffers(fields=(FieldProblem("model", detail, {"model": case.model.value}),))
    lines = lines_of(session, case)
    known = _known_line(session, case, lines, under, update, sender, keys=keys)
    flags = _differences(session, case, known, update, sender)
    if known is None:
        in_sight = (line for line in lines if line.first_shown_at)  # a hidden one's crime isn't for every office
        slug, unknown = _crime_of(update.crime or next(in_sight, lines[0]).crime)
        flags |= unknown
        known = _new_line(
            session, case, update, slug, office_id=_office_of_new_line(session, case, update, sender), now=now
        )
    return Target(case, known, created=False, under=under, flags=flags)


def _known_line(
    session: Session,
    case: Case,
    lines: Sequence[Proceeding],
    under: UUID | None,
    update: Update,
    sender: Sender,
    *,
    keys: KeyRing,
) -> Proceeding | None:
    """The line that the update is about; None for a new one. Raises NumberTaken of another office's line in sight."""
    told = line_told(session, case, under, keys=keys) if under and update.proceeding == 1 else None
    if told is not None:
        if not may_write(sender, case, told):
            raise _number_taken(session, case, told, sender)
        return told
    has_any = have_number(case, lines, update.proceeding, sender.office_ids)
    named = sender.office(update.office) if has_any and update.office else None
    at = named.id if named else None
    refers_to = {update.supersedes, update.reveals}
    meant = line_meant(session, case, lines, update.proceeding, sender, at=at, refers_to=refers_to)
    if under is not None and update.proceeding == 1:
        _require_told_for(session, case, meant, under, sender, keys=keys)
    taken = next((line for line in lines if shows_number(line, update.proceeding)), None)
    if meant is None and taken is not None:
        raise _number_taken(session, case, taken, sender)
    return meant


def _number_taken(session: Session, case: Case, line: Proceeding, sender: Sender) -> NumberTaken:
    """A sender that only hides lines of the case is refused like one without any: the line tells that it has some."""
    return NumberTaken(case, line if has_part_in_sight(session, sender, case) else None)


def _require_told_for(
    session: Session, case: Case, meant: Proceeding | None, under: UUID, sender: Sender, *, keys: KeyRing
) -> None:
    """The first line of whoever counts anew under a number may be any of those for which it was told.

    Once its office has used it, a line that is numbered so is meant. Raises LineUnclear, which names the others.
    """
    if meant is not None and not is_only_told(session, under):
        return
    told = [line for line in lines_told(session, case, under, keys=keys) if may_write(sender, case, line)]
    if len(told) > 1 and meant not in told:
        detail = N_("Escribe la que quieres decir: %(allowed)s.")
        allowed = ", ".join(map(str, sorted(number_for(case, line, sender.office_ids) for line in told)))
        raise LineUnclear(fields=(FieldProblem("proceeding", detail, {"allowed": allowed}),))


def _office_of_new_line(session: Session, case: Case, update: Update, sender: Sender) -> UUID | None:
    """None for the case's own office; one that has only another line of the case, or waits for it, has this one."""
    named = sender.office(update.office) if update.office else None
    has_part = {office for office in offices_of_case(session, case) if sender.serves(office)}
    if named is not None and named.id in has_part:
        return named.id if named.id != case.office_id else None
    return None if case.office_id in has_part else min(has_part)


def _differences(session: Session, case: Case, known: Proceeding | None, update: Update, sender: Sender) -> set[Flag]:
    """Registration data that contradicts what is kept. It changes nothing (design.md §6)."""
    office = sender.office(update.office) if update.office else None
    have_it = {office_of(case, known), known.moving_to_id} if known else offices_of_case(session, case)
    checks = {
        Flag.LINE_DIFFERS: bool(known and not have_number(case, [known], update.proceeding, sender.office_ids)),
        Flag.OFFICE_DIFFERS: office is not None and office.id not in have_it,
        Flag.OPENED_ON_DIFFERS: update.opened_on is not None and update.opened_on != case.opened_on,
        Flag.CRIME_DIFFERS: bool(update.crime and known and not may_be_same(_crime_of(update.crime)[0], known.crime)),
    }
    return {flag for flag, holds in checks.items() if holds}


def _new_case(
    session: Session, update: Update, sender: Sender, reading: Reading, *, keys: KeyRing, now: datetime
) -> Target:
    office = sender.office(update.office)
    missing = {"office": office, "crime": update.crime, "opened_on": update.opened_on}
    if office is None or update.crime is None or update.opened_on is None or is_folio(update.case_number):
        detail = N_("Hace falta para abrir un caso nuevo. Si el caso ya existe, revisa su número.")
        names = [name for name, value in missing.items() if value is None] or ["case_number"]
        raise CaseUnknown(fields=tuple(FieldProblem(name, detail) for name in names))
    slug, flags = _crime_of(update.crime)
    give_way(session, sender.institution_id, reading, keys=keys, now=now)
    case = open_case(
        session,
        institution_id=sender.institution_id,
        office_id=office.id,
        model=update.model,
        opened_on=update.opened_on,
        lineage=lineage_under(session, keys, sender.institution_id, reading),
        now=now,
    )
    keep_lineage(session, keys, sender.institution_id, reading, case.lineage)
    add_number(session, case, reading, kind=NumberKind.OFFICIAL, keys=keys, now=now)
    if reading.pattern is None:
        flags.add(Flag.NUMBER_UNRECOGNISED)
    return Target(case, _new_line(session, case, update, slug, now=now), created=True, flags=flags)


def _new_line(
    session: Session, case: Case, update: Update, slug: str, *, office_id: UUID | None = None, now: datetime
) -> Proceeding:
    return add_proceeding(
        session,
        case,
        ordinal=update.proceeding,
        crime=slug,
        stage=update.stage,
        since=update.occurred_on,
        office_id=office_id,
        now=now,
    )


def _crime_of(slug: str) -> tuple[str, set[Flag]]:
    """A crime that we don't know is taken as unclassified, and so as high risk, until a person maps it."""
    return (slug, set()) if crime(slug) else (UNCLASSIFIED.slug, {Flag.CRIME_UNKNOWN})
