# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against the sandbox: what is sent, how often, and that nothing leaks."""

from __future__ import annotations

import logging
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
import trimesh
from clients import Client, check_silent, keys, wait_for
from sandbox.process import Sandbox

from hitem3d_addon.core.errors import (
    ConnectionFailedError,
    InputError,
    ServiceError,
)
from hitem3d_addon.core.service.transport import Timeouts
from hitem3d_addon.core.task import SegLevel, SegmentationRequest
from hitem3d_addon.core.values import OutputFormat


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
