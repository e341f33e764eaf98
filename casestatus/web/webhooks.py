"""Where Twilio calls back. Its signature is judged before anything else, and whoever isn't Twilio hears one 403."""

import re
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from casestatus.database.again import again_when_given_up
from casestatus.errors import N_, Forbidden
from casestatus.notices.incoming import Incoming
from casestatus.notices.providers import Receipt
from casestatus.notices.receipts import Receipts
from casestatus.notices.twilio_codes import STATUSES, report_of
from casestatus.settings import SmsProvider
from casestatus.web.dependencies import Service, service_of

PROVIDER = "twilio"
NO_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
MESSAGE_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")

router = APIRouter(prefix="/webhooks/twilio", include_in_schema=False)


class CallbackRefused(Forbidden):
    """403: not signed by the provider, or about nothing of ours. It never says which."""

    type = "callback-refused"
    title = N_("No aceptamos este aviso.")
    detail = N_("La firma o la dirección no es válida.")


async def signed_form(request: Request) -> dict[str, str]:
    """The fields of a request that Twilio signed over our public address. Raises CallbackRefused."""
    settings = service_of(request).settings
    token = settings.twilio_auth_token.get_secret_value()
    if settings.sms_provider is not SmsProvider.TWILIO or not token:
        raise CallbackRefused
    query = request.url.query
    url = f"{settings.public_url}{request.url.path}" + (f"?{query}" if query else "")
    fields = _fields(await request.body())
    if not RequestValidator(token).validate(url, fields, request.headers.get("x-twilio-signature", "")):
        raise CallbackRefused
    return dict(fields)


def _fields(body: bytes) -> ImmutableMultiDict[str, str]:
    try:
        return ImmutableMultiDict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise CallbackRefused from None


SignedForm = Annotated[dict[str, str], Depends(signed_form)]
Parts = Annotated[Service, Depends(service_of)]


@router.post("/status/{token}", status_code=204)
@again_when_given_up
def status(token: str, form: SignedForm, parts: Parts) -> Response:
    """What became of one message. The same answer for the first time and the hundredth."""
    sid, told = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not MESSAGE_SID.fullmatch(sid) or told not in STATUSES:
        raise CallbackRefused
    receipt = Receipt(PROVIDER, sid, told, report_of(told, form.get("ErrorCode")))
    with parts.database.writing() as session:
        if not Receipts(session, now=parts.database.now(), settings=parts.settings).take(token, receipt):
            raise CallbackRefused
    return Response(status_code=204)


@router.post("/inbound")
@again_when_given_up
def inbound(form: SignedForm, parts: Parts) -> Response:
    """Something that somebody wrote to us. Our answer, if there is one, leaves by the queue and not from here."""
    sid = form.get("MessageSid", "")
    if not MESSAGE_SID.fullmatch(sid):
        raise CallbackRefused
    with parts.database.writing() as session:
        incoming = Incoming(session, parts.keys, now=parts.database.now(), settings=parts.settings)
        incoming.take(PROVIDER, sid, sender=form.get("From", ""), text=form.get("Body", ""))
    return Response(NO_TWIML, media_type="text/xml")
