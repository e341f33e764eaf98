"""By which number an office counts a line of a case.

A number in sight is that of its line for every office. What an office hides takes none from the others, so two lines of
a case may have the same, each at the office that opened it.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from casestatus.cases.line_offices import office_of, offices_of_line
from casestatus.cases.models import Case, Proceeding

HIGHEST = 999


def number_at(line: Proceeding, office_id: UUID) -> int:
    """The line's number at one office: that of the office which opened it, unless it came to one that had that too."""
    if line.ordinal_elsewhere is None or office_id == line.opened_by_id:
        return line.ordinal
    return line.ordinal_elsewhere


def number_for(case: Case, line: Proceeding, offices: Collection[UUID]) -> int:
    """The line's number for whoever serves these offices: at the one that has it, else at the one to accept it."""
    has_it = office_of(case, line)
    return number_at(line, has_it if has_it in offices or line.moving_to_id is None else line.moving_to_id)


def have_number(case: Case, lines: Sequence[Proceeding], number: int, offices: Collection[UUID]) -> list[Proceeding]:
    """The lines that one of these offices has or is to accept, and counts by this number."""
    return [
        line
        for line in lines
        if any(number_at(line, office) == number for office in offices_of_line(case, line) & set(offices))
    ]


def shows_number(line: Proceeding, number: int) -> bool:
    """Whether the line is in sight under this number of its own: no other office opens one of that number.

    A second number tells that somebody had a line of the first, maybe a hidden one: it is only its office's.
    """
    return line.first_shown_at is not None and line.ordinal == number


def give_number_at(case: Case, line: Proceeding, lines: Sequence[Proceeding], office_id: UUID) -> None:
    """Let the office to which a line goes count it by a number that no line of the case has, if its own is taken.

    That of a line which the office opened is taken also while that is away, for it may come back.
    The highest one: the office counts up, and would take the next for a new line.
    """
    others, number = [other for other in lines if other.id != line.id], number_at(line, office_id)
    opened = any((other.opened_by_id, other.ordinal) == (office_id, number) for other in others)
    if opened or have_number(case, others, number, [office_id]):
        taken = {each for other in lines for each in (other.ordinal, other.ordinal_elsewhere)}
        line.ordinal_elsewhere = next(free for free in range(HIGHEST, 0, -1) if free not in taken)
