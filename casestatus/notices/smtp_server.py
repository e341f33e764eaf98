"""The mail server that `SMTP_URL` names."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

PORTS = {"smtp+starttls": 587, "smtps": 465, "smtp": 25}


@dataclass(frozen=True)
class SmtpServer:
    """Where e-mail is handed over; `user` is empty where the server asks for nobody."""

    scheme: str
    host: str
    port: int
    user: str
    password: SecretStr

    @classmethod
    def of(cls, url: SecretStr) -> Self:
        """From an address that the settings let pass."""
        parts = urlsplit(url.get_secret_value())
        user, password = unquote(parts.username or ""), SecretStr(unquote(parts.password or ""))
        return cls(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme], user, password)

    @property
    def tls_at_once(self) -> bool:
        """TLS from the first byte."""
        return self.scheme == "smtps"

    @property
    def starttls(self) -> bool:
        """Plain until both sides agreed on TLS; without it nothing is said."""
        return self.scheme == "smtp+starttls"
