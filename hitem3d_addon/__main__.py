# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m hitem3d_addon [--online-mode] [FILE.blend] SUB …``: the command line on the bpy wheel.

What comes before SUB is what would come before --command in a Blender.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from .cli.output import flush_all

RESULTS = os.dup(1)
"""Standard output. Blender prints there whenever it likes, from when it is loaded; until the command begins and after
its end descriptor 1 leads to standard error."""
os.dup2(2, 1)

import bpy  # noqa: E402

from . import register, unregister  # noqa: E402
from .cli import command_line  # noqa: E402

PROG = "python -m hitem3d_addon"


def main(arguments: list[str]) -> int:
    """Register, carry out the command, unregister; give the exit code."""
    if arguments[:1] == ["--online-mode"]:
        bpy.context.preferences.system.use_online_access = True
        del arguments[0]
    scene = Path(arguments.pop(0)) if arguments and arguments[0].lower().endswith(".blend") else None
    register()
    flush_all()
    os.dup2(RESULTS, 1)
    try:
        return command_line.main(arguments, f"{PROG} [--online-mode] [FILE.blend]", scene)
    finally:
        flush_all()
        os.dup2(2, 1)
        unregister()


if __name__ == "__main__":
    code = 1
    try:
        code = main(sys.argv[1:])
    except Exception:
        traceback.print_exc()
    finally:
        flush_all()
        # Without Python's own end, in which the wheel of Blender 4.2 crashes once its glTF add-on was used.
        os._exit(code)
