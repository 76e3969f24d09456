# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the upload of the largest model takes, beside curl's form upload to the same server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from .fresh import fresh
from .plain_service import PlainService
from .row import Row, Skipped


def rows(quick: bool) -> Iterator[Row | Skipped]:
    size = 20_000_000 if quick else 200_000_000
    what = f"Upload of {size / 1e6:.0f} MB on loopback"
    if not shutil.which("curl"):
        yield Skipped(what, "there is no curl here")
        return
    with PlainService() as service:
        found = fresh("upload", "measure", url=service.url, size=size, runs=3 if quick else 11)
    yield Row(what, found["ours"], "s", "at most 1.25 times", 1.25 * found["curl"], "curl -F", found["curl"])


def model(folder: Path, size: int) -> Path:
    """A file of so many bytes that no file system or network card can make smaller."""
    file = folder / "mesh.glb"
    with file.open("wb") as stream:
        for _ in range(size // 1_000_000):
            stream.write(os.urandom(1_000_000))
    return file


def measure(url: str, size: int, runs: int) -> dict[str, Any]:
    """Runs in a process of its own, as the agent does: without Blender."""
    from hitem3d_addon.core.credentials import Credentials
    from hitem3d_addon.core.service.authorization import AuthScheme
    from hitem3d_addon.core.service.client import Hitem3DClient
    from hitem3d_addon.core.task import SegmentationRequest

    from .timing import interleaved

    client = Hitem3DClient(url, Credentials(token="token"), scheme=AuthScheme.TOKEN)
    with tempfile.TemporaryDirectory(prefix="hitem3d-bench-") as folder:
        mesh = model(Path(folder), size)
        request = SegmentationRequest(mesh=mesh)
        form = ["seg_level=medium", "format=2", f"mesh=@{mesh};filename=model.glb"]
        command = ["curl", "--silent", "--fail", "--noproxy", "*", "--output", os.devnull]
        command += [word for field in form for word in ("-F", field)]
        command.append(f"{url}/open-api/v1/segmentation/create-task")

        def ours() -> Callable[[], object]:
            return partial(client.create_task, request, progress=lambda done, total: None, cancelled=lambda: False)

        def curl() -> Callable[[], object]:
            return partial(subprocess.run, command, check=True)

        return interleaved({"ours": ours, "curl": curl}, runs)
