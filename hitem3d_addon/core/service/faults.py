# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why no answer came, in words that may be shown, made of what requests, urllib3 and the system raise."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Callable
from enum import Enum, auto
from typing import TypeVar

T = TypeVar("T")


class FaultKind(Enum):
    """What to tell the user, and nothing finer."""

    NAME = auto()
    """The host name can't be looked up."""
    REFUSED = auto()
    """Nothing listens there."""
    TIMEOUT = auto()
    TLS = auto()
    """The other side can't prove who it is, or does not speak TLS."""
    PROXY = auto()
    PROXY_ADDRESS = auto()
    """What names the proxy is no address."""
    SOCKS = auto()
    """A SOCKS proxy, which takes a Python module that is not there."""
    OTHER = auto()


class NoAnswerError(Exception):
    """No (whole) answer came.

    It stands in for the exceptions of requests and urllib3, whose texts hold the address with its signature, or a
    proxy's password, and which therefore are not chained: it names their classes and the operating system's word.
    """

    def __init__(self, kind: FaultKind, reason: str, classes: str) -> None:
        super().__init__(f"{reason} ({classes})")
        self.kind = kind
        self.reason = reason


def guarded(call: Callable[[], T]) -> T:
    """What the call gives. What requests and urllib3 raise becomes a NoAnswerError, and is not kept as its context."""
    import requests
    import urllib3

    try:
        return call()
    except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
        fault = _no_answer(error)
    raise fault


def _no_answer(error: BaseException) -> NoAnswerError:
    import requests

    causes = _causes(error)

    def has(*classes: type[BaseException]) -> bool:
        return any(isinstance(cause, classes) for cause in causes)

    broken_off = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
    reasons = requests.exceptions
    if has(reasons.ProxyError, reasons.InvalidProxyURL, reasons.InvalidSchema):
        kind = FaultKind.PROXY
    elif has(socket.gaierror):
        kind = FaultKind.NAME
    elif has(ConnectionRefusedError):
        kind = FaultKind.REFUSED
    elif has(TimeoutError, requests.Timeout):
        kind = FaultKind.TIMEOUT
    elif has(reasons.SSLError, ssl.SSLError) and not has(*broken_off):
        kind = FaultKind.TLS
    else:
        kind = FaultKind.OTHER
    classes = ", ".join(type(cause).__qualname__ for cause in causes)
    return NoAnswerError(kind, next(filter(None, map(_word, reversed(causes))), "it was closed"), classes)


def _causes(error: BaseException) -> list[BaseException]:
    """The exception and all that it holds: the libraries keep the reason in args, in .reason, or in the chain."""
    found: list[BaseException] = []
    left: list[object] = [error]
    while left:
        cause = left.pop(0)
        if isinstance(cause, BaseException) and not any(cause is known for known in found):
            found.append(cause)
            left += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]
    return found


def _word(cause: BaseException) -> str:
    """What the system, TLS or the proxy says, of which the wording is known to hold no address."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    if isinstance(cause, ssl.SSLError):
        return (cause.reason or "").replace("_", " ").lower()
    if type(cause).__name__ == "CertificateError":  # urllib3 1.26's own, of addresses in numbers
        return "the certificate belongs to another host"
    if isinstance(cause, OSError):
        if tunnel := re.search(r"Tunnel connection failed: (\d{3} [\w ]{0,60})", str(cause)):
            return tunnel[1].strip()
        return cause.strerror or ("timed out" if isinstance(cause, TimeoutError) else "")
    return ""
