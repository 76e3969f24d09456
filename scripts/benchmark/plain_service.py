# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that costs next to nothing: it throws away what it is sent and gives everybody the same result.

The sandbox parses, hashes, keeps and cuts what it gets, so with 200 MB it would be the sandbox that is measured.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

BLOCK = 1 << 20


class PlainService:
    """A context manager: the service in a process of its own, at ``url``.

    A task is done after so many seconds; its result has so many bytes, a GLB by its head. ``retry_after`` are the
    seconds until the next question, as query-task's answers say; "": they say nothing. ``rate`` is how many bytes
    a second it takes and gives at most; 0: all it can.
    """

    def __init__(
        self, *, seconds: float = 0.0, result_bytes: int = 1000, retry_after: str = "1", rate: float = 0.0
    ) -> None:
        self._options = (seconds, result_bytes, retry_after, rate)

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, *self._options), daemon=True)
        self._process.start()
        self.url = str(ours.recv())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def environ(self) -> dict[str, str]:
        """What leads the add-on here."""
        return {"HITEM3D_API_URL": self.url, "HITEM3D_TOKEN": "token"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    seconds: float
    result: bytes
    retry_after: str
    rate: float
    due: dict[str, float]
    numbers = itertools.count(1)

    def do_POST(self) -> None:
        left, buffer = int(self.headers["Content-Length"]), memoryview(bytearray(BLOCK))
        while left:
            count = self.rfile.readinto(buffer[: min(left, BLOCK)])
            if not count:
                return
            left -= count
            self._pace(count)
        task_id = f"segmentation_{next(self.numbers):08}"
        self.due[task_id] = time.monotonic() + self.seconds
        self._answer({"task_id": task_id})

    def do_GET(self) -> None:
        if self.path.startswith("/result"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.result)))
            self.end_headers()
            for start in range(0, len(self.result), BLOCK):
                self.wfile.write(self.result[start : start + BLOCK])
                self._pace(BLOCK)
            return
        task_id = self.path.rpartition("task_id=")[2]
        if task_id not in self.due:
            self._answer({}, 40010000, "task not found")
        elif time.monotonic() < self.due[task_id]:
            self._answer({"task_id": task_id, "state": "processing"})
        else:
            url = f"http://{self.headers['Host']}/result/{task_id}"
            self._answer({"task_id": task_id, "state": "success", "url": url})

    def _answer(self, data: dict[str, Any], code: int = 200, message: str = "success") -> None:
        body = json.dumps({"code": code, "data": data, "msg": message}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.retry_after:
            self.send_header("Retry-After", self.retry_after)
        self.end_headers()
        self.wfile.write(body)

    def _pace(self, count: int) -> None:
        if self.rate:
            time.sleep(count / self.rate)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: it would be on the standard error for each request."""


def _serve(pipe: Connection, seconds: float, result_bytes: int, retry_after: str, rate: float) -> None:
    _Handler.seconds, _Handler.retry_after, _Handler.rate, _Handler.due = seconds, retry_after, rate, {}
    size = max(20, result_bytes)
    _Handler.result = (b"glTF" + (2).to_bytes(4, "little") + size.to_bytes(4, "little")).ljust(size, b"\0")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    pipe.send(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()


if __name__ == "__main__":
    sys.exit("This is started by the benchmark.")
