# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox keeps to the contract: what it takes, what it refuses and with which code, and what it counts."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import trimesh
from plain_client import API, BALANCE, CREATE, ORDER, QUERY, create, create_id, download, get, glb, post, query, wait
from sandbox.process import Sandbox

# ---- create-task: what is refused ----

MESH: tuple[str, Any] = ("mesh", ("mesh.glb", glb()))
LEVEL: tuple[str, Any] = ("seg_level", (None, "low"))
FORMAT: tuple[str, Any] = ("format", (None, "2"))


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ([MESH, FORMAT], 40000000),
        ([MESH, LEVEL], 40000000),
        ([MESH, LEVEL, LEVEL, FORMAT], 40000000),
        ([MESH, MESH, LEVEL, FORMAT], 40000000),
        ([MESH, LEVEL, FORMAT, ("model", (None, "x"))], 40000000),
        ([MESH, FORMAT, ("seg_level", (None, "LOW"))], 10031004),
        ([MESH, FORMAT, ("seg_level", (None, ""))], 10031004),
        ([MESH, LEVEL, ("format", (None, "6"))], 10031004),
        ([MESH, LEVEL, ("format", (None, "2.0"))], 10031004),
        ([MESH, LEVEL, ("format", (None, " 2"))], 10031004),
        ([MESH, LEVEL, FORMAT, ("mesh_url", (None, "http://127.0.0.1/a.glb"))], 10031007),
        ([LEVEL, FORMAT], 10031008),
        ([LEVEL, FORMAT, ("mesh_url", (None, ""))], 10031008),
        ([LEVEL, FORMAT, ("mesh", ("mesh.glb", b""))], 10031010),
        ([LEVEL, FORMAT, ("mesh", (None, "text"))], 10031010),
        ([LEVEL, FORMAT, ("mesh_url", (None, "ftp://127.0.0.1/a.glb"))], 10031012),
        ([LEVEL, FORMAT, ("mesh_url", (None, "http://127.0.0.1/a b.glb"))], 10031012),
        ([MESH, LEVEL, FORMAT, ("callback_url", (None, "nowhere"))], 10031012),
        ([LEVEL, FORMAT, ("mesh", ("Anna's secret project.glb", glb()))], 40000000),
        ([LEVEL, FORMAT, ("mesh", ("mesh.fbx", glb()))], 40000000),
        ([LEVEL, FORMAT, ("mesh", ("mesh.glb", b"not a model at all"))], 5001001),
        ([LEVEL, FORMAT, ("mesh", ("mesh.stl", glb()))], 5001001),
        ([LEVEL, FORMAT, ("mesh", ("mesh.glb", glb()[:-4]))], 5001001),
        ([LEVEL, FORMAT, ("mesh", ("mesh.glb", glb() + b"1234"))], 5001001),
        ([LEVEL, FORMAT, ("mesh", ("mesh.glb", glb().replace(b'{"', b"{{", 1)))], 5001001),
    ],
)
def test_a_wrong_form_is_refused(sandbox: Sandbox, form: list[tuple[str, Any]], code: int) -> None:
    response = post(sandbox, files=form)
    answer = response.json()
    assert (response.status_code, answer["code"], answer["data"]) == (200, code, {}), answer
    assert sandbox.counts()["tasks_created"] == 0


def test_a_body_that_is_no_form_is_refused(sandbox: Sandbox) -> None:
    assert post(sandbox, json=ORDER).json()["code"] == 10031010


def test_a_chunked_body_is_refused(sandbox: Sandbox) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert post(sandbox, headers=headers, data=iter([b"--x--\r\n"])).status_code == 411


def test_over_200_mb_is_refused(sandbox: Sandbox) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="mesh"; filename="mesh.glb"\r\n\r\n'
    with tempfile.TemporaryFile() as file:
        file.write(head)
        file.seek(len(head) + 200_000_001)
        file.write(b"\r\n--x--\r\n")
        file.seek(0)
        answer = post(sandbox, headers={"Content-Type": "multipart/form-data; boundary=x"}, data=file).json()
    assert answer["code"] == 10031001


