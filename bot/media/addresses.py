"""Which network addresses pictures may be fetched from: public ones, or loopback by an allowed name."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")


def is_loopback_name(host: str) -> bool:
    """Whether the name itself says loopback (RFC 6761): a literal loopback address, localhost or below it."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def may_connect(host: str, address: str) -> bool:
    """Whether a host may be reached at an address it resolved to."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    inner = _inner(parsed)
    if is_loopback_name(host):
        return inner.is_loopback
    return inner.is_global and parsed.is_global and not inner.is_multicast


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for (mapped, 6to4, Teredo, NAT64), else itself."""
    if isinstance(address, IPv4Address):
        return address
    teredo = address.teredo[1] if address.teredo is not None else None
    nat64 = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    return address.ipv4_mapped or address.sixtofour or teredo or nat64 or address
