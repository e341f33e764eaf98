"""A page of the portal as an answer: for everybody alike, without session and without cookies of its own."""

import gzip
from hashlib import sha256

from fastapi import Request, Response

from casestatus.statistics.portal.pages import Page
from casestatus.web.dependencies import language_of, service_of
from casestatus.web.open_data.serving import ASK_AGAIN, FOR_EVERYBODY, knows_already, takes_gzip
from casestatus.web.pages import Frame, render_page

VARY = "Accept-Encoding, Accept-Language, Cookie"  # the only cookie read is the choice of language


def open_page(request: Request, page: Page) -> Response:
    """The page in the reader's language. Nothing secret stands in it, so it may travel compressed."""
    service = service_of(request)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    frame = Frame(language=language_of(request), path=path, service_name=service.settings.service_name)
    body, packed = render_page(frame, page.template, **page.context).encode(), takes_gzip(request.headers)
    etag = f'"{sha256(body).hexdigest()}{"-gzip" if packed else ""}"'
    headers = FOR_EVERYBODY | {"Cache-Control": ASK_AGAIN, "ETag": etag, "Vary": VARY}
    if not page.gone and knows_already(request.headers, etag):
        return Response(status_code=304, headers=headers)
    if packed:
        body, headers["Content-Encoding"] = gzip.compress(body, 6, mtime=0), "gzip"
    return Response(body, 410 if page.gone else 200, headers=headers, media_type="text/html; charset=utf-8")


def publisher_of(request: Request) -> str:
    """Who publishes, as catalogues name it."""
    settings = service_of(request).settings
    return settings.releases_publisher or settings.service_name
