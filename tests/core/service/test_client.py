# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against the sandbox: what is sent, how often, and what is said when it goes wrong."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trimesh
import trustme
from sandbox.behaviour import CHOICES
from sandbox.process import Sandbox
from told_of_an_error import all_that_is_told

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.errors import (
    BusyError,
    CancelledError,
    ConnectionFailedError,
    CredentialsError,
    Hitem3DError,
    InputError,
    ServiceError,
    ServiceUnavailableError,
    UncertainError,
)
from hitem3d_addon.core.service.client import ENDPOINTS, AuthScheme, Hitem3DClient
from hitem3d_addon.core.service.transport import Timeouts
from hitem3d_addon.core.task import SegLevel, SegmentationRequest, ServiceState
from hitem3d_addon.core.values import OutputFormat

Client = Callable[..., Hitem3DClient]
REFUSALS = CHOICES["unauthorized"]
"""All that a refused token was seen to look like."""
PATIENCE = Timeouts(connect=5, read=2, create=2, download=2)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    """Makes clients of the sandbox, with its token unless told otherwise."""
    made: list[Hitem3DClient] = []

    def make(credentials: Credentials | None = None, **options: Any) -> Hitem3DClient:
        credentials = credentials or Credentials(token=sandbox.token)
        made.append(Hitem3DClient(sandbox.url, credentials, **{"timeouts": PATIENCE, **options}))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    """A small GLB under a private name."""
    file = tmp_path / "Kundenname geheim.glb"
    file.write_bytes(trimesh.creation.box().export(file_type="glb"))
    return file


@pytest.fixture
def large_mesh(tmp_path: Path) -> Path:
    """30 MB of nothing in an STL: more than the sockets of both sides hold."""
    file = tmp_path / "large.stl"
    with file.open("wb") as stream:
        stream.truncate(30_000_000)
    return file


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
            return status.url
        time.sleep(0.05)
    raise TimeoutError(task_id)


def check_silent(error: BaseException, sandbox: Sandbox) -> None:
    told = all_that_is_told(error)
    for secret in (sandbox.token, sandbox.access_key, sandbox.secret_key, "auth_key", "Kundenname"):
        assert secret not in told


# ---- what is sent


def test_importing_the_client_does_not_load_requests() -> None:
    code = "import sys, hitem3d_addon.core.service.client; sys.exit('requests' in sys.modules)"
    repository = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=repository, check=False).returncode == 0


def test_every_parameter_arrives(sandbox: Sandbox, client: Client, mesh: Path) -> None:
    request = SegmentationRequest(
        SegLevel.HIGH, OutputFormat.OBJ, mesh=mesh, callback_url="http://127.0.0.1:1/hook?a=ü"
    )
    task_id = client(user_agent="Hitem3D-for-Blender/1.2.3").create_task(request)
    (task,) = sandbox.counts()["tasks"]
    assert task["task_id"] == task_id
    assert (task["seg_level"], task["format"], task["callback_url"]) == ("high", 1, "http://127.0.0.1:1/hook?a=ü")
    assert task["filename"] == "model.glb"
    assert sandbox.mesh(task_id) == mesh.read_bytes()
    headers = task["headers"]
    assert headers["user-agent"] == "Hitem3D-for-Blender/1.2.3"
    assert headers["accept-language"] == "en-US"
    assert set(headers) == {
        "host", "user-agent", "accept", "accept-encoding", "accept-language", "authorization", "content-type",
        "content-length",
    }  # fmt: skip


@pytest.mark.parametrize("level", list(SegLevel))
@pytest.mark.parametrize("kind", list(OutputFormat))
def test_an_address_in_place_of_a_mesh(sandbox: Sandbox, client: Client, level: SegLevel, kind: OutputFormat) -> None:
    client().create_task(SegmentationRequest(level, kind, mesh_url="http://127.0.0.1:1/model.glb"))
    (task,) = sandbox.counts()["tasks"]
    assert (task["seg_level"], task["format"]) == (level.value, kind.value)
    assert (task["mesh_url"], task["filename"], task["bytes"]) == ("http://127.0.0.1:1/model.glb", "", 0)


