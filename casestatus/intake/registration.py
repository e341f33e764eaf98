"""A victim's access as an office asks for it: which case, which lines, how she may be written to. Never who she is."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from casestatus.cases.crimes import RiskTier
from casestatus.errors import N_, Unprocessable
from casestatus.intake.update import Text
from casestatus.offices.time_zones import time_zones
from casestatus.victims.emails import EmailUnusable, ending_of_email, normal_email
from casestatus.victims.phones import PhoneUnusable, normal_phone
from casestatus.victims.safe_hours import usable_hours


class RegistrationRefused(Unprocessable):
    """A registration with fields that can't be taken; each is named."""

    type = "registration-refused"
    title = N_("Hay datos que no se pueden tomar.")


def _normal_address(channel: str, value: str) -> str:
    try:
        return normal_email(value) if channel == "email" else normal_phone(value)
    except PhoneUnusable:
        raise PydanticCustomError("phone_unusable", "not a number that takes SMS") from None
    except EmailUnusable:
        raise PydanticCustomError("email_unusable", "not an address that takes e-mail") from None


def _zone(value: str) -> str:
    if value not in time_zones():
        raise ValueError("not a zone of the IANA database")
    return value


class GivenContact(BaseModel):
    """A contact as she told it at the office. One that isn't safe is never kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: Literal["sms", "email"]
    address: Annotated[str, Field(max_length=254)]
    safe: StrictBool
    hours: Annotated[str, AfterValidator(usable_hours), Field(max_length=11)] | None = None
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None
    confirmed_in_person: StrictBool = False

    @field_validator("address")
    @classmethod
    def _is_of_its_channel(cls, value: str, given: ValidationInfo) -> str:
        """Judged only where the channel is one: else that is what the office hears."""
        return _normal_address(given.data["channel"], value) if "channel" in given.data else value

    @property
    def ending(self) -> str:
        """The two signs of the address that she may be shown."""
        return ending_of_email(self.address) if self.channel == "email" else self.address[-2:]


Ordinals = Annotated[list[Annotated[int, Field(ge=1, le=999, strict=True)]], Field(min_length=1, max_length=100)]


class Registration(BaseModel):
    """What an office sends to give somebody access."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case_number: Text
    proceedings: Ordinals
    language: Literal["es", "en"] = "es"
    risk_tier: RiskTier = RiskTier.ORDINARY
    contacts: Annotated[list[GivenContact], Field(max_length=5)] = []
    represents: UUID | None = None


class GivenAccess(BaseModel):
    """What the office hands over. It is shown this once and can't be shown again."""

    model_config = ConfigDict(frozen=True)

    victim_id: UUID
    folio: str
    pin: str
    backup_key: str
