"""Victims' pages: the door that a case number and a PIN open, and what everybody may read before it."""

from fastapi import APIRouter

from casestatus.web.victims import (
    case,
    checking,
    contact,
    contacts,
    documents,
    entering,
    leaving,
    public,
    reporting,
    unsubscribing,
)

router = APIRouter(include_in_schema=False)
for part in (public, entering, leaving, case, contact, contacts, reporting, documents, checking, unsubscribing):
    router.include_router(part.router)