def test_bad_requests_are_refused_before_anything_is_sent(sandbox: Sandbox, client: Client, mesh: Path) -> None:
    for request in (
        SegmentationRequest(),
        SegmentationRequest(mesh=mesh, mesh_url="https://example.org/a.glb"),
        SegmentationRequest(mesh_url="file:///etc/passwd"),
        SegmentationRequest(mesh=mesh, callback_url="nowhere"),
        SegmentationRequest(mesh=mesh.with_name("none.glb")),
    ):
        with pytest.raises(InputError):
            client().create_task(request)
    assert sandbox.counts()["requests"]["create-task"] == 0


def test_from_the_mesh_to_the_parts(sandbox: Sandbox, client: Client, mesh: Path, tmp_path: Path) -> None:
    service = client(keys(sandbox))
    seen: list[tuple[int, int]] = []
    task_id = service.create_task(SegmentationRequest(mesh=mesh), progress=lambda *now: seen.append(now))
    assert seen[-1][0] == seen[-1][1]
    parts = service.download(wait_for(service, task_id), tmp_path)
    assert parts.name == "result.glb"
    assert len(trimesh.load_scene(parts).geometry) >= 2
    assert service.balance() == sandbox.counts()["credits"]
    counts = sandbox.counts()
    assert counts["requests"]["token"] == 1
    assert counts["results_with_authorization"] == 0


def test_memory_does_not_grow_with_the_model(sandbox: Sandbox, client: Client, tmp_path: Path) -> None:
    file = tmp_path / "large.glb"
    with file.open("wb") as stream:
        stream.truncate(150_000_000)
    service = client(timeouts=Timeouts())
    service.learn_scheme()
    tracemalloc.start()
    try:
        with pytest.raises(ServiceError, match="credits are refunded"):  # it is no GLB inside
            service.create_task(SegmentationRequest(mesh=file))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000
    assert sandbox.counts()["refusals"]["5001001"] == 1


# ---- the scheme and the token


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize(
    ("taken", "learned"), [("token", AuthScheme.TOKEN), ("bearer", AuthScheme.BEARER), ("both", AuthScheme.TOKEN)]
)
def test_the_scheme_is_learned_without_creating_anything(
    sandbox: Sandbox, client: Client, mesh: Path, taken: str, learned: AuthScheme, refusal: str
) -> None:
    sandbox.behave(auth=taken, unauthorized=refusal)
    service = client()
    assert service.learn_scheme() is learned
    assert service.scheme is learned
    assert sandbox.counts()["requests"]["create-task"] == 0
    service.create_task(SegmentationRequest(mesh=mesh))
    counts = sandbox.counts()
    assert (counts["requests"]["create-task"], counts["tasks_created"]) == (1, 1)
    known = client(scheme=learned)
    known.balance()
    assert sandbox.counts()["requests"]["query-task"] == counts["requests"]["query-task"]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_remembered_scheme_that_is_wrong_costs_one_more_upload_and_no_more(
    sandbox: Sandbox, client: Client, mesh: Path, refusal: str
) -> None:
    sandbox.behave(auth="bearer", unauthorized=refusal)
    service = client(scheme=AuthScheme.TOKEN)
    sends: list[int] = []
    service.create_task(SegmentationRequest(mesh=mesh), on_send=lambda: sends.append(1))
    counts = sandbox.counts()
    assert (counts["requests"]["create-task"], counts["tasks_created"], len(sends)) == (2, 1, 2)
    assert service.scheme is AuthScheme.BEARER


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_token_that_nobody_takes_is_said_before_the_model_is_sent(
    sandbox: Sandbox, client: Client, mesh: Path, refusal: str
) -> None:
    sandbox.behave(unauthorized=refusal)
    credentials = Credentials(token="gehe" + "im")
    with pytest.raises(CredentialsError, match="does not take the token") as raised:
        client(credentials).create_task(SegmentationRequest(mesh=mesh))
    assert credentials.token not in all_that_is_told(raised.value)
    assert sandbox.counts()["requests"]["create-task"] == 0


def test_a_create_task_that_always_says_401_is_sent_twice_and_no_more(
    sandbox: Sandbox, client: Client, mesh: Path
) -> None:
    sandbox.behave(faults=[{"on": "create-task", "when": "received", "do": "answer", "code": 401, "times": 0}])
    for credentials in (Credentials(token=sandbox.token), keys(sandbox)):
        before = sandbox.counts()["requests"]["create-task"]
        with pytest.raises(CredentialsError):
            client(credentials).create_task(SegmentationRequest(mesh=mesh))
        assert sandbox.counts()["requests"]["create-task"] == before + 2
    assert sandbox.counts()["tasks_created"] == 0


