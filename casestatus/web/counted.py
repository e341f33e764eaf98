"""Counts requests for /metrics: by method, route template and status, never by path, address or person."""

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class RequestFigures:
    """The counters of one process; several add up when `serve` runs several (PROMETHEUS_MULTIPROC_DIR)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "casestatus_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "casestatus_request_seconds", "Time to an answer.", ["route"], buckets=SECONDS, registry=self.registry
        )


class Counted:
    """The outermost layer where somebody reads figures at all."""

    def __init__(self, app: ASGIApp, figures: RequestFigures, route_of: Callable[[Scope], str]) -> None:
        self.app = app
        self.figures = figures
        self.route_of = route_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), "none"

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, note)
        finally:
            route = self.route_of(scope)
            method = scope["method"] if scope["method"] in METHODS else "other"
            self.figures.requests.labels(method, route, status).inc()
            self.figures.seconds.labels(route).observe(time.perf_counter() - begun)
