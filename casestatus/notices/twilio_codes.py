"""What Twilio's error codes and message statuses mean to us (its error dictionary and its page on status callbacks)."""

import re

from casestatus.notices.providers import Delivered, Refused, Report, Undelivered

STOPPED = 21610
BAD_NUMBERS = frozenset({21211, 21614, 21635, 30006})
# The sender isn't a number or service of ours (any more), has none to send from, or its queue there is full. Not 21606
# and 21612, which depend on the number written to: one such number must not stop all others.
BAD_SENDERS = frozenset({21212, 21611, 21659, 21660, 21703, 21705})
THROTTLED = 20429
OF_THE_OPERATOR = frozenset({30004, 30005, 30007})  # blocked, unknown, filtered: somebody has to look at our account
# Twilio's queue for us was full, our account suspended, or the message's time over before it left Twilio: it never got
# as far as her telephone.
NEVER_LEFT_TWILIO = frozenset({30001, 30002, 30036})
FILTERED = 30007  # a carrier judged our words or our sender: docs/decisions/0024
NOT_OF_HER_NUMBER = NEVER_LEFT_TWILIO | {FILTERED}

ARRIVED = frozenset({"delivered", "read"})
CANCELED = "canceled"  # by whoever runs the account, before it left Twilio
NOT_ARRIVED = frozenset({"undelivered", "failed", CANCELED})
ON_ITS_WAY = frozenset({"accepted", "scheduled", "queued", "sending", "sent"})
STATUSES = ARRIVED | NOT_ARRIVED | ON_ITS_WAY


def report_of(status: str, code: str | None) -> Report | None:
    """What became of a message with this status and error code; None while nothing is known but that Twilio has it."""
    if status in ARRIVED:
        return Delivered()
    if status not in NOT_ARRIVED:
        return None
    number = int(code) if code and re.fullmatch("[0-9]{1,9}", code) else 0
    if number == STOPPED or number in BAD_NUMBERS:
        return Refused(str(number), permanent=True, stop=number == STOPPED)
    return Undelivered(
        str(number) if number else None,
        alarming=number in OF_THE_OPERATOR,
        of_address=number not in NOT_OF_HER_NUMBER and status != CANCELED,
    )
