# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about tasks and the balance: what is read in answers, and that the caller asks again."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from clients import Client, check_silent, serving, wait_for
from sandbox.process import Sandbox

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.errors import (
    ServiceError,
    ServiceUnavailableError,
)
from hitem3d_addon.core.service.client import ENDPOINTS, AuthScheme, Hitem3DClient
from hitem3d_addon.core.service.transport import Timeouts
from hitem3d_addon.core.task import SegmentationRequest, ServiceState

HTML = "<html><body>502 Bad Gateway</body></html>"


OVERSIZED = {
    "base64": base64.b64encode(gzip.compress(b" " * 100_000_000)).decode(),
    "headers": {"Content-Encoding": "gzip"},
}
"""100 MB that nobody asked for, in 100 KB."""


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
    assert service.query_task(task_id).urls[:1] == (link,)


@pytest.mark.parametrize("url", ["ftp://x/y", "javascript:alert(1)", 7, ["x"], "http://cdn.example/plain"])
def test_a_link_that_is_none_is_left_out(sandbox: Sandbox, client: Client, mesh: Path, url: object) -> None:
    service = client()
    task_id = service.create_task(SegmentationRequest(mesh=mesh))
    wait_for(service, task_id)
    sandbox.behave(faults=[{"on": "query-task", "do": "alter", "set": {"data": {"url": url}}}])
    assert service.query_task(task_id).urls == ()


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
