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

import bpy

from . import register, unregister
from .cli import command_line

PROG = "python -m hitem3d_addon"


def main(arguments: list[str]) -> int:
    """Register, carry the command out, unregister; gives the exit code."""
    if arguments[:1] == ["--online-mode"]:
        bpy.context.preferences.system.use_online_access = True
        del arguments[0]
    scene = Path(arguments.pop(0)) if arguments and arguments[0].lower().endswith(".blend") else None
    register()
    try:
        return command_line.main(arguments, f"{PROG} [--online-mode] [FILE.blend]", scene)
    finally:
        unregister()


if __name__ == "__main__":
    code = 1
    try:
        code = main(sys.argv[1:])
    except Exception:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        # Python is not taken down: Blender 4.2's wheel crashes there once its glTF add-on was used.
        os._exit(code)
