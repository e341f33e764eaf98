"""An office's update as it comes over the wire or in a file (contract.md), checked field by field."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError

from casestatus.cases.stages import Model
from casestatus.errors import N_, FieldProblem, Unprocessable, field_problems

EARLIEST = date(1950, 1, 1)


class UpdateRefused(Unprocessable):
    """An update with fields that can't be taken; each is named."""

    type = "update-refused"
    title = N_("Hay datos que no se pueden tomar.")


def trimmed(text: str) -> str:
    """NFC, without blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def _plain(text: str) -> str:
    """NFC, without control characters or blanks around it."""
    text = trimmed(text)
    if not text or any(unicodedata.category(sign).startswith("C") for sign in text):
        raise ValueError("empty or with control characters")
    return text


def _day(value: object) -> object:
    """ISO 8601 only: a bare number would be taken for seconds since 1970."""
    if isinstance(value, str) and len(value) == len("2026-11-20"):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("not a day")


def _sensible(value: date) -> date:
    if value < EARLIEST:
        raise ValueError("too long ago")
    return value


Text = Annotated[str, AfterValidator(_plain), Field(max_length=120)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_sensible)]


class Update(BaseModel):
    """One update. What its stage allows in `details` is checked where the stage is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source_id: Text
    case_number: Text
    model: Model
    stage: Annotated[str, Field(max_length=8)]
    occurred_on: Day
    proceeding: Annotated[int, Field(ge=1, le=999, strict=True)] = 1
    formal_notice_on: Day | None = None
    details: dict[str, Any] = Field(default_factory=dict, max_length=20)
    hidden: StrictBool | None = None
    reveals: Text | None = None
    supersedes: Text | None = None
    historical: StrictBool = False
    office: Text | None = None
    crime: Text | None = None
    opened_on: Day | None = None

    def digest(self) -> bytes:
        """SHA-256 over the content in one canonical form: the same update sent again has the same digest."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(content.encode()).digest()


class Receipt(BaseModel):
    """What an office is told. The same update sent again is answered by the same receipt."""

    model_config = ConfigDict(frozen=True)

    receipt: str
    event_id: UUID
    case_id: UUID
    case_created: bool
    held: bool
    flags: list[str]
    notices_queued: int


def read_update(content: Mapping[str, Any]) -> Update:
    """The update in `content`. Raises UpdateRefused, which names every field that is wrong."""
    try:
        return Update.model_validate(content)
    except ValidationError as wrong:
        raise UpdateRefused(fields=field_problems(wrong.errors())) from None


def require_not_after_tomorrow(update: Update, zone: ZoneInfo, *, now: datetime) -> None:
    """A day in the office's zone may be tomorrow's at the latest (design.md §6). Raises UpdateRefused."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    days = {
        "occurred_on": update.occurred_on,
        "opened_on": update.opened_on,
        "formal_notice_on": update.formal_notice_on,
    }
    late = [name for name, day in days.items() if day is not None and day > tomorrow]
    if late:
        raise UpdateRefused(fields=tuple(FieldProblem(name, N_("La fecha no puede pasar de mañana.")) for name in late))
