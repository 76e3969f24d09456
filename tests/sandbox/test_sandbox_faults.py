# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox misbehaves as it is told, and by nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import requests
import trimesh
import urllib3
from plain_client import BALANCE, QUERY, create, create_id, download, get, glb, post, query, wait
from sandbox.process import Sandbox


def fault(on: str, do: str, **more: Any) -> dict[str, Any]:
    return {"on": on, "do": do, **more}


def test_accepted_but_the_answer_is_lost(sandbox: Sandbox) -> None:
    sandbox.behave(faults=[fault("create-task", "cut", when="created")])
    with pytest.raises(requests.ConnectionError):
        create(sandbox)
    assert sandbox.counts()["tasks_created"] == 1
    assert create(sandbox).json()["code"] == 200


@pytest.mark.parametrize("do", ["cut", "reset"])
@pytest.mark.parametrize("when", ["start", "body", "received"])
def test_cut_before_anything_was_accepted(sandbox: Sandbox, do: str, when: str) -> None:
    sandbox.behave(faults=[fault("create-task", do, when=when, bytes=100_000)])
    with pytest.raises(requests.ConnectionError):
        create(sandbox, glb(trimesh.creation.icosphere(5)))
    counts = sandbox.counts()
    assert (counts["tasks_created"], counts["faults_left"]) == (0, 0)


def test_no_answer_ever(start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox()
    sandbox.behave(faults=[fault("create-task", "hang", when="created")])
    started = threading.Event()

    def send() -> None:
        started.set()
        with pytest.raises(requests.ConnectionError):
            create(sandbox)

    thread = threading.Thread(target=send)
    thread.start()
    while sandbox.counts()["tasks_created"] == 0:
        time.sleep(0.02)
    assert thread.is_alive()
    sandbox.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_an_answer_while_the_body_still_comes(sandbox: Sandbox) -> None:
    sandbox.behave(
        upload_rate=20_000,
        faults=[
            fault("create-task", "answer", when="body", bytes=1000, status=429, code=429, headers={"Retry-After": "7"})
        ],
    )
    began = time.monotonic()
    response = create(sandbox, glb(trimesh.creation.icosphere(5)))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert time.monotonic() - began < 10, "the whole body takes longer"
    assert sandbox.counts()["tasks_created"] == 0


def test_any_answer_so_many_times_after_so_many(sandbox: Sandbox) -> None:
    sandbox.behave(faults=[fault("balance", "answer", status=500, text="<html>oops", times=2, skip=1)])
    assert [get(sandbox, BALANCE).status_code for _ in range(4)] == [200, 500, 500, 200]
    sandbox.behave(faults=[fault("balance", "answer", code="30010000", msg="余额不足", data=None, times=0)])
    assert get(sandbox, BALANCE).json() == {"code": "30010000", "data": None, "msg": "余额不足"}
    sandbox.behave(clear=True)
    assert get(sandbox, BALANCE).json()["code"] == 200


def test_a_right_answer_altered_or_late(sandbox: Sandbox) -> None:
    task_id = create_id(sandbox)
    wait(sandbox, task_id)
    alter = fault(
        "query-task", "alter", set={"code": "200", "message": "ok", "data": {"state": "paused"}}, unset=["msg"]
    )
    sandbox.behave(faults=[alter, fault("query-task", "pass", stall=0.3)])
    answer = get(sandbox, QUERY, task_id=task_id).json()
    assert (answer["code"], answer["message"], answer["data"]["state"]) == ("200", "ok", "paused")
    assert answer["data"]["task_id"] == task_id
    assert "msg" not in answer
    began = time.monotonic()
    assert query(sandbox, task_id)["state"] == "success"
    assert time.monotonic() - began >= 0.3


def test_no_http_at_all(sandbox: Sandbox) -> None:
    sandbox.behave(faults=[fault("balance", "raw", base64="bm9uc2Vuc2UNCg0K")])
    with pytest.raises(requests.ConnectionError):
        get(sandbox, BALANCE)


def test_results_that_go_wrong(sandbox: Sandbox) -> None:
    url = wait(sandbox, create_id(sandbox))["url"]
    whole = download(url).content
    sandbox.behave(
        faults=[
            fault("result", "answer", status=403, text="expired"),
            fault("result", "cut", when="body", bytes=500),
            fault("result", "answer", text="<html>maintenance</html>"),
        ]
    )
    assert download(url).status_code == 403
    with requests.get(url, timeout=30, stream=True) as response:
        assert int(response.headers["Content-Length"]) == len(whole)
        assert response.raw.read(decode_content=False, amt=500) == whole[:500]
        with suppress(urllib3.exceptions.HTTPError):  # urllib3 1.26 takes the early end for the end
            assert not response.raw.read()
    assert download(url).text.startswith("<html>")
    assert download(url).content == whole
    assert sandbox.counts()["downloads"] == 2


def test_slow_transfers(sandbox: Sandbox) -> None:
    mesh = glb(trimesh.creation.icosphere(4))
    sandbox.behave(upload_rate=len(mesh) * 2, download_rate=len(mesh) * 2)
    began = time.monotonic()
    url = wait(sandbox, create_id(sandbox, mesh))["url"]
    assert time.monotonic() - began > 0.4
    began = time.monotonic()
    assert len(download(url).content) > len(mesh) / 2
    assert time.monotonic() - began > 0.2


@pytest.mark.parametrize(
    "values",
    [
        {"second": 1},
        {"seconds": "1"},
        {"merge": "everything"},
        {"faults": [{"on": "create-task"}]},
        {"faults": [{"on": "create-task", "do": "explode"}]},
        {"faults": [{"on": "create-task", "do": "cut", "wen": "body"}]},
    ],
)
def test_words_that_mean_nothing_are_refused(sandbox: Sandbox, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"unknown|can't be|has to be|at least"):
        sandbox.behave(credits=5, **values)
    assert sandbox.counts()["credits"] == 1000


def test_the_upload_is_read_to_its_end_before_a_refusal(sandbox: Sandbox) -> None:
    sandbox.behave(upload_rate=1_000_000)
    began = time.monotonic()
    response = post(sandbox, files={"nonsense": ("mesh.glb", bytes(600_000))})
    assert response.json()["code"] == 40000000
    assert time.monotonic() - began > 0.4
