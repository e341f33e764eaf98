"""Composition root of the web process: settings, database and keys become doors."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware import Middleware

from casestatus import __version__
from casestatus.access.hashing import HashingRoom
from casestatus.access.last_seen import LastSeen, keep_writing
from casestatus.access.pace import Pace
from casestatus.cases.crosswalk import crossings
from casestatus.cases.office_calendars import OfficeCalendars
from casestatus.cases.rights import cards
from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database, is_made_by_demo
from casestatus.offices.help_places import help_places
from casestatus.settings import Settings
from casestatus.telemetry import configure_logs
from casestatus.web import (
    assets,
    freshness,
    health,
    metrics,
    office_api,
    office_notices,
    office_tasks,
    open_data,
    outbox,
    tokens,
    victims,
    victims_api,
    webhooks,
)
from casestatus.web.dependencies import Service
from casestatus.web.errors import answer_errors
from casestatus.web.hosts import KnownHosts
from casestatus.web.security import Guard, route_of
from casestatus.web.shelf import Shelves

if TYPE_CHECKING:
    from casestatus.web.counted import RequestFigures


class NotFitForProduction(Exception):
    """These settings are only good enough for a demo; the text says which."""


def create_app() -> FastAPI:
    """The app of this process's environment, for `uvicorn --factory`. Raises NotFitForProduction."""
    configure_logs()
    settings = Settings()
    if reasons := settings.refusals():
        raise NotFitForProduction("; ".join(reasons))
    database = Database(settings.database_url, Clock(settings.as_of))
    if is_made_by_demo(database) and not settings.in_demo:
        raise NotFitForProduction("CASESTATUS_DATABASE_URL names a database that a demo made")
    return build_app(settings, database, KeyRing.load(settings.keys))


def build_app(settings: Settings, database: Database, keys: KeyRing) -> FastAPI:
    """The app of these parts, which stay the caller's."""
    cards()  # a broken stage or rights file stops the start, not a victim's page
    crossings()  # and so does a list of crimes
    service = Service(
        settings=settings,
        database=database,
        keys=keys,
        hashing=HashingRoom(places=settings.limits.hashing_at_once, queue=settings.limits.hashing_queue),
        last_seen=LastSeen(),
        pace=Pace(settings.limits.client_updates_per_second),
        calendars=OfficeCalendars(),
        help_places=help_places(settings.help_file),  # a broken file stops the start as well
        shelves=Shelves(settings.releases),
    )
    figures, counting = _request_figures(settings)
    app = FastAPI(
        title=settings.service_name,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        middleware=[
            *counting,
            Middleware(Guard, settings=settings),
            Middleware(KnownHosts, hosts=settings.hosts),
        ],
    )
    app.state.service, app.state.figures = service, figures
    answer_errors(app)
    # Paths are tried in this order, one by one.
    doors = (
        open_data.files,
        victims_api,
        victims,
        office_api,
        office_notices,
        office_tasks,
        tokens,
        assets,
        freshness,
        health,
        metrics,
        webhooks,
        open_data,
    )
    for door in (*doors, outbox) if settings.in_demo else doors:
        app.include_router(door.router)
    return app


def _request_figures(settings: Settings) -> "tuple[RequestFigures | None, list[Middleware]]":
    """What counts requests, where somebody may read the figures."""
    if not settings.metrics_token.get_secret_value():
        return None, []
    from casestatus.web.counted import Counted, RequestFigures

    figures = RequestFigures()
    return figures, [Middleware(Counted, figures=figures, route_of=route_of)]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """While the process serves, a thread writes down when sessions were last used."""
    service: Service = app.state.service
    stop = threading.Event()
    writer = threading.Thread(target=keep_writing, args=(service.last_seen, service.database, stop), name="last-seen")
    writer.start()
    yield
    stop.set()
    writer.join()