def send_raw(sandbox: Sandbox, body: bytes, content_length: int) -> bytes:
    """Send a create-task whose Content-Length says what it likes, say no more, and give all that comes back."""
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = (
            f"POST {CREATE} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Token {sandbox.token}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {content_length}\r\n"
            "Connection: close\r\n\r\n"
        )
        connection.sendall(head.encode() + body)
        if content_length > len(body):
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def raw_form() -> bytes:
    parts = [f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in ORDER.items()]
    mesh = b'--x\r\nContent-Disposition: form-data; name="mesh"; filename="mesh.glb"\r\n\r\n' + glb()
    return b"".join((*parts, mesh, b"\r\n--x--\r\n"))


@pytest.mark.parametrize(("error", "created", "aborted"), [(0, 1, 0), (-8, 0, 0), (8, 0, 1)])
def test_content_length_has_to_be_right(sandbox: Sandbox, error: int, created: int, aborted: int) -> None:
    answer = send_raw(sandbox, raw_form(), len(raw_form()) + error)
    counts = sandbox.counts()
    assert (counts["tasks_created"], counts["uploads_aborted"]) == (created, aborted)
    assert (b'"code": 200' in answer) == bool(created)


# ---- who may ask ----


TAKEN = {"token": ["Token"], "bearer": ["Bearer"], "both": ["Token", "Bearer"]}


@pytest.mark.parametrize("auth", TAKEN)
@pytest.mark.parametrize("scheme", ["Token", "Bearer", "Basic", "token"])
def test_only_the_schemes_it_is_told_to_take(sandbox: Sandbox, auth: str, scheme: str) -> None:
    sandbox.behave(auth=auth)
    response = get(sandbox, QUERY, scheme, task_id="none")
    assert response.json()["code"] == (40040000 if scheme in TAKEN[auth] else 401)
    assert response.status_code == (200 if scheme in TAKEN[auth] else 401)


def test_a_wrong_token_is_refused_in_either_style(sandbox: Sandbox) -> None:
    assert get(sandbox, BALANCE, token="wrong").status_code == 401
    assert requests.get(sandbox.url + BALANCE, timeout=30).status_code == 401
    sandbox.behave(unauthorized="json")
    response = get(sandbox, BALANCE, token="wrong")
    assert (response.status_code, response.json()["code"]) == (200, 401)


def test_a_refused_upload_makes_no_task(sandbox: Sandbox) -> None:
    sandbox.behave(auth="bearer")
    assert create(sandbox).status_code == 401
    assert create(sandbox, scheme="Bearer").json()["code"] == 200
    counts = sandbox.counts()
    assert counts["tasks_created"] == 1
    assert counts["schemes"] == {"Token": 1, "Bearer": 1}


def test_keys_give_a_token_that_ends(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}{API}/auth/token"
    assert requests.post(url, auth=(sandbox.access_key, "wrong"), timeout=30).json()["code"] == 40010000
    assert requests.post(url, timeout=30).json()["code"] == 40010000
    data = requests.post(url, auth=(sandbox.access_key, sandbox.secret_key), json={}, timeout=30).json()["data"]
    assert data["tokenType"] == "Bearer"
    assert get(sandbox, BALANCE, token=data["accessToken"]).json()["code"] == 200
    sandbox.behave(revoke_tokens=True)
    assert get(sandbox, BALANCE, token=data["accessToken"]).status_code == 401
    sandbox.behave(token_seconds=-1)
    data = requests.post(url, auth=(sandbox.access_key, sandbox.secret_key), timeout=30).json()["data"]
    assert get(sandbox, BALANCE, token=data["accessToken"]).status_code == 401


# ---- a task's life ----


