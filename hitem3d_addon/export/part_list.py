# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list beside exported parts, parts.json: by it they are known again, and told from what others have put there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..core.errors import InputError

LIST = "parts.json"
MILLIMETRES = "mm"
BLENDER = "m"


class Treatment(NamedTuple):
    """What was done to parts before they were written."""

    closed: float | None = None
    """The clearance in millimetres with which they were closed; None where they were not."""
    openings: bool = False
    """The openings of the original were closed as well."""
    pegs: str = ""
    """The shape of the pegs that they were given, where one can hold; "" where they were not."""


class PartList(NamedTuple):
    """What an export wrote into a folder."""

    task_id: str = ""
    unit: str = ""
    treatment: Treatment = Treatment()
    files: Sequence[str] = ()
    """Names in the folder."""


def read_list(folder: Path) -> PartList:
    """What parts.json says; nothing where it is not there or not ours. Those of 0.1.0 have no unit."""
    try:
        found = json.loads((folder / LIST).read_bytes())
        return PartList(
            str(found["task_id"]),
            str(found.get("unit", BLENDER)),
            Treatment(
                None if found.get("closed") is None else float(found["closed"]),
                bool(found.get("openings", False)),
                str(found.get("pegs", "")),
            ),
            [Path(name).name for name in found["files"]],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return PartList()


def write_list(folder: Path, written: PartList) -> None:
    """Note what was written. Raises OSError."""
    task_id, unit, treatment, files = written
    found = {"task_id": task_id, "unit": unit, **treatment._asdict(), "files": files}
    (folder / LIST).write_text(json.dumps(found, indent=1), encoding="utf-8")


def check_others(folder: Path, names: Sequence[str]) -> None:
    """Raise InputError where files of these names are there that no export has written."""
    known = {*read_list(folder).files}
    for name in names:
        if name not in known and (folder / name).exists():
            raise InputError(
                "The folder “{folder}” has a file “{file}” that is no exported part, and it would be overwritten. "
                "Choose another name.",
                folder=folder.name,
                file=name,
            )
