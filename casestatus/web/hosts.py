"""Requests must name one of our hosts, so that no page or link is made under another's name."""

import re
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from casestatus.errors import N_, CaseStatusProblem
from casestatus.web.errors import problem_response

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:@/?#\[\]]+)(?::\d+)?", re.IGNORECASE)  # RFC 9110, section 7.2
# Load balancers and Prometheus ask by address; nothing sensitive is told there, and figures only for their token.
PROBES = ("/healthz", "/readyz", "/metrics")


class HostUnknown(CaseStatusProblem):
    """400: the request names a host that isn't ours."""

    status = HTTPStatus.BAD_REQUEST
    type = "host-unknown"
    title = N_("Esa dirección no es la nuestra.")
    detail = N_("Escribe la dirección como está en el papel que te dieron.")


class KnownHosts:
    """Lets through what names one of `hosts` (`*.example` is every host below it), and whatever probes our health."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self.app = app
        self.hosts = tuple(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES or self._knows(Headers(scope=scope).get("host", "")):
            await self.app(scope, receive, send)
        else:
            await problem_response(scope, HostUnknown())(scope, receive, send)

    def _knows(self, named: str) -> bool:
        host = HOST.fullmatch(named)
        return host is not None and any(_fits(host[1].lower(), known) for known in self.hosts)


def _fits(host: str, known: str) -> bool:
    return host.endswith(known[1:]) if known.startswith("*") else host == known
