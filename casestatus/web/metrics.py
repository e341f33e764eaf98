"""Figures for an operator's Prometheus, for whoever has the token; for everybody else there is nothing here."""

import os
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import Response

from casestatus import __version__
from casestatus.errors import NotFound
from casestatus.notices.breaker import Stand
from casestatus.notices.gauges import Gauges, gauges
from casestatus.settings import Settings
from casestatus.web.dependencies import service_of

if TYPE_CHECKING:  # most deployments have no token, and need none of it
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import GaugeMetricFamily

    from casestatus.web.counted import RequestFigures

router = APIRouter(tags=["operators"], include_in_schema=False)
Figure = tuple[tuple[str, ...], float]  # the labels' values, and the figure
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """404 without `Authorization: Bearer` and the operator's token, or when no token is set."""
    service = service_of(request)
    if not _may_read(request, service.settings):
        raise NotFound
    with service.database.reading() as session:
        read = gauges(session, service.database.now())
    return Response(_written(read, request.app.state.figures), media_type=CONTENT_TYPE)


def _may_read(request: Request, settings: Settings) -> bool:
    token = settings.metrics_token.get_secret_value()
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return bool(token) and scheme.lower() == "bearer" and secrets.compare_digest(given.encode(), token.encode())


def _written(read: Gauges, figures: "RequestFigures") -> bytes:
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Read(read))
    return generate_latest(registry) + generate_latest(_requests(figures))


def _requests(figures: "RequestFigures") -> "CollectorRegistry":
    """Those of this process, or the sum over all processes of one `serve`."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return figures.registry
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library's own gap
    return together


class _Read:
    """What the database told, as Prometheus takes it."""

    def __init__(self, read: Gauges) -> None:
        self.read = read

    def collect(self) -> "Iterable[GaugeMetricFamily]":
        """Each family of figures, with its words."""
        read = self.read
        yield _family("build_info", "This version.", ("version",), [((__version__,), 1)])
        yield _family(
            "attempts",
            "Delivery attempts made in the last day, by state now.",
            ("state", "provider"),
            read.recent_attempts.items(),
        )
        yield _family(
            "open_attempts", "Attempts without a final state.", ("state", "channel"), read.open_attempts.items()
        )
        yield _family(
            "notices", "Notices made in the last day, by state now.", ("state",), _by_name(read.recent_notices.items())
        )
        yield _family(
            "overdue_seconds",
            "How long the oldest due attempt has waited.",
            ("channel",),
            _by_name(read.overdue_seconds.items()),
        )
        last = read.last_pass_at.timestamp() if read.last_pass_at else 0.0
        yield _family(
            "last_pass_timestamp_seconds", "When any worker last completed a pass; 0: never.", (), [((), last)]
        )
        yield _family("workers", "Workers that completed a pass in the last minute.", (), [((), read.workers)])
        yield _family("sender_stand", "1 where a sender stands; once it failed.", ("sender", "stand"), _stands(read))
        yield _family(
            "held_seconds",
            "How long a provider still asks us to wait.",
            ("provider",),
            _by_name(read.held_seconds.items()),
        )
        yield _family(
            "open_tasks", "Tasks that wait for an office, of all offices.", ("kind",), _by_name(read.open_tasks.items())
        )


def _family(name: str, words: str, labels: tuple[str, ...], figures: Iterable[Figure]) -> "GaugeMetricFamily":
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"casestatus_{name}", words, labels=labels)
    for values, figure in figures:
        family.add_metric([str(value) for value in values], figure)
    return family


def _by_name(figures: Iterable[tuple[str, float]]) -> Iterable[Figure]:
    return (((name,), figure) for name, figure in figures)


def _stands(read: Gauges) -> Iterable[Figure]:
    return (((sender, each), float(each is stand)) for sender, stand in read.senders.items() for each in Stand)
