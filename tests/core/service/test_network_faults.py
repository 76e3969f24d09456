# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what the network and the service may do to a task: a fault, what the user reads, the state after, and
what the service saw. A fault without a row is a gap.

Each row is run through workflow with a real task list and the sandbox. With FAULT_TABLE=<file> the table is written
there as Markdown, with the sentences as they really came.
"""

from __future__ import annotations

import base64
import gzip
import os
import socket
import struct
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
import trimesh
from sandbox.process import Sandbox
from told_of_an_error import all_that_is_told

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.data_folder import job_folder, make_folder
from hitem3d_addon.core.errors import ConnectionFailedError, Hitem3DError, TaskTimeoutError
from hitem3d_addon.core.service.answer import ANSWER_LIMIT
from hitem3d_addon.core.service.authorization import AuthScheme
from hitem3d_addon.core.service.client import Hitem3DClient
from hitem3d_addon.core.service.transport import Timeouts
from hitem3d_addon.core.task import SegmentationRequest, Task
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.owner import Owner
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.tasks.workflow import Worker
from hitem3d_addon.core.values import OutputFormat, TaskState

PATIENCE = Timeouts(connect=1, read=1, create=1, download=1)
LARGE = 30_000_000
HTML = "<html><body>502 Bad Gateway</body></html>"

PENDING, UNCERTAIN, WORKING, READY, DONE, FAILED = (
    TaskState.PENDING,
    TaskState.UNCERTAIN,
    TaskState.WORKING,
    TaskState.READY,
    TaskState.DONE,
    TaskState.FAILED,
)

CHARGED = "check your credits at platform.hi3d.ai before you send it again"
LOST = f"The model was sent, but the answer of .* was lost .*{CHARGED}"
NOTHING = f"The model was sent, but what .* answered says nothing about the task .*{CHARGED}"
BROKE = "The connection to .* broke while the model was being sent .*Nothing was charged"


@dataclass(frozen=True)
class Row:
    """One fault. The step is what workflow is asked to do when it happens."""

    name: str
    step: Literal["submit", "wait", "fetch"]
    fault: dict[str, Any]
    reads: str
    """What the user reads, as a pattern; "" where the job goes on as if nothing had been."""
    after: TaskState
    sent: int = 1
    """create-task requests that the service saw."""
    created: int = 0
    """Tasks that it made, and that are paid for."""
    asked: int = 0
    """Requests to the endpoint of the fault, where that is another; 0: any number."""
    large: bool = False
    """The model is more than the sockets hold."""
    settings: dict[str, Any] = field(default_factory=dict)


def raw(text: str, **more: Any) -> dict[str, Any]:
    """These bytes in place of an answer."""
    return {"do": "raw", "base64": base64.b64encode(text.encode()).decode(), **more}


def answer(**values: Any) -> dict[str, Any]:
    return {"do": "answer", **values}


def submit(name: str, fault: dict[str, Any], reads: str, after: TaskState, **more: Any) -> Row:
    """A fault of create-task; it strikes when the model has arrived and before there is a task, unless it says when."""
    return Row(name, "submit", {"on": "create-task", "when": "received", **fault}, reads, after, **more)


def query(name: str, fault: dict[str, Any], reads: str, after: TaskState, **more: Any) -> Row:
    return Row(name, "wait", {"on": "query-task", **fault}, reads, after, created=1, **more)


def result(name: str, fault: dict[str, Any], reads: str, after: TaskState, **more: Any) -> Row:
    return Row(name, "fetch", {"on": "result", **fault}, reads, after, created=1, **more)


PACKED = {
    "base64": base64.b64encode(gzip.compress(b" " * (ANSWER_LIMIT + 1_000_000))).decode(),
    "headers": {"Content-Encoding": "gzip"},
}
AWAY = {"Location": "https://elsewhere.example/open-api/v1/segmentation/create-task"}
DOWN = {"Location": "http://elsewhere.example/open-api/v1/segmentation/create-task"}
HERE = {"Location": "/open-api/v1/segmentation/create-task"}
BODY = {"when": "body", "bytes": 1_000_000}
JSON = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ENVELOPE = '{"code": 200, "data": {"task_id": "segmentation_x"}, "msg": "success"}'
CHUNKED = JSON + "Transfer-Encoding: chunked\r\n\r\n"
ELSEWHERE = "The address of the service leads elsewhere .*a login page may be in the way"

ROWS = [
    # ---- the connection breaks while the model is sent, or right after
    submit("reset in the body", {**BODY, "do": "reset"}, BROKE, PENDING, large=True),
    submit("cut in the body", {**BODY, "do": "cut"}, BROKE, PENDING, large=True),
    submit("stall in the body", {**BODY, "do": "hang"}, BROKE, PENDING, large=True),
    submit("reset after the body", {"do": "reset"}, LOST, UNCERTAIN),
    submit("cut after the body", {"do": "cut"}, LOST, UNCERTAIN),
    submit("half-closed after the body", raw("", then="half"), LOST, UNCERTAIN),
    submit("silence after the body", {"do": "hang"}, LOST, UNCERTAIN),
    submit("cut when the task exists", {"when": "created", "do": "cut"}, LOST, UNCERTAIN, created=1),
    submit("reset when the task exists", {"when": "created", "do": "reset"}, LOST, UNCERTAIN, created=1),
    submit("silence when the task exists", {"when": "created", "do": "hang"}, LOST, UNCERTAIN, created=1),
    # ---- an answer before the whole model is there
    submit("401 in mid-body, each time", {**BODY, **answer(status=401, code=401), "times": 0},
           "Hitem3D does not take the token", FAILED, sent=2, large=True),
    submit("401 in mid-body, once", {**BODY, **answer(status=401, code=401)}, "", WORKING,
           sent=2, created=1, large=True),
    submit("413 in mid-body", {**BODY, **answer(status=413, text=HTML)}, "The model is too large for Hitem3D",
           FAILED, large=True),
    submit("429 in mid-body", {**BODY, **answer(status=429, text=HTML, headers={"Retry-After": "7"})},
           "too many tasks or requests of this account at once", PENDING, large=True),
    submit("500 in mid-body", {**BODY, **raw("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", then="linger")},
           r"Hitem3D can't answer at the moment \(HTTP 500\).*nothing was charged", PENDING, large=True),
    # ---- an answer that is none
    submit("reset in the answer's header", raw("HTTP/1.1 200 O", then="reset"), LOST, UNCERTAIN),
    submit("reset in the answer's body", raw(JSON + "Content-Length: 90\r\n\r\n{", then="reset"), NOTHING, UNCERTAIN),
    submit("answer shorter than announced", raw(JSON + "Content-Length: 500\r\n\r\n{"), NOTHING, UNCERTAIN),
    submit("answer longer than announced", raw(JSON + f"Content-Length: {len(ENVELOPE)}\r\n\r\n{ENVELOPE}XX"),
           "", WORKING),
    submit("half-closed after a good answer", raw(f"{JSON}\r\n{ENVELOPE}", then="half"), "", WORKING),
    submit("answer in drips, never ending", raw(JSON + "\r\n" + " " * 200, drip=0.05), NOTHING, UNCERTAIN),
    submit("answer in drips", raw(JSON + f"Content-Length: {len(ENVELOPE)}\r\n\r\n{ENVELOPE}", drip=0.002),
           "", WORKING),
    submit("chunked answer", raw(f"{CHUNKED}{len(ENVELOPE):x}\r\n{ENVELOPE}\r\n0\r\n\r\n"), "", WORKING),
    submit("chunked answer without an end", raw(f"{CHUNKED}ff\r\n{{"), NOTHING, UNCERTAIN),
    submit("gzip", answer(base64=base64.b64encode(gzip.compress(ENVELOPE.encode())).decode(),
                          headers={"Content-Encoding": "gzip"}), "", WORKING),
    submit("gzip that is none", answer(text=ENVELOPE, headers={"Content-Encoding": "gzip"}), NOTHING, UNCERTAIN),
    submit("empty answer", answer(text=""), NOTHING, UNCERTAIN),
    submit("no HTTP at all", raw("SSH-2.0-OpenSSH_9.6\r\n"), LOST, UNCERTAIN),
    submit("HTML in place of JSON", answer(text="<html>Sign in to the hotel</html>"), NOTHING, UNCERTAIN),
    submit("JSON of the wrong shape", answer(text='["code", 200]'), NOTHING, UNCERTAIN),
    submit("JSON of 100 MB", raw(f"{JSON}Content-Length: 104857600\r\n\r\n", fill=104857600), NOTHING, UNCERTAIN),
    submit("JSON over the limit in a little gzip", answer(**PACKED), NOTHING, UNCERTAIN),
    submit("success without a task id", answer(code=200), NOTHING, UNCERTAIN),
    submit("task id of the wrong type", answer(code=200, data={"task_id": ["x"]}), NOTHING, UNCERTAIN),
    submit("no data", answer(code=200, data=None), NOTHING, UNCERTAIN),
    submit("empty task id", answer(code=200, data={"task_id": ""}), NOTHING, UNCERTAIN),
    submit("JSON that ends early", answer(text=ENVELOPE[:-20]), NOTHING, UNCERTAIN),
    submit("code as a text", {"when": "start", "do": "alter", "set": {"code": "200"}}, "", WORKING, created=1),
    # ---- an answer that says no, or does not say
    submit("500", answer(status=500, text=""), NOTHING, UNCERTAIN),
    submit("502 with a page", answer(status=502, text=HTML), NOTHING, UNCERTAIN),
    submit("504 when the task exists", {"when": "created", **answer(status=504, text=HTML)}, NOTHING, UNCERTAIN,
           created=1),
    submit("code 504", answer(code=504, msg="gateway time-out"), NOTHING, UNCERTAIN),
    submit("429 with Retry-After", answer(status=429, text=HTML, headers={"Retry-After": "7"}),
           "too many tasks or requests of this account at once. Try again in a few minutes", PENDING),
    submit("code 429", answer(code=429), "too many tasks or requests", PENDING),
    submit("403, each time", answer(status=403, text=HTML, times=0),
           r"Access is refused \(HTTP 403\).*firewall or proxy", FAILED, sent=2),
    submit("403, once", answer(status=403, text=HTML), "", WORKING, sent=2, created=1),
    submit("code 403, once", answer(code=403, msg="Forbidden"), "", WORKING, sent=2, created=1),
    submit("login expired, once", answer(code=20010001, msg="login expired"), "", WORKING, sent=2, created=1),
    submit("token expired, each time", answer(code=20010001, msg="Token expired, please log in", times=0),
           "Hitem3D does not take the token", FAILED, sent=2),
    submit("500, which may have created it, in words of a token",
           answer(status=500, code=500, msg="invalid token"), NOTHING, UNCERTAIN),
    submit("full, in words", answer(code=10039998, msg="too many tasks in progress"),
           "too many tasks or requests of this account at once", PENDING),
    submit("full, in Chinese", answer(code=10039998, msg="当前任务过多，请稍后再试"),
           "too many tasks or requests", PENDING),
    submit("404", answer(status=404, text=HTML), "The address of the service is wrong", FAILED),
    submit("400", answer(status=400, text=""), r"Hitem3D does not take the request \(HTTP 400\)", FAILED),
    submit("413", answer(status=413, text=HTML), "too large for Hitem3D.*nothing was charged", FAILED),
    submit("no credits, code as a text, in Chinese", answer(code="30010000", msg="余额不足"),
           "There are not enough API credits", FAILED),
    submit("unknown code, in Chinese", answer(code=10039999, msg="模型太复杂"),
           r"Hitem3D says no: 模型太复杂 \(code 10039999\)", FAILED),
    submit("could not cut", answer(code=5001001, msg="generate failed"), "The credits are refunded", FAILED),
    submit("internal error", answer(code=10000000), "internal error at the moment", FAILED),
    # ---- redirects, which a request that costs money does not follow
    submit("redirect, same host", answer(status=302, text="", headers=HERE), ELSEWHERE, FAILED),
    submit("redirect, other host", answer(status=307, text="", headers=AWAY), ELSEWHERE, FAILED),
    submit("redirect to http", answer(status=308, text="", headers=DOWN), ELSEWHERE, FAILED),
    submit("redirect in a circle", answer(status=301, text="", headers=HERE, times=0), ELSEWHERE, FAILED),
    submit("303, done elsewhere", answer(status=303, text="", headers=HERE), NOTHING, UNCERTAIN),
    # ---- while the task is at the service: asking is free, so nothing of it ends the wait
    query("reset", {"do": "reset", "times": 2}, "", READY),
    query("cut", {"do": "cut", "times": 2}, "", READY),
    query("silence", {"do": "hang", "times": 2}, "", READY),
    query("500", answer(status=500, text=HTML), "", READY),
    query("502 with a page", answer(status=502, text=HTML), "", READY),
    query("429 with Retry-After", answer(status=429, text="", headers={"Retry-After": "1"}), "", READY),
    query("a login page", answer(text="<html>Sign in</html>"), "", READY),
    query("empty answer", answer(text=""), "", READY),
    query("JSON of the wrong shape", answer(text='{"code": 200, "data": [{"state": "success"}]}'), "", READY),
    query("JSON over the limit in gzip", answer(**PACKED), "", READY),
    query("half-closed", raw("HTTP/1.1 200 OK\r\n\r\n", then="half"), "", READY),
    query("drips without an end", raw("HTTP/1.1 200 OK\r\n\r\n" + " " * 100, drip=0.05), "", READY),
    query("wrong Content-Length", raw("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{}"), "", READY),
    query("a state that nobody knows", {"do": "alter", "set": {"data": {"state": "暂停"}}}, "", READY),
    query("the token expires", answer(status=401, code=401), "", READY),
    query("the token expires, as a code", answer(code=401), "", READY),
    query("redirect to another host", answer(status=302, text="", headers=AWAY), ELSEWHERE, WORKING),
    query("the task is not known", {**answer(code=40040000), "times": 0},
          "Hitem3D does not know this task. Check the task id", WORKING),
    query("it failed, in Chinese", {"do": "alter", "set": {"data": {"state": "failed", "msg": "模型无效"}}},
          "could not cut the model into parts: 模型无效. The credits are refunded", FAILED),
    query("an unknown code, in Chinese", answer(code=10039999, msg="模型丢失"), r"says no: 模型丢失 \(code 10039999\)",
          WORKING),
    # ---- while the parts are downloaded: a link may be used again
    result("cut in the file", {"when": "body", "bytes": 300, "do": "cut"}, "The connection to .* broke", READY),
    result("reset in the file", {"when": "body", "bytes": 300, "do": "reset"}, "The connection to .* broke", READY),
    result("stall in the file", {"when": "body", "bytes": 300, "do": "hang"}, "No answer from .* in time", READY),
    result("link expired, once", answer(status=403, text=HTML), "", DONE, asked=2),
    result("link expired, each time", answer(status=403, text=HTML, times=0),
           "The link to the parts is no longer good; it lives one hour", READY, asked=2),
    result("503", answer(status=503, text=HTML), r"can't give out the parts now \(HTTP 503\)", READY),
    result("404", answer(status=404, text=HTML), r"not where the service says they are \(.*HTTP 404\)", READY),
    result("empty file", answer(text=""), "The service gave an empty file", READY),
    result("a login page", answer(text="<html>Sign in</html>"), "not a model that can be read", READY),
    result("half a GLB", answer(base64=base64.b64encode(b"glTF\x02\0\0\0\xff\xff\0\0").decode()),
           "not a model that can be read, or it is damaged", READY),
    result("redirect to http", answer(status=302, text="", headers=DOWN), "not safe to follow .*it has to be https",
           READY),
    result("redirect to a file", answer(status=302, text="", headers={"Location": "file:///etc/passwd"}),
           "not safe to follow", READY),
    result("redirect in a circle", answer(status=302, text="", headers={"Location": "?"}, times=0),
           "leads from one address to the next without end", READY, asked=6),
]  # fmt: skip


@pytest.fixture
def worker(home: Path, sandbox: Sandbox) -> Iterator[Worker]:
    """With the keys, and the scheme known, so that all requests are the step's own."""
    keys = Credentials(access_key=sandbox.access_key, secret_key=sandbox.secret_key)
    client = Hitem3DClient(sandbox.url, keys, scheme=AuthScheme.TOKEN, timeouts=PATIENCE)
    with TaskStore(home) as store, Owner(home) as owner, closing(client):
        yield Worker(store, owner, client)


