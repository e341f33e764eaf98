"""For operators: whether the process is alive, and whether it may be sent requests."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from casestatus.database import is_migrated
from casestatus.web.dependencies import service_of

router = APIRouter(tags=["operators"])


@router.get("/healthz")
@router.head("/healthz", include_in_schema=False)
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
@router.head("/readyz", include_in_schema=False)
def ready(request: Request) -> JSONResponse:
    """200 when the database answers and is of this version; the keys were loaded at start. Otherwise 503."""
    state = _database_state(request)
    is_ready = state == "migrated"
    body = {"status": "ready" if is_ready else "not ready", "database": state, "keys": "loaded"}
    return JSONResponse(body, 200 if is_ready else 503)


def _database_state(request: Request) -> str:
    try:
        return "migrated" if is_migrated(service_of(request).database) else "not migrated"
    except SQLAlchemyError:
        return "unreachable"
