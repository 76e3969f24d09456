# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of the sandbox, and models to send."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trimesh
from sandbox.process import Sandbox

sys.path.insert(0, str(Path(__file__).parent))  # for clients.py

from clients import PATIENCE, Client

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.service.client import Hitem3DClient


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    """Makes clients of the sandbox, with its token unless told otherwise."""
    made: list[Hitem3DClient] = []

    def make(credentials: Credentials | None = None, **options: Any) -> Hitem3DClient:
        credentials = credentials or Credentials(token=sandbox.token)
        made.append(Hitem3DClient(sandbox.url, credentials, **{"timeouts": PATIENCE, **options}))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    """A small GLB under a private name."""
    file = tmp_path / "Kundenname geheim.glb"
    file.write_bytes(trimesh.creation.box().export(file_type="glb"))
    return file
