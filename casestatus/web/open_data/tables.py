"""A look into one table over HTTP: filters are query parameters."""

from fastapi import APIRouter, Request, Response

from casestatus.errors import NotFound
from casestatus.statistics.portal.previews import Asked, columns_of, table_page
from casestatus.statistics.tables import TABLES
from casestatus.web.dependencies import language_of, service_of
from casestatus.web.open_data.answering import open_page

router = APIRouter(include_in_schema=False)


@router.api_route("/datos/tablas/{table}", methods=["GET", "HEAD"])
def preview(request: Request, table: str, periodo: str | None = None, desde: int = 0) -> Response:
    """The newest period, or the one asked for. Unknown tables and periods are 404; other parameters are ignored."""
    if table not in TABLES:
        raise NotFound
    codes = {column: value for column in columns_of(table) if (value := request.query_params.get(column))}
    shelf, asked = service_of(request).shelves.now(), Asked(codes, max(desde, 0))
    return open_page(request, table_page(shelf, language_of(request), table, periodo, asked))
