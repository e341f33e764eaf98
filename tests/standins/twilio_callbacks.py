"""Callbacks as Twilio makes and signs them (its page on webhook security): status receipts and incoming messages.

The signature is computed here by Twilio's published rule, not by the library that our door judges it with.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class Callback:
    """One POST to us, not yet sent; it may be sent late, twice, in any order, or tampered with."""

    url: str
    fields: Mapping[str, str]
    signature: str

    @classmethod
    def signed(cls, url: str, fields: Mapping[str, str], token: str) -> Self:
        """With the signature of whoever knows `token`."""
        text = url + "".join(name + fields[name] for name in sorted(fields))
        digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
        return cls(url, fields, base64.b64encode(digest).decode())

    def tampered(self, **fields: str) -> Self:
        """With other fields under the same signature."""
        return replace(self, fields={**self.fields, **fields})

    @property
    def path(self) -> str:
        """Path and query, as our own server sees them."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def headers(self) -> dict[str, str]:
        """Those that matter."""
        return {"X-Twilio-Signature": self.signature, "Content-Type": "application/x-www-form-urlencoded"}

    @property
    def body(self) -> bytes:
        """As it goes over the wire."""
        return urlencode(self.fields).encode()

    def send(self) -> int:
        """Over a real socket; the answer's status. Raises urllib.error.HTTPError for a refusal."""
        with urlopen(Request(self.url, self.body, self.headers), timeout=20) as answer:
            return int(answer.status)


def status_fields(account: str, sid: str, to: str, status: str, code: int | None = None) -> dict[str, str]:
    """What a status callback says."""
    fields = {
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "MessageSid": sid,
        "MessageStatus": status,
        "SmsSid": sid,
        "SmsStatus": status,
        "To": to,
    }
    return fields | ({"ErrorCode": str(code)} if code else {})


def incoming_fields(account: str, sender: str, body: str, sid: str | None = None) -> dict[str, str]:
    """What a callback for an incoming message says."""
    sid = sid or "SM" + secrets.token_hex(16)
    return {
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "Body": body,
        "From": sender,
        "MessageSid": sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "SmsStatus": "received",
        "To": "+525500001111",
    }