def test_states_come_in_order_and_at_their_time(sandbox: Sandbox) -> None:
    sandbox.behave(seconds=1.5)
    began = time.monotonic()
    task_id = create_id(sandbox)
    seen: list[str] = []
    while not seen or seen[-1] not in ("success", "failed"):
        answer = get(sandbox, QUERY, task_id=task_id).json()
        if answer["data"]["state"] not in seen[-1:]:
            seen.append(answer["data"]["state"])
        time.sleep(0.02)
    assert seen == ["created", "queueing", "processing", "success"]
    assert time.monotonic() - began >= 1.5
    assert answer["code"] == 200
    assert answer["msg"] == "success"
    assert answer["data"]["task_id"] == task_id
    assert answer["data"]["id"] == f"{task_id}_0"


def test_seconds_hold_for_tasks_under_way(sandbox: Sandbox) -> None:
    sandbox.behave(seconds=3600)
    task_id = create_id(sandbox)
    assert query(sandbox, task_id)["state"] == "created"
    sandbox.behave(seconds=0)
    assert wait(sandbox, task_id)["state"] == "success"


def test_what_was_sent_is_counted_without_secrets(sandbox: Sandbox) -> None:
    mesh = glb(trimesh.creation.icosphere(2))
    task_id = create_id(sandbox, mesh, seg_level="high", format="3", callback_url="https://example.com/hook")
    wait(sandbox, task_id)
    counts = sandbox.counts()
    (task,) = counts["tasks"]
    assert task["task_id"] == task_id
    assert (task["seg_level"], task["format"], task["filename"]) == ("high", 3, "mesh.glb")
    assert (task["bytes"], task["sha256"]) == (len(mesh), hashlib.sha256(mesh).hexdigest())
    assert task["triangles"] == 320
    assert task["parts"] >= 2
    assert sandbox.mesh(task_id) == mesh
    assert counts["requests"]["create-task"] == 1
    assert counts["requests"]["query-task"] == task["queries"] > 0
    assert task["headers"]["user-agent"].startswith("python-requests")
    assert sandbox.token not in json.dumps(counts)


def test_a_task_costs_credits_and_a_failed_one_gives_them_back(sandbox: Sandbox) -> None:
    def balance() -> float:
        return float(get(sandbox, BALANCE).json()["data"]["totalBalance"])

    sandbox.behave(credits=50, fail_next=1)
    failed = create_id(sandbox)
    assert balance() == 30
    assert wait(sandbox, failed)["state"] == "failed"
    assert balance() == 50
    assert [wait(sandbox, create_id(sandbox))["state"] for _ in range(2)] == ["success"] * 2
    assert create(sandbox).json()["code"] == 30010000
    assert balance() == 10


def test_a_mesh_that_can_not_be_cut_fails_and_is_refunded(sandbox: Sandbox) -> None:
    broken = glb().replace(b'"count":36', b'"count":37', 1)
    assert broken != glb()
    task_id = create_id(sandbox, broken)
    assert wait(sandbox, task_id)["state"] == "failed"
    counts = sandbox.counts()
    assert counts["credits"] == 1000
    assert "accessor" in counts["tasks"][0]["error"]


def test_too_many_tasks_at_once_are_refused_for_now(sandbox: Sandbox) -> None:
    sandbox.behave(seconds=3600, task_limit=2)
    first = [create_id(sandbox) for _ in range(2)]
    response = create(sandbox)
    assert (response.status_code, response.json()["code"]) == (429, 429)
    sandbox.behave(seconds=0)
    for task_id in first:
        wait(sandbox, task_id)
    assert create(sandbox).json()["code"] == 200


def test_an_unknown_task_and_an_unknown_address(sandbox: Sandbox) -> None:
    assert get(sandbox, QUERY, task_id="segmentation_1_../../x").json()["code"] == 40040000
    assert get(sandbox, QUERY).json()["code"] == 40040000
    assert get(sandbox, f"{API}/segmentation/list").status_code == 404


# ---- the result's host ----


