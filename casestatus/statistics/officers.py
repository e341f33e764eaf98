"""Who signs for the statistics, and why: what two people decide is kept with both and with their reason."""

from dataclasses import dataclass
from uuid import UUID

from casestatus.errors import N_, FieldProblem, Unprocessable

LONGEST_REASON = 500  # characters


class ReasonUnusable(Unprocessable):
    """No reason, or one that nobody reads to the end."""

    type = "reason-unusable"


@dataclass(frozen=True, kw_only=True)
class Officers:
    """The staff members who sign, and the second one who confirms it where the service asks for two."""

    signed_by: UUID | None = None
    confirmed_by: UUID | None = None


NOBODY = Officers()


def usable_reason(reason: str, *, longest: int = LONGEST_REASON) -> str:
    """The reason as it is kept, on one line. Raises ReasonUnusable."""
    said = " ".join(reason.split())
    if not 0 < len(said) <= longest:
        detail = N_("Di el motivo en 1 a %(longest)s signos.")
        raise ReasonUnusable(fields=(FieldProblem("reason", detail, {"longest": longest}),))
    return said
