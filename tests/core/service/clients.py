# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the client share: keys, waiting, servers of their own, and what no error may tell."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.process import Sandbox
from told_of_an_error import all_that_is_told

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.service.client import Hitem3DClient
from hitem3d_addon.core.service.transport import Timeouts

Client = Callable[..., Hitem3DClient]
PATIENCE = Timeouts(connect=5, read=2, create=2, download=2)


def keys(sandbox: Sandbox) -> Credentials:
    return Credentials(access_key=sandbox.access_key, secret_key=sandbox.secret_key)


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(client: Hitem3DClient, task_id: str) -> str:
    """The link to the result."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        status = client.query_task(task_id)
        if status.state in ("success", "failed"):
            return next(iter(status.urls), "")
        time.sleep(0.05)
    raise TimeoutError(task_id)


def check_silent(error: BaseException, sandbox: Sandbox) -> None:
    told = all_that_is_told(error)
    for secret in (sandbox.token, sandbox.access_key, sandbox.secret_key, "auth_key", "Kundenname"):
        assert secret not in told


@contextmanager
def serving(
    answer: Callable[[str], tuple[int, dict[str, Any]]], context: ssl.SSLContext | None = None
) -> Iterator[int]:
    """A service at a free port that answers GETs by their path, with TLS where a context is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, envelope = answer(self.path.partition("?")[0])
            body = json.dumps(envelope).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
