# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""create-task goes wrong: it is sent once, and what is certain is told from what is not."""

from __future__ import annotations

import base64
import gzip
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from clients import PATIENCE, Client, closed_port
from sandbox.process import Sandbox
from told_of_an_error import all_that_is_told

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.errors import (
    BusyError,
    CancelledError,
    ConnectionFailedError,
    CredentialsError,
    Hitem3DError,
    ServiceError,
    ServiceUnavailableError,
    UncertainError,
)
from hitem3d_addon.core.service.client import AuthScheme, Hitem3DClient
from hitem3d_addon.core.task import SegmentationRequest


@pytest.fixture
def large_mesh(tmp_path: Path) -> Path:
    """30 MB of nothing in an STL: more than the sockets of both sides hold."""
    file = tmp_path / "large.stl"
    with file.open("wb") as stream:
        stream.truncate(30_000_000)
    return file


AFTER = {"on": "create-task", "when": "received"}


@pytest.mark.parametrize(
    "change",
    [
        {"set": {"code": "200"}},
        {"set": {"code": 0}},
        {"unset": ["code"]},
        {"set": {"message": "ok"}, "unset": ["msg"]},
    ],
)
def test_a_task_id_is_never_lost_over_the_envelope(
    sandbox: Sandbox, client: Client, mesh: Path, change: dict[str, Any]
) -> None:
    sandbox.behave(faults=[{"on": "create-task", "do": "alter", **change}])
    task_id = client().create_task(SegmentationRequest(mesh=mesh))
    assert task_id == sandbox.counts()["tasks"][0]["task_id"]


def answers(body: bytes, *lines: str) -> str:
    return base64.b64encode("\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode() + body).decode()


BODY = b'{"code": 200, "data": {"task_id": "segmentation_x"}, "msg": "success"}'


@pytest.mark.parametrize(
    "answer",
    [
        answers(gzip.compress(BODY), "Content-Encoding: gzip"),
        answers(gzip.compress(BODY), "Content-Encoding: gzip", f"Content-Length: {len(gzip.compress(BODY))}"),
        answers(
            b"5\r\n" + BODY[:5] + b"\r\n%x\r\n" % len(BODY[5:]) + BODY[5:] + b"\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked",
        ),
        answers(BODY),
        answers(BODY, f"Content-Length: {len(BODY)}", "Connection: keep-alive"),
        answers(b"\xef\xbb\xbf" + BODY, "Content-Type: text/html"),
    ],
)
def test_a_task_id_is_never_lost_over_http(sandbox: Sandbox, client: Client, mesh: Path, answer: str) -> None:
    sandbox.behave(faults=[AFTER | {"do": "raw", "base64": answer}])
    assert client().create_task(SegmentationRequest(mesh=mesh)) == "segmentation_x"


def test_an_answer_that_trickles_in_is_read_to_its_end(client: Client, mesh: Path) -> None:
    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY))
        for byte in BODY:
            connection.sendall(bytes([byte]))
            time.sleep(0.01)

    with listening(trickle) as url:
        service = Hitem3DClient(url, Credentials(token="t"), scheme=AuthScheme.TOKEN, timeouts=PATIENCE)
        assert service.create_task(SegmentationRequest(mesh=mesh)) == "segmentation_x"


def test_an_answer_that_trickles_in_for_ever_is_given_up(client: Client, mesh: Path) -> None:
    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2000):
            connection.sendall(b" ")
            time.sleep(0.01)

    with listening(trickle) as url:
        service = Hitem3DClient(url, Credentials(token="t"), scheme=AuthScheme.TOKEN, timeouts=PATIENCE)
        started = time.monotonic()
        with pytest.raises(UncertainError):
            service.create_task(SegmentationRequest(mesh=mesh))
        assert time.monotonic() - started < 15, "the whole answer takes longer"


@pytest.mark.parametrize(
    ("status", "kind"), [(413, ServiceError), (429, BusyError), (500, ServiceUnavailableError), (401, CredentialsError)]
)
def test_an_answer_before_the_body_has_ended(large_mesh: Path, status: int, kind: type[Hitem3DError]) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 %d Early\r\nContent-Length: 0\r\n\r\n" % status)
        connection.shutdown(socket.SHUT_WR)
        time.sleep(0.5)

    with listening(refuse, read_body=False) as url:
        service = Hitem3DClient(url, Credentials(token="t"), scheme=AuthScheme.TOKEN, timeouts=PATIENCE)
        with pytest.raises(kind) as raised:
            service.create_task(SegmentationRequest(mesh=large_mesh))
        assert type(raised.value) is kind


def test_cancel_stops_an_upload(sandbox: Sandbox, client: Client, large_mesh: Path) -> None:
    sandbox.behave(upload_rate=500_000)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    started = time.monotonic()
    with pytest.raises(CancelledError, match="Nothing was charged"):
        client().create_task(SegmentationRequest(mesh=large_mesh), cancelled=stop.is_set)
    assert time.monotonic() - started < 30, "the whole model takes twice as long"
    sandbox.behave(upload_rate=0)
    end = time.monotonic() + 30
    while not sandbox.counts()["uploads_aborted"] and time.monotonic() < end:
        time.sleep(0.05)
    counts = sandbox.counts()
    assert (counts["uploads_aborted"], counts["tasks_created"]) == (1, 0)


def test_nothing_listens(mesh: Path) -> None:
    service = Hitem3DClient(f"http://127.0.0.1:{closed_port()}", Credentials(token="geheim"))
    sends: list[int] = []
    with pytest.raises(ConnectionFailedError, match="the connection is refused") as raised:
        service.create_task(SegmentationRequest(mesh=mesh), on_send=lambda: sends.append(1))
    assert sends == []
    assert "geheim" not in all_that_is_told(raised.value)
    service = Hitem3DClient(service.api_url, Credentials(token="geheim"), scheme=AuthScheme.TOKEN)
    with pytest.raises(ConnectionFailedError, match="the connection is refused"):
        service.create_task(SegmentationRequest(mesh=mesh), on_send=lambda: sends.append(1))
    assert sends == []


def test_a_name_that_nobody_knows(mesh: Path) -> None:
    with pytest.raises(ConnectionFailedError, match=re.escape("hitem3d.invalid can't be found")):
        Hitem3DClient("https://hitem3d.invalid", Credentials(token="t")).balance()


@contextmanager
def listening(talk: Callable[[socket.socket], None], *, read_body: bool = True) -> Iterator[str]:
    """A server that reads one request at a time, up to the end of a form, and then says what ``talk`` says."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                data = b""
                while not data.endswith(b"--\r\n" if read_body else b"\r\n\r\n") and (piece := connection.recv(65536)):
                    data += piece
                    if not read_body and b"\r\n\r\n" in data:
                        break
                try:
                    talk(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
