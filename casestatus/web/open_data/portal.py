"""The pages of the portal over HTTP: pictures and downloads, one page a release, and the method."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from casestatus.errors import NotFound
from casestatus.statistics.portal import pages
from casestatus.web.dependencies import language_of, service_of
from casestatus.web.open_data.answering import open_page, publisher_of

router = APIRouter(include_in_schema=False)


@router.api_route("/datos/", methods=["GET", "HEAD"])
def portal(request: Request) -> Response:
    """What it is, its pictures, and where everything else is."""
    shelf = service_of(request).shelves.now()
    return open_page(request, pages.portal_page(shelf, language_of(request), publisher=publisher_of(request)))


@router.api_route("/datos/metodologia", methods=["GET", "HEAD"])
def method_page(request: Request) -> Response:
    """How the data are protected, with the sums and the formal statement."""
    return open_page(request, pages.method_page(language_of(request)))


@router.api_route("/metodologia", methods=["GET", "HEAD"])
def method_by_its_short_name() -> Response:
    """Where older links lead."""
    return RedirectResponse("/datos/metodologia", 308)


@router.api_route("/datos/{name}", methods=["GET", "HEAD"])
def release_page(request: Request, name: str) -> Response:
    """One release and its files; 410 with the reason once it was withdrawn."""
    shelf, language = service_of(request).shelves.now(), language_of(request)
    entry = shelf.release(name)
    if entry is None:
        raise NotFound
    return open_page(request, pages.release_page(shelf, entry, language, publisher=publisher_of(request)))