def test_links_are_signed_last_so_long_and_take_no_authorization(sandbox: Sandbox) -> None:
    task_id = create_id(sandbox)
    url = wait(sandbox, task_id)["url"]
    assert urlsplit(url).netloc != urlsplit(sandbox.url).netloc
    assert "auth_key=" in url
    assert download(url).content.startswith(b"glTF")
    assert download(url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 403
    assert download(url.partition("?")[0]).status_code == 403
    refused = download(url, Authorization=f"Token {sandbox.token}")
    assert refused.status_code == 400
    sandbox.behave(link_seconds=0)
    assert download(query(sandbox, task_id)["url"]).status_code == 403
    sandbox.behave(link_seconds=60)
    assert download(query(sandbox, task_id)["url"]).status_code == 200
    counts = sandbox.counts()
    assert (counts["downloads"], counts["results_with_authorization"], counts["requests"]["result"]) == (2, 1, 6)


# ---- addresses in the order ----


class Listener(http.server.BaseHTTPRequestHandler):
    """Gives a GLB to whoever asks, and keeps what is posted."""

    posted: list[dict[str, Any]]

    def do_GET(self) -> None:
        body = glb(trimesh.creation.icosphere(2))
        self.send_response(200 if self.path == "/mesh.glb" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200 if len(self.posted) > 1 else 500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    kind: Any = type("OneListener", (Listener,), {"posted": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", kind.posted
        server.shutdown()


def test_a_mesh_is_fetched_and_the_callback_is_told(
    sandbox: Sandbox, listener: tuple[str, list[dict[str, Any]]]
) -> None:
    url, posted = listener
    form = {name: (None, value) for name, value in ORDER.items()}
    form |= {"mesh_url": (None, f"{url}/mesh.glb"), "callback_url": (None, f"{url}/hook")}
    task_id = post(sandbox, files=form).json()["data"]["task_id"]
    assert wait(sandbox, task_id)["state"] == "success"
    deadline = time.monotonic() + 10
    while len(posted) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [one["data"]["state"] for one in posted] == ["success"] * 2  # the first delivery was answered with a 500
    assert posted[1]["data"]["task_id"] == task_id
    assert download(posted[1]["data"]["url"]).content.startswith(b"glTF")
    assert sandbox.counts()["tasks"][0]["triangles"] == 320


@pytest.mark.parametrize("address", ["http://192.0.2.1/mesh.glb", "{url}/none.glb"])
def test_a_mesh_that_can_not_be_fetched_fails(
    sandbox: Sandbox, listener: tuple[str, list[dict[str, Any]]], address: str
) -> None:
    form = {name: (None, value) for name, value in (ORDER | {"mesh_url": address.format(url=listener[0])}).items()}
    task_id = post(sandbox, files=form).json()["data"]["task_id"]
    assert wait(sandbox, task_id)["state"] == "failed"


# ---- the program ----


def test_many_at_once(sandbox: Sandbox) -> None:
    sandbox.behave(seconds=0, task_limit=100, credits=2000)
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(create_id(sandbox))) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 100
    assert {wait(sandbox, task_id)["state"] for task_id in answers} == {"success"}
    assert sandbox.counts()["credits"] == 0


def test_it_ends_cleanly_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    sandbox = Sandbox(seconds=3600)
    create_id(sandbox, glb(trimesh.creation.icosphere(4)))
    assert list(tmp_path.iterdir())
    sandbox.process.send_signal(signal.SIGTERM)
    assert sandbox.process.wait(10) == 0
    assert not list(tmp_path.iterdir())
    sandbox.stop()


def test_it_keeps_what_it_has_in_a_folder_that_is_given(tmp_path: Path, start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox(data=tmp_path / "data", token="mine", access_key="a", secret_key="b")
    assert sandbox.token == "mine"
    task_id = create_id(sandbox)
    wait(sandbox, task_id)
    sandbox.stop()
    kept = tmp_path / "data" / f"{task_id}_0.glb"
    assert trimesh.load_scene(io.BytesIO(kept.read_bytes()), file_type="glb").geometry
