# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service's contract as bare HTTP: the sandbox is tested without any code of the add-on."""

from __future__ import annotations

import time
from typing import Any

import requests
import trimesh
from sandbox.process import Sandbox

API = "/open-api/v1"
CREATE = f"{API}/segmentation/create-task"
QUERY = f"{API}/segmentation/query-task"
BALANCE = f"{API}/balance"
ORDER = {"seg_level": "low", "format": "2"}


def glb(mesh: trimesh.Trimesh | None = None) -> bytes:
    """A GLB of this mesh, or of a cube."""
    return bytes((mesh or trimesh.creation.box()).export(file_type="glb"))


def post(sandbox: Sandbox, path: str = CREATE, scheme: str = "Token", **arguments: Any) -> requests.Response:
    headers = {"Authorization": f"{scheme} {sandbox.token}"} | arguments.pop("headers", {})
    return requests.post(sandbox.url + path, headers=headers, timeout=60, **arguments)


def create(sandbox: Sandbox, mesh: bytes | None = None, scheme: str = "Token", **fields: str) -> requests.Response:
    """create-task with a right form, but for what the fields say."""
    return post(sandbox, scheme=scheme, data=ORDER | fields, files={"mesh": ("mesh.glb", mesh or glb())})


def create_id(sandbox: Sandbox, mesh: bytes | None = None, **fields: str) -> str:
    """The task id of a create-task that has to succeed."""
    answer = create(sandbox, mesh, **fields).json()
    assert answer["code"] == 200, answer
    return str(answer["data"]["task_id"])


def get(sandbox: Sandbox, path: str, scheme: str = "Token", token: str = "", **params: str) -> requests.Response:
    headers = {"Authorization": f"{scheme} {token or sandbox.token}"}
    return requests.get(sandbox.url + path, headers=headers, params=params, timeout=60)


def download(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=60)


def query(sandbox: Sandbox, task_id: str) -> dict[str, Any]:
    """The data of one answer."""
    data: dict[str, Any] = get(sandbox, QUERY, task_id=task_id).json()["data"]
    return data


def wait(sandbox: Sandbox, task_id: str) -> dict[str, Any]:
    """The data of the first answer with a final state."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        data = query(sandbox, task_id)
        if data["state"] in ("success", "failed"):
            return data
        time.sleep(0.02)
    raise AssertionError("the task did not end")
