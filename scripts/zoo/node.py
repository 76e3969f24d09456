# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs in JavaScript, which find their packages in the folder that was made for this writer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .models import Model, Part, models, twin_matrices, twin_mesh


def folder() -> Path:
    """Where the packages were installed."""
    return Path(os.environ["NODE_FOLDER"])


def versions(*packages: str) -> str:
    """The packages and their versions."""
    found = []
    for package in packages:
        text = (folder() / "node_modules" / package / "package.json").read_text("utf-8")
        found.append(f"{package} {json.loads(text)['version']}")
    return ", ".join(found)


def command(name: str, *arguments: str | Path) -> None:
    """Run a program of a package."""
    program = folder() / "node_modules" / ".bin" / name
    subprocess.run([str(program), *map(str, arguments)], check=True, capture_output=True)


def script(file: Path, *arguments: str | Path) -> None:
    """Run a script of ours where it finds the packages."""
    copy = folder() / file.name
    shutil.copyfile(file, copy)
    subprocess.run(["node", str(copy), *map(str, arguments)], check=True)


def described(model: Model) -> dict[str, Any]:
    """A model as the scripts take it: parts, each with a mesh and a matrix; twins are one mesh."""
    parts: list[tuple[Part, list[float] | None]]
    if model.name == "twins":
        parts = [(twin_mesh(), matrix.T.ravel().tolist()) for matrix in twin_matrices()]
    else:
        parts = [(part, None) for part in model.parts]
    vertices, triangles, _ = model.together()
    return {
        "shared": model.shared,
        "parts": [
            {
                "name": part.name,
                "vertices": part.vertices.ravel().tolist(),
                "triangles": part.triangles.ravel().tolist(),
                "colour": part.colour,
                "matrix": matrix,
            }
            for part, matrix in parts
        ],
        "together": {
            "vertices": vertices.ravel().tolist(),
            "triangles": triangles.ravel().tolist(),
            "colours": model.vertex_colours().ravel().tolist(),
        },
    }


def models_file(path: Path) -> Path:
    """All models, for a script to read."""
    path.write_text(json.dumps({name: described(model) for name, model in models().items()}))
    return path