def test_a_fetched_token_that_expires_is_renewed_once(sandbox: Sandbox, client: Client, mesh: Path) -> None:
    service = client(Credentials(token="expired-token", access_key=sandbox.access_key, secret_key=sandbox.secret_key))
    service.create_task(SegmentationRequest(mesh=mesh))
    assert service.balance() == sandbox.counts()["credits"]
    counts = sandbox.counts()
    assert (counts["requests"]["token"], counts["requests"]["create-task"], counts["tasks_created"]) == (1, 1, 1)


def test_wrong_keys_are_said(sandbox: Sandbox, client: Client) -> None:
    credentials = Credentials(access_key=sandbox.access_key, secret_key="sk_gehe" + "im:ü")
    with pytest.raises(CredentialsError, match="access key and secret key") as raised:
        client(credentials).balance()
    check_silent(raised.value, sandbox)
    assert credentials.secret_key not in all_that_is_told(raised.value)


@pytest.mark.parametrize("token", ["two words", "line\r\nX-Evil: 1", "schlüssel", "“quoted”"])
def test_a_token_that_can_not_be_one_is_not_sent(sandbox: Sandbox, client: Client, token: str) -> None:
    with pytest.raises(CredentialsError, match="Copy it again") as raised:
        client(Credentials(token=token)).balance()
    assert token not in all_that_is_told(raised.value)
    assert sandbox.counts()["schemes"] == {}


def test_no_keys_at_all(client: Client) -> None:
    with pytest.raises(CredentialsError, match="There are no keys"):
        client(Credentials(access_key="only-one")).balance()


