# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Web addresses that keys or models may go to, and how one is shown to the user."""

from __future__ import annotations

import functools
import ipaddress
from urllib.parse import urlsplit, urlunsplit

from .errors import InputError
from .values import is_web_address


@functools.lru_cache(maxsize=20)  # asked for by every drawing of a panel
def check_api_url(address: str) -> str:
    """The service's address in the one form that is compared and stored: no slash at the end, host in lower case.

    https, or http on this machine (what the local Hitem3D speaks): a key must not cross a network in the clear.
    Raises InputError.
    """
    address = address.strip()
    if not is_safe_address(address, loopback=True):
        raise InputError(
            "This can't be the service's address: {address}. It has to begin with https:// "
            "(http:// only for this computer). Change it in the preferences.",
            address=shown(address),
        )
    parts = urlsplit(address)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InputError(
            "The service's address must hold neither a user name nor a password nor a question: {address}. "
            "Change it in the preferences.",
            address=shown(address),
        )
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"), "", ""))


def is_safe_address(address: str, *, loopback: bool) -> bool:
    """Whether a request may go there: https to anywhere, and with ``loopback`` http to this machine.

    A backslash is refused because parsers of addresses disagree on where the host ends there.
    """
    if not is_web_address(address) or "\\" in address:
        return False
    parts = urlsplit(address)
    try:
        parts.port  # noqa: B018 (raises for what is no port)
    except ValueError:
        return False
    return parts.scheme == "https" or (loopback and is_loopback(address))


@functools.lru_cache(maxsize=20)
def is_loopback(address: str) -> bool:
    """Whether the address is on this machine: localhost, 127.0.0.0/8 or ::1. No name is looked up."""
    host = _host(address)
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shown(address: str) -> str:
    """What a sentence may say of an address: host and port; never the user name, password, path or signature."""
    try:
        port = urlsplit(address).port
    except ValueError:
        port = None
    host = _host(address)
    if ":" in host:
        host = f"[{host}]"
    return (f"{host}:{port}" if port else host)[:200] or "(no host)"


def without_user(address: str) -> str:
    """The address without user name, password and fragment."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
