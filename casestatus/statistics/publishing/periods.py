"""Published periods in words: `2026-10` is a month, `2026-T3` a quarter."""

from casestatus.errors import N_
from casestatus.statistics.periods import first_day, months_of
from casestatus.wording import Wording

QUARTER = N_("%(first)s a %(last)s")


def period_words(period: str, words: Wording) -> str:
    """As in "octubre de 2026", or "julio de 2026 a septiembre de 2026": nobody has to count quarters."""
    months = [words.month(first_day(month)) for month in months_of(period)]
    return months[0] if len(months) == 1 else words.gettext(QUARTER, first=months[0], last=months[-1])
