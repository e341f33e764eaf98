"""How to cite, how to check the signature, and example programs, also served as files that run as they are."""

from fastapi import APIRouter, Request, Response

from casestatus.errors import NotFound
from casestatus.statistics.portal.pages import EXAMPLES, example, use_page
from casestatus.web.dependencies import language_of, service_of
from casestatus.web.open_data.answering import open_page, publisher_of
from casestatus.web.open_data.serving import A_WHILE, answer_bytes

router = APIRouter(include_in_schema=False)


@router.api_route("/datos/uso", methods=["GET", "HEAD"])
def use(request: Request) -> Response:
    """Everything that somebody needs who takes the data further."""
    shelf, url = service_of(request).shelves.now(), service_of(request).settings.public_url
    return open_page(request, use_page(shelf, language_of(request), publisher=publisher_of(request), url=url))


@router.api_route("/datos/uso/{name}", methods=["GET", "HEAD"])
def example_file(request: Request, name: str) -> Response:
    """One of the programs, with this service's own address in it."""
    if name not in EXAMPLES:
        raise NotFound
    text = example(name, service_of(request).settings.public_url)
    return answer_bytes(text.encode(), "text/plain; charset=utf-8", A_WHILE, request.headers)
