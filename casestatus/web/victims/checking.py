"""Checking a document by its code: genuine or not, and the day. No session; it tells nothing of anybody."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from casestatus.access.addresses import origin_of
from casestatus.access.turns import take_turn
from casestatus.database.again import again_when_given_up
from casestatus.errors import N_
from casestatus.notices.constancias import checked
from casestatus.web.dependencies import address_of, language_of, service_of
from casestatus.web.pages import Found
from casestatus.web.victims.answering import page
from casestatus.wording import Wording

router = APIRouter()

TEMPLATE = "victims/check.html"
NOT_FOUND = N_("No encontramos ese código. Revisa cada letra. Si sigue igual, el documento puede ser falso.")
WINDOW = timedelta(minutes=10)


@router.api_route("/verificar", methods=["GET", "HEAD"])
def check_page(request: Request) -> Response:
    """The empty form."""
    return page(request, TEMPLATE, issued_on=None, found=[])


@router.post("/verificar")
def check_document(
    request: Request, code: Annotated[str, Form()] = "", file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """One answer for every wrong code, and for a right one with a file that isn't ours. What was typed isn't shown."""
    _take_turn(request)
    service, given = service_of(request), file.file.read() if file is not None else b""
    with service.database.reading() as session:
        issued_on = checked(session, code, given or None, keys=service.keys)
    if issued_on is None:
        found = [Found(Wording.of(language_of(request)).gettext(NOT_FOUND), "code")]
        return page(request, TEMPLATE, status=422, issued_on=None, found=found)
    return page(request, TEMPLATE, issued_on=issued_on, found=[])


@again_when_given_up
def _take_turn(request: Request) -> None:
    """Raises TooOften. Right and wrong ones count alike, so that waiting tells nothing."""
    service, origin = service_of(request), origin_of(address_of(request))
    limits, now = service.settings.limits, service.database.now()
    subjects = [(origin.address, limits.checks_per_address)]
    if origin.network:
        subjects.append((origin.network, limits.checks_per_address * limits.network_times))
    with service.database.writing() as session:
        for subject, most in subjects:
            key = service.keys.lookup("throttle", "check", subject)
            take_turn(session, key, most=most, within=WINDOW, now=now)
