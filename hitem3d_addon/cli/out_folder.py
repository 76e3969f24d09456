# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether results can be written where the user wants them: checked before anything is paid for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from ..core.errors import InputError


def check_writable(targets: Iterable[Path]) -> None:
    """Raise InputError unless each of these files could be written. Nothing is left behind.

    A file is tried beside each target, under the name that `copy_result` begins with, so that a folder without
    permission, one that is a file, a name that is too long and a disk that is read-only are seen now.
    """
    for target in targets:
        made: list[Path] = []
        part = target.with_name(f".{target.name}.part")
        try:
            if target.is_dir():
                raise IsADirectoryError(21, "there is a folder of this name")
            for folder in reversed(part.parents):
                if not folder.exists():
                    folder.mkdir()
                    made.append(folder)
            part.touch()
            made.append(part)
        except OSError as error:
            raise InputError(
                "Results can't be written to {file} ({reason}). Give another folder with --out, or correct its "
                "permissions. Nothing was sent.",
                file=str(target)[:300],
                reason=error.strerror or type(error).__name__,
            ) from error
        finally:
            for path in reversed(made):
                with contextlib.suppress(OSError):
                    path.unlink() if path == part else path.rmdir()
