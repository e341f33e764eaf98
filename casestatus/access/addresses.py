"""What counts as one address: an IPv4 address, an IPv6 /64 in a /48."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network


@dataclass(frozen=True)
class Origin:
    """Where a try comes from: the address, and for IPv6 the network that one subscriber may own whole."""

    address: str
    network: str | None


def origin_of(address: str) -> Origin:
    """The origin of an IP address. Raises ValueError if it is none: no limiter, no verification."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is None:
        host = str(ip).partition("%")[0]
        return Origin(*(str(ip_network((host, length), strict=False)) for length in (64, 48)))
    return Origin(str(getattr(ip, "ipv4_mapped", None) or ip), None)
