"""What an operator may set, read once from the environment (prefix `CASESTATUS_`) and from `.env`."""

import re
from datetime import datetime, time
from enum import StrEnum
from importlib.resources import files
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from casestatus.settings.limits import CENTURY, Limits

Network = IPv4Network | IPv6Network
MAIL_SERVER = re.compile(r"(smtp|smtps|smtp\+starttls)://([^@/?#]*@)?([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?/?")
SENDER = re.compile(r"[A-Za-z0-9._-]{1,30}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")  # room for +token: RFC 5321 §4.5.3.1.1
NAME = r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?"
HOST = re.compile(rf"(\*|(\*\.)?{NAME}|\[[0-9a-fA-F:.]+\])(:\d{{1,5}})?")
SHORTEST_TOKEN = 16

__all__ = [
    "EmailProvider",
    "Environment",
    "Limits",
    "Settings",
    "SmsProvider",
    "is_loopback",
    "read_hours",
    "resource_dir",
]


class Environment(StrEnum):
    """`production` refuses whatever is only good enough for a demo."""

    PRODUCTION = "production"
    DEMO = "demo"


class SmsProvider(StrEnum):
    """Who carries SMS: Twilio, or the demo's own message page."""

    OUTBOX = "outbox"
    TWILIO = "twilio"


class EmailProvider(StrEnum):
    """Who carries e-mail: an SMTP server, or the demo's own message page."""

    OUTBOX = "outbox"
    SMTP = "smtp"


def _networks(value: object) -> object:
    if isinstance(value, str):
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    return value