def recorded(worker: Worker, *, large: bool = False) -> Task:
    uid = uuid.uuid4().hex
    make_folder(worker.store.home / "jobs")
    mesh = make_folder(job_folder(worker.store.home, uid)) / "mesh.glb"
    data = bytearray(trimesh.creation.box().export(file_type="glb"))
    if large:  # more binary data than the model uses
        (length,) = struct.unpack_from("<I", data, 12)
        (binary,) = struct.unpack_from("<I", data, 20 + length)
        struct.pack_into("<I", data, 20 + length, binary + LARGE)
        struct.pack_into("<I", data, 8, len(data) + LARGE)
        data += bytes(LARGE)
    mesh.write_bytes(data)
    request = SegmentationRequest(mesh=mesh, format=OutputFormat.GLB)
    return workflow.record(worker.store, request, uid=uid, name="Box", api_url=worker.client.api_url)


def run(worker: Worker, task: Task, row: Row, sandbox: Sandbox) -> None:
    """Everything up to the row's step, and the step with the fault."""
    if row.step != "submit":
        workflow.submit(worker, task.uid)
    if row.step == "fetch":
        workflow.wait(worker, task.uid)
    sandbox.behave(faults=[row.fault], **row.settings)
    match row.step:
        case "submit":
            workflow.submit(worker, task.uid)
        case "wait":
            workflow.wait(worker, task.uid, timeout=30)
        case "fetch":
            workflow.fetch(worker, task.uid)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.step}: {row.name}" for row in ROWS])