def test_many_threads_fetch_one_token(sandbox: Sandbox, client: Client) -> None:
    service = client(keys(sandbox))
    sandbox.behave(faults=[{"on": "token", "do": "pass", "stall": 0.3}])
    balances: list[float] = []
    threads = [threading.Thread(target=lambda: balances.append(service.balance())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert balances == [1000.0] * 8
    counts = sandbox.counts()
    assert (counts["requests"]["token"], counts["requests"]["query-task"]) == (1, 1)


def test_netrc_does_not_replace_the_token(
    sandbox: Sandbox, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert client().balance() == 1000.0
    assert set(sandbox.counts()["schemes"]) == {"Token"}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_revoked_token_is_renewed_once(sandbox: Sandbox, client: Client, mesh: Path, refusal: str) -> None:
    """In use each refusal leads to a new token, and what create-task refused has created nothing."""
    sandbox.behave(unauthorized=refusal)
    service = client(keys(sandbox), scheme=AuthScheme.TOKEN)
    service._authorization._token = "revoked"
    service._authorization._fetched_at = time.monotonic() - 100.0
    service.create_task(SegmentationRequest(mesh=mesh))
    counts = sandbox.counts()
    assert (counts["requests"]["create-task"], counts["requests"]["token"], counts["tasks_created"]) == (2, 1, 1)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_balance_that_takes_another_word_changes_nothing_for_create_task(
    sandbox: Sandbox, client: Client, mesh: Path, refusal: str
) -> None:
    """Its page says Bearer, segmentation's says Token: a model would be uploaded twice each time."""
    sandbox.behave(auth="token", balance_auth="bearer", unauthorized=refusal)
    service = client()
    for _ in range(2):
        assert service.balance() == sandbox.counts()["credits"]
        service.create_task(SegmentationRequest(mesh=mesh))
    counts = sandbox.counts()
    assert (counts["requests"]["create-task"], counts["requests"]["balance"]) == (2, 3)
    assert service.scheme is AuthScheme.TOKEN


def test_a_strange_answer_does_not_show_that_the_word_is_taken(sandbox: Sandbox, client: Client, mesh: Path) -> None:
    """Whatever Token is answered with: only success and "unknown task" count, else Bearer is tried too."""
    sandbox.behave(auth="bearer", faults=[{"on": "query-task", "do": "answer", "code": 20019999, "msg": "no!"}])
    service = client()
    assert service.learn_scheme() is AuthScheme.BEARER


def test_an_unknown_task_in_unknown_words_is_cleared_up_by_the_balance(sandbox: Sandbox, client: Client) -> None:
    """No page says what an unknown task is answered with. The balance then shows that the token is taken."""
    sandbox.behave(faults=[{"on": "query-task", "times": 0, "do": "answer", "code": 20019999, "msg": "no!"}])
    assert client().learn_scheme() is AuthScheme.TOKEN


@pytest.mark.parametrize("family", ["segmentation", "split", "multicolor", "depth"])
def test_a_task_of_a_sibling_is_asked_for_at_its_own_path(
    sandbox: Sandbox, client: Client, mesh: Path, family: str
) -> None:
    sandbox.behave(family=family, seconds=60.0, progress=True)
    task_id = client().create_task(SegmentationRequest(mesh=mesh))
    assert task_id.startswith(f"{family}_")
    before = sandbox.counts()["requests"]["query-task"]
    status = client(scheme=AuthScheme.TOKEN).query_task(task_id)
    assert status.state in ("created", "queueing", "processing")
    assert status.progress is not None and 0 <= status.progress < 100
    assert sandbox.counts()["requests"]["query-task"] == before + 1, "at its path, and at no other before"


# ---- create-task goes wrong: sent once, and what is certain is told from what is not

AFTER = {"on": "create-task", "when": "received"}
HTML = "<html><body>502 Bad Gateway</body></html>"


OVERSIZED = {
    "base64": base64.b64encode(gzip.compress(b" " * 100_000_000)).decode(),
    "headers": {"Content-Encoding": "gzip"},
}
"""100 MB that nobody asked for, in 100 KB."""


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
        assert time.monotonic() - started < 4


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
    sandbox.behave(upload_rate=2_000_000)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    started = time.monotonic()
    with pytest.raises(CancelledError, match="Nothing was charged"):
        client().create_task(SegmentationRequest(mesh=large_mesh), cancelled=stop.is_set)
    assert time.monotonic() - started < 5
    end = time.monotonic() + 5
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


# ---- questions go wrong: asked again by the caller, since asking is free


def test_states_come_through_as_they_are(sandbox: Sandbox, client: Client, mesh: Path) -> None:
    sandbox.behave(seconds=60)
    service = client()
    task_id = service.create_task(SegmentationRequest(mesh=mesh))
    for data, state in [
        ({"state": "paused"}, "paused"),
        ({"state": "Processing"}, "processing"),
        ({"state": None, "status": "queueing"}, "queueing"),
        ({"state": "odd\n\u202estate" * 1000}, None),
    ]:
        sandbox.behave(faults=[{"on": "query-task", "do": "alter", "set": {"data": data}}])
        status = service.query_task(task_id)
        assert status.state == state or (state is None and len(status.state) <= 300 and "\n" not in status.state)
    assert service.query_task(task_id).state in list(ServiceState)


@pytest.mark.parametrize(
    "data",
    [
        {"url": "LINK"},
        {"url": None, "model_url": "LINK"},
        {"url": "", "task_result": {"model_url": "LINK"}},
        {"model_urls": ["LINK"]},
        {"model_urls": {"url": "LINK"}},
        {"items": [{"cover": 1}, {"url": "LINK"}]},
    ],
)
def test_the_link_is_found_where_clients_have_seen_it(
    sandbox: Sandbox, client: Client, mesh: Path, data: dict[str, Any]
) -> None:
    service = client()
    task_id = service.create_task(SegmentationRequest(mesh=mesh))
    wait_for(service, task_id)
    link = "https://cdn.example/r.glb?auth_key=1"
    filled = json.loads(json.dumps({"url": None} | data).replace("LINK", link))
    sandbox.behave(faults=[{"on": "query-task", "do": "alter", "set": {"data": filled}}])
    assert service.query_task(task_id).url == link


@pytest.mark.parametrize("url", ["ftp://x/y", "javascript:alert(1)", 7, ["x"], "http://cdn.example/plain"])
def test_a_link_that_is_none_is_left_out(sandbox: Sandbox, client: Client, mesh: Path, url: object) -> None:
    service = client()
    task_id = service.create_task(SegmentationRequest(mesh=mesh))
    wait_for(service, task_id)
    sandbox.behave(faults=[{"on": "query-task", "do": "alter", "set": {"data": {"url": url}}}])
    assert service.query_task(task_id).url == ""


def test_a_failed_task_says_why(sandbox: Sandbox, client: Client, mesh: Path) -> None:
    sandbox.behave(fail_next=1)
    service = client()
    task_id = service.create_task(SegmentationRequest(mesh=mesh))
    wait_for(service, task_id)
    status = service.query_task(task_id)
    assert status.state == "failed"
    assert "refunded" in str(status.error)
    sandbox.behave(faults=[{"on": "query-task", "do": "answer", "code": "50010001", "msg": "generate failed"}])
    assert service.query_task(task_id).state == "failed"


@pytest.mark.parametrize("task_id", ["nothing", "../../../balance?", "a&b=c#d", "ü /%2e", "\ud800", "", "x" * 3000])
def test_unknown_and_hostile_task_ids(sandbox: Sandbox, client: Client, task_id: str) -> None:
    with pytest.raises(ServiceError, match="does not know this task"):
        client().query_task(task_id)
    assert sandbox.counts()["requests"]["balance"] == 0


@pytest.mark.parametrize(
    ("fault", "retry_after"),
    [
        ({"do": "answer", "status": 500, "text": HTML}, None),
        ({"do": "answer", "status": 503, "text": HTML, "headers": {"Retry-After": "7"}}, 7),
        ({"do": "answer", "status": 429, "headers": {"Retry-After": "3"}}, 3),
        ({"do": "answer", "code": 429, "headers": {"Retry-After": "1"}}, 1),
        ({"do": "answer", "code": 10000000}, None),
        ({"do": "answer", "text": HTML}, None),
        ({"do": "answer", **OVERSIZED}, None),
        ({"do": "answer", "code": 200, "data": {}}, None),
        ({"do": "hang", "times": 2}, None),
        ({"do": "cut", "times": 2}, None),
        ({"do": "reset", "times": 2}, None),
    ],
)
@pytest.mark.parametrize("endpoint", ["query-task", "balance"])
def test_a_question_without_an_answer_may_be_asked_again(
    sandbox: Sandbox, client: Client, fault: dict[str, Any], retry_after: float | None, endpoint: str
) -> None:
    service = client(scheme=AuthScheme.TOKEN, timeouts=Timeouts(read=0.3))
    sandbox.behave(faults=[{"on": endpoint, **fault}])
    ask = service.balance if endpoint == "balance" else lambda: service.query_task("anything")
    with pytest.raises(ServiceUnavailableError) as raised:
        ask()
    assert raised.value.retry_after == retry_after
    check_silent(raised.value, sandbox)
    assert sandbox.counts()["faults_left"] == 0


def test_a_kept_connection_that_died_is_not_noticed(sandbox: Sandbox, client: Client) -> None:
    service = client()
    service.balance()
    sandbox.behave(faults=[{"on": "balance", "do": "cut"}])
    assert service.balance() == 1000.0
    assert sandbox.counts()["requests"]["balance"] == 3


@pytest.mark.parametrize("value", ["14.00", 14, 14.0, "1e1"])
def test_a_balance_is_a_number(sandbox: Sandbox, client: Client, value: object) -> None:
    sandbox.behave(faults=[{"on": "balance", "do": "answer", "code": "200", "data": {"totalBalance": value}}])
    assert client().balance() == float(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, "much", [1], float("inf"), True])
def test_a_balance_that_is_none(sandbox: Sandbox, client: Client, value: object) -> None:
    text = json.dumps({"code": 200, "data": {"totalBalance": value}})
    sandbox.behave(faults=[{"on": "balance", "do": "answer", "text": text}])
    with pytest.raises(ServiceUnavailableError):
        client().balance()


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


def test_the_common_query_is_asked_where_the_family_has_none() -> None:
    asked: list[str] = []

    def answer(path: str) -> tuple[int, dict[str, Any]]:
        asked.append(path)
        if path == "/open-api/v1/query-task":
            return 200, {"code": "200", "data": {"state": "queueing"}, "message": "success"}
        return 404, {"timestamp": 1, "path": path}

    with serving(answer) as port:
        service = Hitem3DClient(f"http://127.0.0.1:{port}", Credentials(token="t"), scheme=AuthScheme.TOKEN)
        assert service.query_task("segmentation_1").state == "queueing"
        service.close()
    assert asked == [ENDPOINTS["segmentation"].query, "/open-api/v1/query-task"]


# ---- proxies and certificates


CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure_url(authority: trustme.CA) -> Iterator[str]:
    """The address of a service on this machine that speaks TLS, with a certificate of a private authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(lambda _path: (200, {"code": 200, "data": {"totalBalance": 5}}), context) as port:
        yield f"https://127.0.0.1:{port}"


@pytest.mark.parametrize("variable", ["preference", *CA_VARIABLES])
def test_a_private_authority_is_trusted_when_told(
    secure_url: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    file = tmp_path / "autorité.pem"
    authority.cert_pem.write_to_path(file)
    for name in CA_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    if variable != "preference":
        monkeypatch.setenv(variable, str(file))
    ca_file = file if variable == "preference" else None
    service = Hitem3DClient(secure_url, Credentials(token="t"), scheme=AuthScheme.TOKEN, ca_file=ca_file)
    assert service.balance() == 5
    service.close()


def test_the_preference_beats_the_environment(
    secure_url: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "right.pem")
    trustme.CA().cert_pem.write_to_path(tmp_path / "wrong.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "wrong.pem"))
    service = Hitem3DClient(secure_url, Credentials(token="t"), scheme=AuthScheme.TOKEN, ca_file=tmp_path / "right.pem")
    assert service.balance() == 5
    service.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_certificate_file_that_is_none(secure_url: str, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content)
    service = Hitem3DClient(secure_url, Credentials(token="t"), scheme=AuthScheme.TOKEN, ca_file=file)
    with pytest.raises((InputError, ConnectionFailedError), match=re.escape(str(file))):
        service.balance()


def test_plain_http_where_tls_is_expected(sandbox: Sandbox) -> None:
    service = Hitem3DClient(sandbox.url.replace("http:", "https:"), Credentials(token="t"))
    with pytest.raises(ConnectionFailedError, match="not safe"):
        service.balance()


def test_a_proxy_that_is_not_there_is_named_without_its_password(
    client: Client, mesh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = closed_port()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://artist:geheim@127.0.0.1:{port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    service = Hitem3DClient("https://api.hitem3d.ai", Credentials(token="t"), scheme=AuthScheme.TOKEN)
    with pytest.raises(ConnectionFailedError, match=f"proxy 127.0.0.1:{port}") as raised:
        service.create_task(SegmentationRequest(mesh=mesh))
    assert "geheim" not in all_that_is_told(raised.value)
    assert client().balance() == 1000.0, "this machine is not asked for through a proxy"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "http://", "http://user:geheim@:x", "127.0.0.1:1"])
def test_a_proxy_setting_that_is_none(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConnectionFailedError) as raised:
        Hitem3DClient("https://api.hitem3d.ai", Credentials(token="t")).balance()
    assert "geheim" not in all_that_is_told(raised.value)


# ---- nothing leaks


def test_nothing_is_logged_of_addresses(
    sandbox: Sandbox, client: Client, mesh: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        service = client()
        task_id = service.create_task(SegmentationRequest(mesh=mesh))
        link = wait_for(service, task_id)
        sandbox.behave(faults=[{"on": "result", "do": "cut"}])
        with pytest.raises(ConnectionFailedError):
            service.download(link, tmp_path)
        service.download(link, tmp_path)
    assert "auth_key" not in caplog.text
    assert sandbox.token not in caplog.text
    assert task_id not in caplog.text


def test_the_client_shows_neither_keys_nor_paths(sandbox: Sandbox, client: Client) -> None:
    assert repr(client()) == f"<Hitem3DClient: {sandbox.url.removeprefix('http://')}>"


def test_a_message_that_repeats_the_token_is_masked(sandbox: Sandbox, client: Client) -> None:
    msg = f"strange: {sandbox.token}"
    sandbox.behave(faults=[{"on": "balance", "do": "answer", "code": 10039999, "msg": msg}])
    with pytest.raises(ServiceError, match="strange: …") as raised:
        client().balance()
    check_silent(raised.value, sandbox)
