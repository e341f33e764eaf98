"""How to cite, how to check the signature, and example programs, also served as files that run as they are."""

from fastapi import APIRouter, Request, Response

from casestatus.errors import NotFound
from casestatus.web.dependencies import language_of, service_of
from casestatus.web.open_data.answering import open_page
from casestatus.web.open_data.portal import publisher_of, release_shown
from casestatus.web.open_data.serving import A_WHILE, answer_bytes
from casestatus.wording import Wording

router = APIRouter(include_in_schema=False)
EXAMPLES = ("verify.py", "example.py", "example.R")


@router.api_route("/datos/uso", methods=["GET", "HEAD"])
def use_page(request: Request) -> Response:
    """Everything that somebody needs who takes the data further."""
    service, language = service_of(request), language_of(request)
    shelf, url = service.shelves.now(), service.settings.public_url
    return open_page(
        request,
        "open_data/use.html",
        release=release_shown(shelf, shelf.newest, language) if shelf.newest else None,
        publisher=publisher_of(request),
        url=url,
        examples={name: example(name, url) for name in EXAMPLES},
    )


@router.api_route("/datos/uso/{name}", methods=["GET", "HEAD"])
def example_file(request: Request, name: str) -> Response:
    """One of the programs, with this service's own address in it."""
    if name not in EXAMPLES:
        raise NotFound
    text = example(name, service_of(request).settings.public_url)
    return answer_bytes(text.encode(), "text/plain; charset=utf-8", A_WHILE, request.headers)


def example(name: str, url: str) -> str:
    """A program that reads the releases at `url`."""
    return Wording.of("en").render(f"open_data/examples/{name}", url=url)