def test_fault(row: Row, worker: Worker, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    # The pauses between two questions are not what is tried here.
    monkeypatch.setattr(workflow, "FIRST_PAUSE", 0.05)
    task = recorded(worker, large=row.large)
    said = ""
    if row.reads:
        with pytest.raises(Hitem3DError, match=row.reads) as raised:
            run(worker, task, row, sandbox)
        said = str(raised.value)
        assert not isinstance(raised.value, TaskTimeoutError)
        told = all_that_is_told(raised.value)
        for secret in (sandbox.token, sandbox.access_key, sandbox.secret_key, "auth_key"):
            assert secret not in told
    else:
        run(worker, task, row, sandbox)

    found = worker.store.get(task.uid)
    assert found is not None
    counts = sandbox.counts()
    saw = (counts["requests"]["create-task"], counts["tasks_created"])
    assert (found.state, *saw) == (row.after, row.sent, row.created)
    if row.step == "submit":
        assert str(found.error or "") == said, "the task list says the same"
    if row.asked:
        assert counts["requests"][row.fault["on"]] == row.asked
    assert not list(job_folder(worker.store.home, task.uid).glob("*.part"))
    if found.state is TaskState.DONE:
        assert workflow.fetch(worker, task.uid).is_file()
    _note(row, said, found.state, saw)

    # Whatever it was, nothing that may have been paid for is sent again by itself.
    sandbox.behave(clear=True)
    again = workflow.submit(worker, task.uid)
    resent = sandbox.counts()["requests"]["create-task"] - row.sent
    assert resent == (row.after is PENDING)
    assert (again.state is row.after) == (row.after is not PENDING)


@contextmanager
def nowhere(name: str) -> Iterator[str]:
    """An address at which no connection comes about."""
    with socket.socket() as listener, ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        if name == "unknown name":
            address = "https://hitem3d.invalid"
        elif name == "no answer":
            listener.listen(0)
            for _ in range(4):  # more than wait in line: those after them get no answer at all
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(listener.getsockname())
        yield address


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("refused", "Nothing answers at .* the connection is refused"),
        ("unknown name", "can't be found on the network"),
        ("no answer", "No answer from .* in time"),
    ],
)
def test_no_connection(name: str, reads: str, home: Path) -> None:
    with nowhere(name) as address, TaskStore(home) as store, Owner(home) as owner:
        client = Hitem3DClient(address, Credentials(token="t"), scheme=AuthScheme.TOKEN, timeouts=PATIENCE)
        with closing(client):
            worker = Worker(store, owner, client)
            task = recorded(worker)
            with pytest.raises(ConnectionFailedError, match=reads) as raised:
                workflow.submit(worker, task.uid)
            found = store.get(task.uid)
    assert found is not None
    assert (found.state, str(found.error)) == (PENDING, str(raised.value))
    _note(Row(name, "submit", {}, reads, PENDING), str(raised.value), found.state, (0, 0))


def _note(row: Row, said: str, state: TaskState, saw: tuple[int, int]) -> None:
    """Write the row of the closing table."""
    if path := os.environ.get("FAULT_TABLE"):
        sentence = said.replace("|", "/") or "nothing: it goes on"
        with Path(path).open("a", encoding="utf-8") as table:
            table.write(f"| {row.step}: {row.name} | {sentence} | {state.value} | {saw[0]} sent, {saw[1]} created |\n")
