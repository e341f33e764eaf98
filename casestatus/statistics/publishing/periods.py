"""Published periods in words: `2026-10` is a month, `2026-T3` a quarter."""

from datetime import date

from casestatus.errors import N_
from casestatus.wording import Wording

QUARTER = N_("%(first)s a %(last)s")


def period_words(period: str, words: Wording) -> str:
    """As in "octubre de 2026", or "julio de 2026 a septiembre de 2026": nobody has to count quarters."""
    first = first_day(period)
    if "-T" not in period:
        return words.month(first)
    last = first.replace(month=first.month + 2)
    return words.gettext(QUARTER, first=words.month(first), last=words.month(last))


def first_day(period: str) -> date:
    """The day on which a period begins."""
    year, _, part = period.partition("-")
    month = 3 * int(part[1:]) - 2 if part.startswith("T") else int(part)
    return date(int(year), month, 1)
