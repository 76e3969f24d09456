# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP request and its answer: what stands between the service's client and ``requests``.

``requests`` is imported when the first request is made. Its adapter is used without its Session, because a Session
follows redirects, reads their bodies without a bound, replaces the Authorization header by what ~/.netrc says, and
keeps cookies: none of that may happen to a request that costs money or to a signed link.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..address import is_loopback, shown
from ..errors import ConnectionFailedError, InputError, MissingError
from .faults import FaultKind, NoAnswerError, guarded

if TYPE_CHECKING:
    from requests import Response as RequestsResponse
    from requests.adapters import HTTPAdapter

_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds without anything from the other side."""

    connect: float = 30.0
    """To connect and, since urllib3 leaves it on the socket, for each block of a body to leave."""
    read: float = 30.0
    """For the answer to a request that changes nothing."""
    create: float = 300.0
    """For create-task's answer: giving up early would leave a task behind that may have been paid for."""
    download: float = 60.0


class Response:
    """The head of an answer, and its body on demand."""

    def __init__(self, response: RequestsResponse) -> None:
        self._response = response
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers

    @property
    def length(self) -> int | None:
        """Bytes that the body has on the wire, where it is said; in a chunked answer it says nothing."""
        if "Transfer-Encoding" in self.headers:
            return None
        text = self.headers.get("Content-Length", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None

    def read(self, limit: int, within: float) -> bytes | None:
        """The whole body, or None if it is longer than ``limit`` bytes or can't be unpacked.

        ``within`` seconds in all, and it is read in small pieces, because the socket's own timeout begins anew with
        each byte that trickles in. Raises NoAnswerError.
        """
        end = time.monotonic() + within
        body = bytearray()
        for block in self._unpacked(self._wire(16, self._response.raw.read)):
            body += block
            if len(body) > limit:
                return None
            if time.monotonic() > end:
                raise NoAnswerError(FaultKind.TIMEOUT, f"not complete after {within:.0f} seconds", "deadline")
        return bytes(body)

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """The body piece by piece, as soon as each arrives, after the count of bytes on the wire so far.

        Raises NoAnswerError, also when the connection ends before the announced length.
        """
        raw = self._response.raw
        count = 0

        def counted() -> Iterator[bytes]:
            nonlocal count
            # urllib3 2 gives what is there; 1.26 has no read1, and its read waits for a full block.
            read1 = getattr(raw, "read1", None)
            for block in self._wire(_BLOCK, read1) if read1 else self._wire(4096, raw.read):
                count += len(block)
                yield block

        for block in self._unpacked(counted()):
            yield count, block

    def _wire(self, size: int, read: Callable[..., bytes]) -> Iterator[bytes]:
        count, length = 0, self.length
        while length is None or count < length:
            wanted = size if length is None else min(size, length - count)
            block = guarded(partial(read, wanted, decode_content=False))
            if not block:
                break
            count += len(block)
            yield block
        if length is not None and count < length:
            raise NoAnswerError(FaultKind.OTHER, f"{length - count} bytes are missing", "short body")

    def _unpacked(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Undo gzip or deflate, which is not asked for and comes all the same; a piece never grows past a block."""
        if self.headers.get("Content-Encoding", "identity").lower() not in ("gzip", "x-gzip", "deflate"):
            yield from blocks
            return
        unpacker = zlib.decompressobj(32 + zlib.MAX_WBITS)
        for block in blocks:
            while block and not unpacker.eof:
                try:
                    piece = unpacker.decompress(block, _BLOCK)
                except zlib.error:
                    raise NoAnswerError(FaultKind.OTHER, "the answer is packed wrongly", "zlib.error") from None
                block = unpacker.unconsumed_tail
                yield piece
        yield unpacker.flush()
        if not unpacker.eof:
            raise NoAnswerError(FaultKind.OTHER, "the packed answer has no end", "short body")


def check_requests() -> None:
    """Raise MissingError where there is no ``requests``, without loading it: loading takes a tenth of a second."""
    if importlib.util.find_spec("requests") is None:
        raise _no_requests()


class Transport:
    """Sends requests; safe to share between threads. ``close`` ends the kept connections."""

    def __init__(self, *, user_agent: str, ca_file: Path | None = None, timeouts: Timeouts | None = None) -> None:
        self.timeouts = timeouts or Timeouts()
        self._user_agent = user_agent
        self._ca_file = ca_file
        self._lock = threading.Lock()
        self._kept: HTTPAdapter | None = None

    @contextmanager
    def exchange(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes] | None = None,
        read_timeout: float,
        fresh: bool = False,
    ) -> Iterator[Response]:
        """Send one request, once, and give its answer; redirects are answers like others.

        ``fresh`` is for what must not meet a kept connection that died unnoticed, in a sleep or in a firewall.
        Exceptions that the body's iterator raises pass through. Raises NoAnswerError, InputError for an unusable
        certificate file, and MissingError without ``requests``.
        """
        adapter = _adapter() if fresh else self._shared()
        response = None
        try:
            with _quiet.exchange():
                response = self._send(adapter, method, address, headers, body, read_timeout)
                yield Response(response)
        finally:
            if response is not None:
                response.close()
            if fresh:
                adapter.close()

    def close(self) -> None:
        with self._lock:
            if self._kept:
                self._kept.close()
            self._kept = None

    def failure(self, fault: NoAnswerError, address: str) -> ConnectionFailedError:
        """The sentence for a request of which nothing came; it says which proxy and certificate file were in use."""
        host = shown(address)
        proxy = _proxy(address)
        ca_file = self._verify()
        match fault.kind:
            case FaultKind.TLS:
                return ConnectionFailedError(
                    "The connection to {host} is not safe: {reason}. In a studio network this is usually a proxy with "
                    "a certificate of its own: choose its certificate file in the preferences. "
                    "Proxy: {proxy}, certificate file: {ca_file}.",
                    host=host,
                    reason=fault.reason,
                    proxy=shown(proxy) if proxy else "-",
                    ca_file=ca_file if isinstance(ca_file, str) else _bundled(),
                )
            case FaultKind.PROXY:
                return ConnectionFailedError(
                    "The proxy {proxy} does not let Hitem3D through: {reason}. "
                    "Check the system's proxy settings or HTTPS_PROXY and NO_PROXY.",
                    proxy=shown(proxy) if proxy else "-",
                    reason=fault.reason,
                )
            case FaultKind.PROXY_ADDRESS:
                return ConnectionFailedError(
                    "The address of the proxy can't be used ({proxy}). Write it as http://host:port in HTTPS_PROXY or "
                    "in the system's proxy settings.",
                    proxy=shown(proxy),
                )
            case FaultKind.SOCKS:
                return ConnectionFailedError(
                    "The proxy {proxy} is a SOCKS proxy, for which this Blender's Python lacks the module PySocks. "
                    "Name an HTTP proxy in HTTPS_PROXY, or install PySocks into Blender's Python.",
                    proxy=shown(proxy),
                )
            case FaultKind.NAME:
                return ConnectionFailedError(
                    "The name {host} can't be found on the network. Check the connection to the internet and the "
                    "service's address in the preferences, then try again.",
                    host=host,
                )
            case FaultKind.REFUSED:
                return ConnectionFailedError(
                    "Nothing answers at {host}: the connection is refused. Check the service's address in the "
                    "preferences and the firewall, then try again.",
                    host=host,
                )
            case FaultKind.TIMEOUT:
                return ConnectionFailedError(
                    "No answer from {host} in time. Check the connection to the internet, or try again later.",
                    host=host,
                )
            case _:
                return ConnectionFailedError(
                    "The connection to {host} broke ({reason}). Check the connection to the internet and try again.",
                    host=host,
                    reason=fault.reason,
                )

    def _send(
        self,
        adapter: HTTPAdapter,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes] | None,
        read_timeout: float,
    ) -> RequestsResponse:
        import requests

        verify = self._verify()
        if isinstance(verify, str) and not Path(verify).exists():
            raise InputError(
                "The certificate file is not there: {file}. Choose another in the preferences, "
                "or correct REQUESTS_CA_BUNDLE or SSL_CERT_FILE.",
                file=verify,
            )
        everywhere = {
            "User-Agent": self._user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Accept-Language": "en-US",  # the service's messages are Chinese otherwise
        }

        proxies = _proxies(address)
        _check_proxy(_proxy(address))

        def send() -> RequestsResponse:
            request = requests.Request(method, address, headers={**everywhere, **headers}, data=body).prepare()
            timeout = (self.timeouts.connect, read_timeout)
            return adapter.send(request, stream=True, timeout=timeout, verify=verify, proxies=proxies)

        return guarded(send)

    def _shared(self) -> HTTPAdapter:
        with self._lock:
            if self._kept is None:
                self._kept = _adapter()
            return self._kept

    def _verify(self) -> str | bool:
        """The certificates to trust: the preference, else the environment's file or folder, else certifi's (True)."""
        if self._ca_file:
            return str(self._ca_file)
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
            if os.environ.get(name):
                return os.environ[name]
        return True


def _adapter() -> HTTPAdapter:
    """An adapter without retries of its own, which is what requests promises for max_retries=0."""
    try:
        from requests.adapters import HTTPAdapter
    except ImportError as error:
        raise _no_requests() from error
    return HTTPAdapter(max_retries=0, pool_maxsize=16)


def _no_requests() -> MissingError:
    return MissingError(
        "This Blender has no “requests” module, which Hitem3D needs to reach the service. "
        "Use Blender from blender.org, or install the package python3-requests of your system."
    )


def _proxies(address: str) -> dict[str, str]:
    """The system's proxies; none for this machine: no proxy may see a key that stays here."""
    if is_loopback(address):
        return {}
    from requests.utils import get_environ_proxies

    found = get_environ_proxies(address)
    # As other programs read "host:port"; requests takes the host of it for a scheme.
    return {scheme: proxy if "://" in proxy else f"http://{proxy}" for scheme, proxy in found.items() if proxy}


def _check_proxy(proxy: str) -> None:
    """Raise NoAnswerError for a proxy that can't be spoken to: requests says it in many ways, and names no cause."""
    if not proxy:
        return
    try:
        parts = urlsplit(proxy)
        scheme = parts.scheme if parts.hostname and parts.port != 0 else ""
    except ValueError:
        scheme = ""
    if scheme.startswith("socks"):
        if importlib.util.find_spec("socks") is None:
            raise NoAnswerError(FaultKind.SOCKS, "no module for SOCKS", "PySocks")
    elif scheme not in ("http", "https"):
        raise NoAnswerError(FaultKind.PROXY_ADDRESS, "no address of a proxy", "proxy")


def _bundled() -> str:
    """The certificates that `requests` brings: in an old Blender they are old, too."""
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    return str(DEFAULT_CA_BUNDLE_PATH)


def _proxy(address: str) -> str:
    from requests.utils import select_proxy

    return select_proxy(address, _proxies(address)) or ""


class _QuietFilter(logging.Filter):
    """Keeps urllib3 from logging addresses, which may be signed links, in threads that are inside an exchange."""

    _loggers = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry")

    def __init__(self) -> None:
        super().__init__()
        self._inside = threading.local()

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(self._inside, "exchange", False)

    @contextmanager
    def exchange(self) -> Iterator[None]:
        for name in self._loggers:
            logging.getLogger(name).addFilter(self)  # adds it once
        self._inside.exchange = True
        try:
            yield
        finally:
            self._inside.exchange = False


_quiet = _QuietFilter()
