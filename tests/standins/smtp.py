"""A stand-in for a mail server, over real sockets: STARTTLS and AUTH, scripted misbehaviour, a ledger."""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server  # noqa: N811 - it is a class
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "consulta", "s3cret/of:the@stand-in"
OK = "250 2.0.0 OK"
AT_RECIPIENT = {
    "unknown": "550 5.1.1 No such mailbox",
    "unknown_in_short": "550 No such mailbox",
    "blocked": "550 5.7.1 We take nothing from you",
    "busy": "451 4.3.0 Later",
    "closing": "421 4.3.2 Going down",
}
AT_END = {"unwanted": "554 5.6.0 Not this message", "full_disk": "452 4.3.1 Later"}


@dataclass(frozen=True)
class Taken:
    """A message that the server accepted."""

    sender: str
    recipient: str
    content: bytes
    over_tls: bool

    @property
    def text(self) -> str:
        """Its words, as a program without HTML shows them."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body else ""

    @property
    def message(self) -> EmailMessage:
        """The same, read."""
        return BytesParser(policy=default).parsebytes(self.content)


@dataclass
class Behaviour:
    """How it answers: the next messages by name, then `OK`."""

    next: list[str] = field(default_factory=list)
    sender: str = OK
    latency_seconds: float = 0.0


class SmtpStandIn:
    """The server, its behaviour and its ledger; a context manager that listens while it is entered."""

    def __init__(self, certificate: Path, *, tls_at_once: bool = False, offers_tls: bool = True) -> None:
        self.behaviour = Behaviour()
        self.accepted: list[Taken] = []
        self.seen: Counter[str] = Counter()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        self._controller = _Controller(self, context, tls_at_once=tls_at_once, offers_tls=offers_tls)
        self.scheme = "smtps" if tls_at_once else "smtp+starttls"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._controller.port)

    @property
    def url(self) -> str:
        """Its address, to be set as SMTP_URL."""
        return f"{self.scheme}://{USER}:s3cret%2Fof%3Athe%40stand-in@127.0.0.1:{self.port}"

    def hang_up(self) -> None:
        """End every connection, as a server does that was idle for long, and listen on."""
        self._controller.loop.call_soon_threadsafe(self._controller.hang_up)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._controller.stop()

    # What aiosmtpd asks its handler

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.seen["MAIL"] += 1
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.behaviour.sender

    async def handle_RCPT(  # noqa: N802 - likewise
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        name = self.behaviour.next[0] if self.behaviour.next else ""
        if name == "drop_before":
            self.behaviour.next.pop(0)
            _abort(server)
        if name in AT_RECIPIENT:
            self.behaviour.next.pop(0)
            self.seen[name] += 1
            return AT_RECIPIENT[name]
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        name = self.behaviour.next.pop(0) if self.behaviour.next else ""
        self.seen[name or "taken"] += 1
        if name in AT_END:
            return AT_END[name]
        over_tls = session.ssl is not None or self.scheme == "smtps"
        self.accepted.append(
            Taken(envelope.mail_from or "", envelope.rcpt_tos[0], envelope.original_content or b"", over_tls)
        )
        await asyncio.sleep(self.behaviour.latency_seconds)
        if name == "silent":
            await asyncio.sleep(60)
        if name == "drop_after":
            _abort(server)
        return OK

    def authenticate(
        self, server: Server, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        """`handled=False` lets the server say the answer; with True it would say nothing, and the client waits."""
        self.seen["AUTH"] += 1
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)


class _Controller(Controller):
    """Listens on a port that the system chose."""

    def __init__(self, standin: SmtpStandIn, context: ssl.SSLContext, *, tls_at_once: bool, offers_tls: bool) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._context, self._at_once = context, tls_at_once
        starttls: dict[str, Any] = (
            {"tls_context": context, "require_starttls": True} if offers_tls and not tls_at_once else {}
        )
        self._servers: list[Server] = []
        super().__init__(
            standin,
            hostname="127.0.0.1",
            port=self._listening.getsockname()[1],
            authenticator=standin.authenticate,
            auth_required=bool(starttls),
            auth_require_tls=not tls_at_once,
            ssl_context=context if tls_at_once else None,
            **starttls,
        )

    def factory(self) -> Server:
        server = super().factory()
        self._servers.append(server)
        return server

    def hang_up(self) -> None:
        for server in self._servers:
            _abort(server)

    def _create_server(self) -> Awaitable[Any]:
        context = self._context if self._at_once else None
        invoke: Callable[[], Any] = self._factory_invoker
        return self.loop.create_server(invoke, sock=self._listening, ssl=context)


def _abort(server: Server) -> None:
    """Hang up without a word."""
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()
