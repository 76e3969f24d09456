# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender crashes while a task is under way: nothing that it leaves behind holds a key, and the task goes on."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from blender.window import BlenderWindow, until
from sandbox.process import Sandbox
from tasks_in_a_window import agents, press, task_id, wait_for

from hitem3d_addon.core.credentials import Credentials, save
from hitem3d_addon.core.values import TaskState

OpenWindow = Callable[..., BlenderWindow]

STORED = Credentials(token="tk_stored0token", access_key="ak_stored0access", secret_key="sk_stored0secret")
IN_THE_ENVIRONMENT = Credentials(
    token="tk_planted0token",  # the service gives it for the keys
    access_key="ak_planted0access",
    secret_key="sk_planted0secret",
)
CRASH = """
import os, signal, sys
connection = sys.modules["bl_ext.user_default.hitem3d.session.connection"]

def crash(frame, event, value):
    if event == "return" and frame.f_code.co_name == "resolve":
        os.kill(os.getpid(), signal.SIGSEGV)

sys.setprofile(crash)
connection.credentials.resolve(os.environ, connection.settings.stored_credentials())
"""
"""A crash below the add-on's own code, at the moment when it holds the keys."""


@pytest.fixture
def sandbox(start_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """One whose keys are found nowhere by accident."""
    sandbox = start_sandbox(**IN_THE_ENVIRONMENT._asdict(), seconds=600)
    token = {"data": {"accessToken": IN_THE_ENVIRONMENT.token}}
    sandbox.behave(faults=[{"on": "token", "do": "alter", "set": token, "times": 0}])
    return sandbox


def test_a_crash_leaves_no_key_behind(open_window: OpenWindow, sandbox: Sandbox, home: Path, folder: Path) -> None:
    """Keys are in the environment and in the preferences; users attach the crash file to their bug reports."""
    home.mkdir()
    save(home, STORED)
    for name in ("temporary", "user"):
        (folder / name).mkdir()
    environ = {
        "HITEM3D_TOKEN": "",
        "HITEM3D_ACCESS_KEY": sandbox.access_key,
        "HITEM3D_SECRET_KEY": sandbox.secret_key,
        "TMPDIR": str(folder / "temporary"),
        "BLENDER_HOME": str(folder / "user"),  # the home of a Blender in a box of its own
    }
    window = open_window(**environ)
    press(window)
    task_id(window)
    until(lambda: sandbox.counts()["requests"]["query-task"] > 3, "polling")
    window.run(
        "settings = bpy.context.preferences.addons['bl_ext.user_default.hitem3d'].preferences\n"
        f"assert settings.secret_key[::-1] == {STORED.secret_key[::-1]!r}\n"
        "bpy.ops.preferences.addon_show(module='bl_ext.user_default.hitem3d')\n"
        "bpy.ops.wm.save_userpref()\n"
        f"bpy.ops.wm.save_as_mainfile(filepath={str(folder / 'job.blend')!r}, compress=False)"
    )
    with pytest.raises(AssertionError, match="Blender ended"):
        window.run(CRASH)

    left = {path for place in (folder, window.folder) for path in place.rglob("*") if path.is_file()}
    assert {"job.blend", "userpref.blend", "agent.log"} <= {path.name for path in left}
    crash_file = (folder / "temporary" / "job.crash.txt").read_text()
    assert "credentials.py" in crash_file
    secrets = [value for kept in (STORED, IN_THE_ENVIRONMENT) for value in kept._asdict().values()]
    secrets.append(base64.b64encode(f"{sandbox.access_key}:{sandbox.secret_key}".encode()).decode())
    leaks = [
        f"{secret} in {path}"
        for path in sorted(left - {home / "credentials.json"})
        for secret in secrets
        if secret.encode() in path.read_bytes() or secret.encode("utf-16-le") in path.read_bytes()
    ]
    assert leaks == []

    until(lambda: not agents(home), "the agent's end", 60)
    sandbox.behave(seconds=0)
    open_window(**environ)
    wait_for(home, TaskState.DONE)
    counts = sandbox.counts()
    assert counts["tasks_created"] == counts["requests"]["create-task"] == 1
