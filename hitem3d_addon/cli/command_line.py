# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command hitem3d SUB …``, and the same for ``python -m hitem3d_addon``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ..core.errors import Hitem3DError

NAME = "hitem3d"
IN_BLENDER = f"blender [FILE.blend] --command {NAME}"

_handle: Any = None


def main(arguments: Sequence[str], prog: str = IN_BLENDER, scene: Path | None = None) -> int:
    """Carry out one command and give its exit code; see cli/exit_codes.py. ``scene`` is a .blend to open first."""
    # Not at the top: this is registered in a window as well, which must not load what only a command needs.
    from .arguments import parse
    from .exit_codes import ExitCode, exit_code_of
    from .interruption import Interruption
    from .output import Output
    from .scene import open_file
    from .segment import segment
    from .tasks import TASK_COMMANDS

    commands = {"segment": segment, **TASK_COMMANDS}

    try:
        options = parse(arguments, prog)
        output = Output(as_json=options.json, json_file=options.json_file)
    except SystemExit as end:
        return int(end.code or 0)
    except OSError as error:
        sys.stderr.write(f"{NAME}: the file for --json-file can't be written: {error.strerror}\n")
        return ExitCode.WRONG_USAGE
    with output:

        def said() -> None:
            output.note("Stopping. An answer that is due is waited for; once more stops at once.")

        try:
            with Interruption(said) as stop:
                if scene:
                    open_file(scene)
                return int(commands[options.command](options, output, stop))
        except Hitem3DError as error:
            code = exit_code_of(type(error).__name__)
            output.note(f"{NAME}: {error}")
            output.event("error", message=str(error), kind=type(error).__name__, exit_code=code)
            return code
        except KeyboardInterrupt:
            output.note(f"{NAME}: stopped.")
            output.event("error", message="Stopped.", kind="KeyboardInterrupt", exit_code=ExitCode.INTERRUPTED)
            return ExitCode.INTERRUPTED


def register() -> None:
    global _handle
    _handle = bpy.utils.register_cli_command(NAME, main)


def unregister() -> None:
    global _handle
    bpy.utils.unregister_cli_command(_handle)
    _handle = None
