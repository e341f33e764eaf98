"""What every door needs of the process, and what it reads off a request."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address

from fastapi import Request

from casestatus.access.hashing import HashingRoom
from casestatus.access.last_seen import LastSeen
from casestatus.access.pace import Pace
from casestatus.access.sign_in import Door
from casestatus.cases.office_calendars import OfficeCalendars
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.offices.help_places import HelpPlaces
from casestatus.settings import Network, Settings
from casestatus.telemetry import Log
from casestatus.web.shelf import Shelves
from casestatus.wording import Language, negotiate

log = Log()

LANGUAGE_COOKIE = "idioma"


@dataclass(frozen=True)
class Service:
    """The parts of one web process."""

    settings: Settings
    database: Database
    keys: KeyRing
    hashing: HashingRoom
    last_seen: LastSeen
    pace: Pace
    calendars: OfficeCalendars
    help_places: HelpPlaces
    shelves: Shelves
    proxy_doubted: threading.Event = field(default_factory=threading.Event)  # said once in the process's life

    @property
    def door(self) -> Door:
        """What a sign-in needs."""
        settings = self.settings
        return Door(self.database, self.keys, settings.limits, settings.pin_digits, self.hashing)

    @property
    def notice_delay(self) -> timedelta:
        return timedelta(minutes=self.settings.notice_delay_minutes)


def service_of(request: Request) -> Service:
    """The process's parts."""
    service: Service = request.app.state.service
    return service


def language_of(request: Request) -> Language:
    """The language to answer in: her own choice first, else what the browser asks for, else Spanish."""
    return negotiate(request.headers.get("accept-language"), request.cookies.get(LANGUAGE_COOKIE))


def address_of(request: Request) -> str:
    """The caller's IP address: the last one in X-Forwarded-For that no trusted proxy of ours has."""
    peer, service = request.client.host if request.client else "::", service_of(request)
    proxies = service.settings.trusted_proxies
    hops = [hop.strip() for hop in ",".join(request.headers.getlist("x-forwarded-for")).split(",") if hop.strip()]
    if hops and not _is_trusted(peer, proxies):
        _doubt_proxy(service)
    address = peer
    while hops and _is_trusted(address, proxies):
        address = hops.pop()
    return address if _is_address(address) else peer


def _doubt_proxy(service: Service) -> None:
    """Tell the operator, once, that a proxy we weren't told of stands before us (or that somebody makes one up)."""
    if service.settings.in_demo or service.proxy_doubted.is_set():
        return
    service.proxy_doubted.set()
    log.warning(
        "proxy_not_trusted",
        setting="CASESTATUS_TRUSTED_PROXIES",
        meaning="X-Forwarded-For came from a peer that isn't named there: all visitors behind it look like one address",
    )


def _is_trusted(address: str, proxies: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in proxies)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
