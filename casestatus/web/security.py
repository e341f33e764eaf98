"""What holds for every answer: headers, the size of a body, a request id, and one answer when something fails."""

from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casestatus.settings import Settings
from casestatus.telemetry import Log, of_request
from casestatus.web.errors import BodyTooLarge, failure_response, problem_response

log = Log()

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
DENIED = (
    "accelerometer camera display-capture fullscreen geolocation gyroscope magnetometer microphone midi payment usb"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer every form would say `Origin: null`
    "Permissions-Policy": ", ".join(f"{name}=()" for name in DENIED.split()),
}
NOT_KEPT = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
CHECKS_FILES = "/verificar"  # takes whatever a constancia can be, and keeps none of it
HSTS = "max-age=63072000; includeSubDomains"


class Guard:
    """The outermost layer: nothing leaves without its headers, and no failure without an answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.limit = settings.limits.body_bytes
        self.limits = {CHECKS_FILES: settings.limits.document_bytes}
        self.scheme = "https" if settings.over_https else "http"
        self.headers = HEADERS | ({"Strict-Transport-Security": HSTS} if settings.over_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["scheme"] = self.scheme  # TLS ends at the proxy; a redirect must not lead back to plain http
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        with of_request(request_id):
            await self._answer(scope, receive, _Sender(send, self.headers, request_id))

    async def _answer(self, scope: Scope, receive: Receive, send: "_Sender") -> None:
        body = _Body(receive, self.limits.get(scope["path"], self.limit))
        try:
            body.refuse_declared(Headers(scope=scope))
            await self.app(scope, body, send)
        except BodyTooLarge as too_large:
            await problem_response(scope, too_large.problem)(scope, receive, send)
        except Exception:
            log.exception("request_failed", path=route_of(scope))
            if send.started:
                raise
            await failure_response(scope)(scope, receive, send)


class _Body:
    """Counts what comes in, so that a body without a declared length is stopped as well."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self.receive = receive
        self.limit = limit
        self.left = limit

    def refuse_declared(self, headers: Headers) -> None:
        length = headers.get("content-length", "")
        if length.isascii() and length.isdecimal() and int(length[:12]) > self.left:
            raise BodyTooLarge(self.limit)

    async def __call__(self) -> Message:
        message = await self.receive()
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            raise BodyTooLarge(self.limit)
        return message


class _Sender:
    """Adds the headers to the first part of every answer; a door's own header stands."""

    def __init__(self, send: Send, headers: dict[str, str], request_id: str) -> None:
        self.send = send
        self.headers = headers | NOT_KEPT | {"X-Request-Id": request_id}
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            present = MutableHeaders(scope=message)
            is_asset = "immutable" in present.get("cache-control", "")
            for name, value in self.headers.items():
                if not (is_asset and name == "X-Robots-Tag"):
                    present.setdefault(name, value)
        await self.send(message)


def route_of(scope: Scope) -> str:
    """The route's template, never the path: a path may carry a token."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "unmatched"))