def _words(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _is_address(value: str) -> bool:
    parts = urlsplit(value)
    named = re.fullmatch(rf"{NAME}|[0-9a-fA-F:.]+", parts.hostname or "")
    return parts.scheme in {"http", "https"} and named is not None and parts.port != 0


class Settings(BaseSettings):
    """All settings but the limits; the meaning of each stands beside it and in `.env.example`."""

    model_config = SettingsConfigDict(env_prefix="CASESTATUS_", env_file=".env", extra="ignore", frozen=True)

    environment: Environment = Environment.PRODUCTION
    database_url: str = "sqlite:///casestatus.db"
    keys: str = "keys.json"
    public_url: str = "http://127.0.0.1:8000"
    service_name: str = Field("Consulta", pattern=r"\S")
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = ()
    trusted_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = ()
    exit_url: str = "https://www.google.com/search?q=clima"
    help_file: str = ""
    sms_provider: SmsProvider = SmsProvider.OUTBOX
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_messaging_service_sid: str = ""
    twilio_from: str = ""
    twilio_second_sender: str = ""
    twilio_api_url: str = "https://api.twilio.com"
    metrics_token: SecretStr = SecretStr("")
    email_provider: EmailProvider = EmailProvider.OUTBOX
    smtp_url: SecretStr = SecretStr("")
    email_from: str = ""
    email_returns: str = ""
    dkim_key: str = ""
    dkim_selector: str = ""
    dkim_domain: str = ""
    notice_delay_minutes: float = Field(15, ge=0, le=CENTURY / 60, allow_inf_nan=False)
    notice_hours: str = "09:00-20:00"
    confirm_stops: bool = True
    pin_digits: int = Field(10, ge=8, le=12)
    releases: Path = Path("releases")
    releases_publisher: str = ""
    releases_contact: str = ""
    releases_url: str = ""
    as_of: datetime | None = None
    limits: Limits = Field(default_factory=Limits)

    @field_validator("public_url", "twilio_api_url")
    @classmethod
    def _is_an_address_without_query(cls, value: str) -> str:
        if not _is_address(value) or urlsplit(value).query or urlsplit(value).fragment:
            raise ValueError("must be an http(s) address without query")
        return value.rstrip("/")

    @field_validator("releases_url")
    @classmethod
    def _is_empty_or_an_address(cls, value: str) -> str:
        return cls._is_an_address_without_query(value) if value else value

    @field_validator("exit_url")
    @classmethod
    def _leads_away(cls, value: str) -> str:
        if not _is_address(value):
            raise ValueError("must be the http(s) address of another page")
        return value

    @field_validator("trusted_hosts")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        hosts = [HOST.fullmatch(host) for host in value]
        if not all(hosts):
            raise ValueError("must be host names such as consulta.example or *.consulta.example, without https://")
        return tuple(host[1] for host in hosts if host)  # the port doesn't matter

    @field_validator("twilio_api_url")
    @classmethod
    def _https_except_on_loopback(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise ValueError("must be https, except on loopback")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: SecretStr) -> SecretStr:
        if value and not MAIL_SERVER.fullmatch(value.get_secret_value()):
            raise ValueError("must look like smtp+starttls://user:password@host:587")
        parts = urlsplit(value.get_secret_value())
        if parts.scheme == "smtp" and not is_loopback(parts.hostname or ""):
            raise ValueError("must use TLS (smtp+starttls:// or smtps://), except on loopback")
        return value

    @field_validator("email_from")
    @classmethod
    def _is_a_sender(cls, value: str) -> str:
        if value and not SENDER.fullmatch(value):
            raise ValueError("must be a bare address, with at most 30 signs and no + before the @")
        return value.lower()

    @field_validator("notice_hours")
    @classmethod
    def _hours_are_readable(cls, value: str) -> str:
        read_hours(value)
        return value

    @field_validator("as_of")
    @classmethod
    def _has_a_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("must carry its zone, as in 2026-11-20T09:00:00-06:00")
        return value

    @property
    def in_demo(self) -> bool:
        return self.environment is Environment.DEMO

    @property
    def over_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def takes_callbacks(self) -> bool:
        """Whether a provider may be told where to call back: never over plain HTTP, but for a stand-in here."""
        reachable = self.over_https or is_loopback(urlsplit(self.public_url).hostname or "")
        return reachable and self.sms_provider is SmsProvider.TWILIO

    @property
    def sends_email(self) -> bool:
        """Whether e-mail leaves this machine."""
        return self.email_provider is EmailProvider.SMTP

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names that requests may carry; the port doesn't matter."""
        named = self.trusted_hosts or (urlsplit(self.public_url).hostname or "",)
        return (*named, "127.0.0.1", "localhost", "[::1]") if self.in_demo else named

    def refusals(self) -> list[str]:
        """Why this can't run in production, in words; empty when it may."""
        if self.in_demo:
            return []
        reasons = [
            (not self.over_https, "CASESTATUS_PUBLIC_URL must begin with https://"),
            (
                self.sms_provider is SmsProvider.OUTBOX,
                "CASESTATUS_SMS_PROVIDER must be twilio: outbox sends nothing",
            ),
            (self.as_of is not None, "CASESTATUS_AS_OF moves the clock and is refused in production"),
            (
                not Path(self.keys).is_file() and not self.keys.startswith("env:"),
                "CASESTATUS_KEYS names no key ring: casestatus keys create FILE",
            ),
        ]
        token = self.metrics_token.get_secret_value()
        too_short = f"CASESTATUS_METRICS_TOKEN is shorter than {SHORTEST_TOKEN} signs"
        reasons.append((0 < len(token) < SHORTEST_TOKEN, too_short))
        return [text for refused, text in reasons if refused] + self._twilio_refusals() + self._email_refusals()

    def _twilio_refusals(self) -> list[str]:
        if self.sms_provider is not SmsProvider.TWILIO:
            return []
        missing = [
            name
            for name, value in (
                ("CASESTATUS_TWILIO_ACCOUNT_SID", self.twilio_account_sid),
                ("CASESTATUS_TWILIO_AUTH_TOKEN", self.twilio_auth_token.get_secret_value()),
                (
                    "CASESTATUS_TWILIO_MESSAGING_SERVICE_SID or CASESTATUS_TWILIO_FROM",
                    self.twilio_messaging_service_sid or self.twilio_from,
                ),
            )
            if not value
        ]
        return [f"{name} is not set" for name in missing]

    def _email_refusals(self) -> list[str]:
        if not self.sends_email:
            return ["CASESTATUS_EMAIL_PROVIDER must be smtp: outbox sends nothing"]
        url = self.smtp_url.get_secret_value()
        reasons = [
            (not url, "CASESTATUS_SMTP_URL is not set"),
            (url.startswith("smtp:"), "CASESTATUS_SMTP_URL must use TLS: smtp+starttls:// or smtps://"),
            (not self.email_from, "CASESTATUS_EMAIL_FROM is not set"),
            (bool(self.dkim_key) and not Path(self.dkim_key).is_file(), "CASESTATUS_DKIM_KEY names no file"),
            (bool(self.dkim_key) and not self.dkim_selector, "CASESTATUS_DKIM_SELECTOR is not set"),
            (
                bool(self.email_returns) and not Path(self.email_returns).is_dir(),
                "CASESTATUS_EMAIL_RETURNS is no folder",
            ),
        ]
        return [text for refused, text in reasons if refused]

    def with_changes(self, **changes: object) -> Self:
        """The same settings but for `changes` (validated)."""
        return self.__class__.model_validate(self.model_dump() | changes)


def read_hours(text: str) -> tuple[time, time]:
    """`09:00-20:00` as two times; `00:00-24:00` (always) ends at midnight. ValueError when it is neither."""
    try:
        opens, closes = (part.strip() for part in text.split("-"))
        begin, end = time.fromisoformat(opens), time(0, 0) if closes == "24:00" else time.fromisoformat(closes)
    except ValueError as error:
        raise ValueError("must look like 09:00-20:00") from error
    if begin.tzinfo or end.tzinfo:  # `09Z` is a time to Python, but whose clock counts stands elsewhere
        raise ValueError("must look like 09:00-20:00")
    return begin, end


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def resource_dir(name: str) -> Path:
    """The folder of `templates` or `migrations`: inside the installed package, or beside it in a checkout."""
    packaged = Path(str(files("casestatus"))) / f"_{name}"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / name
