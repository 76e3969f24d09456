# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Keeps the materials of an OBJ from naming pictures outside its folder.

Blender's importer (4.2 to 5.2) opens such a path as it stands. On Windows one like \\host\share\a.png tells that host
who the user is.
"""

from __future__ import annotations

import mmap
import re
from pathlib import Path

from ...core.errors import ResultError

_MOST_BYTES = 64 << 20
_PICTURE = re.compile(rb"^[ \t]*(map_\w+|bump|disp|decal|norm|refl)\b(.*)$", re.MULTILINE | re.IGNORECASE)
_ELSEWHERE = re.compile(rb'(?:^|[\s"])(?:[\\/~]|[a-z]:)|\.\.[\\/]|://', re.IGNORECASE)
_CONTINUED = re.compile(rb"\\\r?\n")


def confined(file: Path) -> bytes | None:
    """What the file should hold, with each picture looked for beside it; None where it is fine as it is.

    Any file can be named as a material library, the OBJ itself too. Raises ResultError, OSError.
    """
    size = file.stat().st_size
    if not size:
        return None
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(b"newmtl") < 0:
            return None
        if size > _MOST_BYTES:
            raise ResultError(
                "The materials that came back are larger than any can be. Ask Hitem3D's support about this task."
            )
        before = content[:]
    after = _PICTURE.sub(_beside, _CONTINUED.sub(b" ", before))
    return after if after != before else None


def _beside(line: re.Match[bytes]) -> bytes:
    named = line[2].strip()
    if not _ELSEWHERE.search(named):
        return line[0]
    return line[1] + b" " + re.split(rb"[\\/:]", named)[-1]
