"""A stand-in for Twilio's Messages resource over HTTP: create, fetch, list, delete, scripted misbehaviour, a ledger.

It runs in a thread, or as a process of its own: `python -m tests.standins.twilio --port 0` prints its port.
"""

import argparse
import base64
import json
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.standins.twilio_callbacks import Callback, incoming_fields, status_fields
from tests.standins.twilio_ledger import Answer, Behaviour, Ledger
from tests.standins.twilio_parameters import CREATE, LIST, MESSAGE_SID, Check, malformed

ACCOUNT = "AC" + "5e" * 16
TOKEN = "a-token-of-the-stand-in"


class TwilioStandIn:
    """The server, its behaviour and its ledger; a context manager that listens while it is entered."""

    def __init__(self, port: int = 0, *, account: str = ACCOUNT, token: str = TOKEN) -> None:
        self.ledger = Ledger(account)
        self.token = token
        self.credentials = base64.b64encode(f"{account}:{token}".encode()).decode()
        self.server = _Server(("127.0.0.1", port), _Handler)
        self.server.daemon_threads = True
        self.server.standin = self  # type: ignore[attr-defined]  # the way a handler of the standard library finds it

    @property
    def behaviour(self) -> Behaviour:
        """How it answers; tests change the fields while it runs."""
        return self.ledger.behaviour

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        """Its base address, to be set as TWILIO_API_URL."""
        return f"http://127.0.0.1:{self.port}"

    def receipt(self, sid: str, status: str, code: int | None = None, *, token: str | None = None) -> Callback:
        """The callback that tells of a status which the message has from now on; another `token` forges it."""
        message = self.ledger.change(sid, status, code)
        fields = status_fields(self.ledger.account, sid, message.parameters["To"], status, code)
        return Callback.signed(message.parameters["StatusCallback"], fields, token or self.token)

    def incoming(
        self, url: str, sender: str, body: str, *, sid: str | None = None, token: str | None = None
    ) -> Callback:
        """The callback that tells of a message which somebody sent to us."""
        fields = incoming_fields(self.ledger.account, sender, body, sid)
        self.ledger.received.add(fields["MessageSid"])
        return Callback.signed(url, fields, token or self.token)

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Create a message, or (to the stand-in itself) change its behaviour or have a receipt sent."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        if self._path() == ["standin", "behaviour"]:
            self._answer(self._ledger().behave(json.loads(body)))
        elif self._path() == ["standin", "receipt"]:
            self._answer(Answer(200, {"status": self._standin().receipt(**json.loads(body)).send()}))
        else:
            form = parse_qs(body, keep_blank_values=True)
            self._in_account(lambda sid: self._ledger().unknown() if sid else self._create(form), form, CREATE)

    def do_GET(self) -> None:
        """Fetch or list messages, or (to the stand-in itself) read the ledger."""
        if self._path() == ["standin", "ledger"]:
            self._answer(self._ledger().whole())
        else:
            query = parse_qs(urlsplit(self.path).query)
            self._in_account(
                lambda sid: self._ledger().message(sid) if sid else self._ledger().listing(query),
                query,
                {} if "Messages" in self._path() else LIST,
            )

    def do_DELETE(self) -> None:
        """Delete a message that is no longer under way."""
        self._in_account(lambda sid: self._ledger().delete(sid), parse_qs(urlsplit(self.path).query), {})

    def _create(self, form: dict[str, list[str]]) -> Answer | None:
        answer, wait = self._ledger().create(form)
        time.sleep(wait)
        return answer

    def _in_account(
        self, act: Callable[[str], Answer | None], asked: Mapping[str, list[str]], known: Mapping[str, Check]
    ) -> None:
        """Answer for the account of the path: 401 without its credentials, 404 for another address; None hangs up.

        What isn't asked as the OpenAPI document says is noted beside the refusal, and fails the test that caused it.
        """
        if self.headers.get("Authorization") != f"Basic {self._standin().credentials}":
            return self._answer(Answer.problem(401, 20003, "Authenticate"))
        sid = self._ledger().sid_of(self._path())
        problem = malformed(asked, known)
        if sid and not MESSAGE_SID.fullmatch(sid):
            problem = 20404, "No message has such an identifier"
        if problem is not None:
            self._ledger().malformed.append(problem)
            return self._answer(Answer.problem(400, *problem))
        answer = self._ledger().unknown() if sid is None else act(sid)
        if answer is None:
            self.close_connection = True
            return None
        return self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        body = b"" if answer.content is None else json.dumps(answer.content).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _path(self) -> list[str]:
        return urlsplit(self.path).path.strip("/").split("/")

    def _standin(self) -> TwilioStandIn:
        return self.server.standin  # type: ignore[attr-defined]

    def _ledger(self) -> Ledger:
        return self._standin().ledger

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing: the ledger is the record."""


def main() -> None:
    """Listen until killed; the first line printed is the port."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args()
    with TwilioStandIn(options.port, account=options.account, token=options.token) as standin:
        print(standin.port, flush=True)  # noqa: T201 - how its parent learns the port
        threading.Event().wait()


if __name__ == "__main__":
    main()
