"""Every refusal in one form: `application/problem+json` (RFC 9457) for systems, a page in her language for people."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import Scope

from casestatus.database import is_out_of_reach
from casestatus.errors import N_, CaseStatusProblem, NotFound, TooLarge, Unavailable, Unprocessable, field_problems
from casestatus.settings import resource_dir
from casestatus.telemetry import Log
from casestatus.web.dependencies import language_of, service_of
from casestatus.web.methods import allowed_methods
from casestatus.web.pages import Found, Frame, render_page
from casestatus.wording import Wording

log = Log()

DATABASE_RETRY = 5  # seconds
MACHINE_PATHS = (
    "/api/", "/oauth/", "/webhooks/", "/healthz", "/readyz", "/openapi.json",
    "/datos/v1/", "/catalog.jsonld", "/data.json", "/feed.atom", "/.well-known/",
)  # fmt: skip


class MethodNotAllowed(CaseStatusProblem):
    """405: the address exists, the method doesn't."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    type = "method-not-allowed"
    title = N_("Ese método no se usa aquí.")
    detail = N_("Revisa el método de la petición.")


class BadRequest(CaseStatusProblem):
    """400: we can't read the request."""

    status = HTTPStatus.BAD_REQUEST
    type = "bad-request"
    title = N_("No pudimos leer la petición.")
    detail = N_("Debe ser JSON bien escrito, en UTF-8.")


class DatabaseUnavailable(Unavailable):
    """503: the database can't be reached or is locked; the same request may be sent again."""

    type = "database-unavailable"
    detail = N_("No se guardó ningún cambio. Prueba otra vez en unos segundos.")


class BodyRefused(HTTPException):
    """A body that we don't take. An HTTPException, because FastAPI turns any other failure to read into a 400."""

    def __init__(self, problem: CaseStatusProblem) -> None:
        self.problem = problem
        super().__init__(problem.status)


class BodyTooLarge(BodyRefused):
    """More bytes came than we read."""

    def __init__(self, limit: int) -> None:
        super().__init__(TooLarge(params={"limit": limit}))


TITLES_OF_PAGES = {
    404: N_("No encontramos esa página"),
    429: N_("Demasiadas visitas a la vez"),
    503: N_("Demasiadas visitas a la vez"),
}
DETAILS_OF_PAGES = {
    404: N_("Puede que la dirección cambiara. Empieza desde el inicio."),
    429: N_("Prueba otra vez en %(seconds)s segundos."),
    503: N_("Prueba otra vez en %(seconds)s segundos."),
}
BY_STATUS: dict[int, type[CaseStatusProblem]] = {404: NotFound, 405: MethodNotAllowed, 400: BadRequest}


def answer_errors(app: FastAPI) -> None:
    """Let `app` answer every refusal in our form."""
    for kind in (CaseStatusProblem, RequestValidationError, HTTPException, OperationalError, PoolTimeout):
        app.add_exception_handler(kind, _on_error)


def problem_response(scope: Scope, problem: CaseStatusProblem) -> Response:
    """The answer to a refusal: JSON on the doors of systems, a page elsewhere."""
    request = Request(scope)
    headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
    if problem.status == HTTPStatus.UNAUTHORIZED and is_machine(scope):
        headers["WWW-Authenticate"] = "Bearer"
    if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = allowed_methods(scope)
    if is_machine(scope):
        return JSONResponse(
            _problem(request, problem), problem.status, headers=headers, media_type="application/problem+json"
        )
    return HTMLResponse(_page(request, problem), problem.status, headers=headers)


def _is_of_the_address(error: RequestValidationError) -> bool:
    """A page's address that can't be read is the address of no page."""
    return all(each["loc"][0] == "path" for each in error.errors())


def failure_response(scope: Scope) -> Response:
    """500: something failed on our side. It needs neither the database nor a template."""
    if not is_machine(scope):
        page = (resource_dir("templates") / "errors" / "500.html").read_text("utf-8")
        return HTMLResponse(page.replace("{request_id}", _request_id(scope)), 500)
    body = {"type": "failure", "title": "Algo falló de nuestro lado.", "status": 500, "request_id": _request_id(scope)}
    return JSONResponse(body, 500, media_type="application/problem+json")


def is_machine(scope: Scope) -> bool:
    """Whether a system asks, by the door it came to."""
    path: str = scope["path"]
    return path.startswith(MACHINE_PATHS)


def _problem(request: Request, problem: CaseStatusProblem) -> dict[str, Any]:
    words = Wording.of(language_of(request))
    body: dict[str, Any] = {
        "type": problem.type,
        "title": words.gettext(problem.title),
        "status": problem.status,
        "detail": words.gettext(problem.detail, **problem.params),
        "request_id": _request_id(request.scope),
    }
    if problem.fields:
        body["errors"] = [
            {"field": one.field, "detail": words.gettext(one.detail, **(one.params or {}))} for one in problem.fields
        ]
    return body


def _page(request: Request, problem: CaseStatusProblem) -> str:
    words = Wording.of(language_of(request))
    params = problem.params | {"seconds": problem.retry_after or 5}
    frame = Frame(language=words.language, path="/", service_name=service_of(request).settings.service_name)
    return render_page(
        frame,
        "errors/problem.html",
        title=words.gettext(TITLES_OF_PAGES.get(problem.status, problem.title)),
        detail=words.gettext(DETAILS_OF_PAGES.get(problem.status, problem.detail), **params),
        found=[Found(words.gettext(one.detail, **(one.params or {})), one.field) for one in problem.fields],
        reference=_request_id(request.scope),
    )


def _request_id(scope: Scope) -> str:
    return str(scope.get("state", {}).get("request_id", ""))


def _on_error(request: Request, error: Exception) -> Response:
    match error:
        case CaseStatusProblem():
            return problem_response(request.scope, error)
        case BodyRefused():
            return problem_response(request.scope, error.problem)
        case RequestValidationError() if not is_machine(request.scope) and _is_of_the_address(error):
            return problem_response(request.scope, NotFound())
        case RequestValidationError():
            return problem_response(request.scope, Unprocessable(fields=field_problems(error.errors())))
        case OperationalError() | PoolTimeout() if is_out_of_reach(error):
            log.warning("database_unavailable", problem=type(error).__name__)
            return problem_response(request.scope, DatabaseUnavailable(retry_after=DATABASE_RETRY))
        case HTTPException():
            return problem_response(request.scope, BY_STATUS.get(error.status_code, BadRequest)())
    raise error
