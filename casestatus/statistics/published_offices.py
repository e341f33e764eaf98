"""Offices as the statistics name them: by a public code, small ones under the office that they were merged into.

Which offices exist is public. A merge is decided on population or on numbers already published, never on true counts,
and holds for the months that are closed after it.
"""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.errors import N_, Conflict
from casestatus.offices.models import Institution, Office
from casestatus.statistics.models import OfficeMerge
from casestatus.statistics.officers import NOBODY, Officers, usable_reason
from casestatus.statistics.rows import Code


class MergeImpossible(Conflict):
    """An office is merged once, into one that is published itself, of the same institution."""

    type = "merge-impossible"
    detail = N_("Esa oficina ya está unida a otra, o la otra no se publica por sí misma o es de otra institución.")


class OfficeCodesClash(Conflict):
    """Two offices would have one public code."""

    type = "office-codes-clash"
    detail = N_("Dos oficinas tendrían la misma clave pública: %(code)s. Cambia la clave de una.")


def public_code(institution: str, office: str) -> str:
    """An office's code is unique in its institution only, so that the public one holds both."""
    return f"{institution}.{office}"


def public_codes(session: Session) -> dict[UUID, str]:
    """Every office's own public code. Raises OfficeCodesClash."""
    listed = select(Office.id, Institution.code, Office.code).join(Institution, Institution.id == Office.institution_id)
    codes = {office_id: public_code(institution, office) for office_id, institution, office in session.execute(listed)}
    seen: set[str] = set()
    for code in codes.values():
        if code in seen:
            raise OfficeCodesClash(params={"code": code})
        seen.add(code)
    return codes


def published_offices(session: Session, month: str) -> list[Code]:
    """The offices as they are published from `month` on."""
    codes = public_codes(session)
    merged: dict[UUID, list[str]] = defaultdict(list)
    under = {merge.office_id: merge.into_id for merge in session.scalars(select(OfficeMerge))}
    for office_id, into_id in under.items():
        merged[into_id].append(codes[office_id])
    return [
        Code(
            code=codes[office.id],
            es=office.name,
            en=office.name,
            valid_from=month,
            region=office.region or None,
            includes=tuple(sorted(merged[office.id])),
        )
        for office in session.scalars(select(Office))
        if office.id not in under
    ]


def merge_office(
    session: Session, office: Office, into: Office, *, reason: str, now: datetime, officers: Officers = NOBODY
) -> None:
    """Publish `office` under `into` from the next closed month on, for ever. Raises MergeImpossible, ReasonUnusable."""
    said = usable_reason(reason, longest=200)
    under = select(OfficeMerge.office_id)
    taken = session.scalars(under.where(OfficeMerge.office_id.in_([office.id, into.id]))).first()
    holds_others = session.scalars(under.where(OfficeMerge.into_id == office.id)).first()
    apart = office.institution_id != into.institution_id or office.id == into.id
    if taken or holds_others or apart:
        raise MergeImpossible
    session.add(
        OfficeMerge(
            office_id=office.id,
            into_id=into.id,
            reason=said,
            decided_at=now,
            signed_by=officers.signed_by,
            confirmed_by=officers.confirmed_by,
        )
    )
    session.flush()
