"""What a visitor of the demo may sign in with, as contract.md words it."""

from collections.abc import Sequence
from typing import Any

from casestatus.cases.numbers import shown_folio
from casestatus.demo.building import IssuedVictim
from casestatus.demo.people import DemoClient, DemoStaff, People


def document(victims: Sequence[IssuedVictim], reached: Sequence[IssuedVictim], people: People) -> dict[str, Any]:
    """The lists of `casestatus demo --json`; `reached` are the victims to whom notices may go now."""
    reachable = {victim.planned.id for victim in reached}
    return {
        "victims": [_victim(victim, contact_confirmed=victim.planned.id in reachable) for victim in victims],
        "staff": [_staff(member) for member in people.staff],
        "clients": [_client(client) for client in people.clients],
    }


def _victim(victim: IssuedVictim, *, contact_confirmed: bool) -> dict[str, Any]:
    return {
        "case_number": victim.case_number,
        "folio": shown_folio(victim.planned.folio),
        "pin": victim.drawn.pin,
        "backup_key": victim.drawn.backup_key,
        "office": victim.place.office_code,
        "contact_confirmed": contact_confirmed,
    }


def _staff(member: DemoStaff) -> dict[str, Any]:
    return {
        "email": member.email,
        "password": member.password,
        "totp_secret": member.totp_secret,
        "role": member.role.value,
        "office": member.office_code,
    }


def _client(client: DemoClient) -> dict[str, Any]:
    return {
        "client_id": str(client.client_id),
        "client_secret": client.client_secret,
        "office": client.office_code,
        "scopes": sorted(client.scopes),
    }
