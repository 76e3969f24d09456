# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has bpy do what only Blender does well, in a process of its own: write FBX and USDZ, decimate and remesh."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .meshes import Mesh

SCRIPT = Path(__file__).with_name("with_bpy.py")


class BpyError(Exception):
    """bpy is missing or failed; the text says why."""


def run(command: str, parts: Sequence[Mesh], target: Path, option: str) -> None:
    """Run with_bpy.py, which makes the file ``target`` of the parts. Raises BpyError when there is none after it."""
    exchange = target.with_suffix(".parts.npz")
    save(parts, exchange)
    try:
        done = subprocess.run(
            [sys.executable, str(SCRIPT), command, str(exchange), str(target), option],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
    finally:
        exchange.unlink(missing_ok=True)
    if done.returncode or not target.exists():
        last = [line for line in done.stderr.splitlines() if line.strip()][-1:] or ["no reason given"]
        raise BpyError(f"bpy could not {command} {target.suffix} files: {last[0]}")


def save(parts: Sequence[Mesh], path: Path) -> None:
    """Put the parts into one .npz: v0, t0, v1, t1 and so on."""
    arrays = {f"{kind}{number}": values for number, part in enumerate(parts) for kind, values in _arrays(part)}
    np.savez(path, **arrays)  # type: ignore[arg-type]


def load(path: Path) -> list[Mesh]:
    """The parts of an .npz that save() or with_bpy.py wrote."""
    with np.load(path) as arrays:
        return [Mesh(arrays[f"v{number}"], arrays[f"t{number}"]) for number in range(len(arrays.files) // 2)]


def _arrays(part: Mesh) -> tuple[tuple[str, np.ndarray], tuple[str, np.ndarray]]:
    return ("v", part.vertices), ("t", part.triangles)
