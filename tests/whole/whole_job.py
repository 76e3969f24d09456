# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program of its own on the bpy wheel: all that a user does with the add-on in a day, then it crashes.

Arguments: the folder to save into, the access key and the secret key on standard input. Prints what its child
processes were started with.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import time
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import hitem3d_addon
from hitem3d_addon.background.agent_process import AgentProcess
from hitem3d_addon.session import connection, settings

folder = Path(sys.argv[1])
access_key, secret_key = sys.stdin.readline().split()
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.context.preferences.addons.new().module = hitem3d_addon.__name__
hitem3d_addon.register()
preferences = settings.get()
assert settings
preferences.access_key, preferences.secret_key = access_key, secret_key

bpy.ops.mesh.primitive_torus_add()
bpy.ops.hitem3d.create_task(seg_level="LOW")
bpy.ops.hitem3d.query_task()
bpy.ops.hitem3d.import_result(wait=True)
bpy.ops.hitem3d.test_connection()

agent = AgentProcess()
agent.ensure(connection.current())
agent.send(do="account")
events: list[object] = []
end = time.monotonic() + 60
while len(events) < 2 and time.monotonic() < end:
    events += agent.events()
    time.sleep(0.05)
print("EVENTS", events)
children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
for child in children:
    for kind in ("cmdline", "environ"):
        print("CHILD", kind, Path(f"/proc/{child}/{kind}").read_bytes().replace(b"\0", b" "))
agent.stop(sending=False)

preferences.secret_key = secret_key[::-1]  # not the right one: an error with its whole story
with contextlib.suppress(RuntimeError):
    bpy.ops.hitem3d.create_task()
preferences.secret_key = secret_key
print(
    "REPR",
    connection.current(),
    repr(connection.current().credentials),
    vars(preferences) if hasattr(preferences, "__dict__") else "",
)
bpy.ops.wm.save_userpref()
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "job.blend"), compress=False)
sys.stdout.flush()
with (folder / "crash.txt").open("w") as dump:
    faulthandler.enable(dump, all_threads=True)
    os.abort()
