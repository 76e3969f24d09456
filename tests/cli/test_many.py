# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hundred models with a fault at every tenth: all arrive in the end, and each was paid for once."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import trimesh
from hitem3d_commands import WHEEL, Commands

COUNT = 200
REFUSED = {
    "on": "create-task",
    "do": "answer",
    "status": 429,
    "code": 429,
    "msg": "busy",
    "headers": {"Retry-After": "0"},
}
FAULTS = [
    REFUSED,
    {"on": "create-task", "do": "answer", "status": 401, "code": 401, "msg": "expired"},
    {"on": "query-task", "do": "cut"},
    {"on": "query-task", "do": "answer", "status": 502, "text": "<html>", "headers": {"Retry-After": "0"}},
    {"on": "result", "do": "answer", "status": 403, "text": ""},
    {"on": "result", "when": "body", "bytes": 100, "do": "cut"},
]
"""What passes by itself."""


@pytest.mark.timeout(600)
def test_two_hundred_files(commands: Commands, folder: Path) -> None:
    if commands.program != WHEEL:
        pytest.skip("the loop is the same; one program is enough")
    models = folder / "models"
    models.mkdir()
    for number in range(COUNT):
        mesh = trimesh.Trimesh(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1 + number]]),
                               [[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]])  # fmt: skip
        mesh.export(models / f"{number:03d}.stl")
    chance = random.Random(7)
    faults = [dict(chance.choice(FAULTS), skip=chance.randrange(8, 12)) for _ in range(COUNT // 10)]
    lost = [{"on": "create-task", "when": "created", "do": "cut", "skip": 60}]
    commands.sandbox.behave(seconds=0.0, fail_next=2, faults=lost + faults)

    arguments = ("segment", models, "--format", "stl", "--out", folder / "out", "--jobs", "10", "--json")
    first = commands.run(*_globbed(arguments))
    assert first.code == 1, first.notes[-2000:]
    kinds = sorted(event["kind"] for event in first.events if event["event"] == "task" and event["kind"])
    assert kinds == ["TaskFailedError", "TaskFailedError", "UncertainError"], first.notes[-2000:]
    assert commands.created() == COUNT

    second = commands.run(*_globbed(arguments))
    assert second.code == 8, second.notes[-2000:]
    assert second.the("summary") | {"seconds": 0} == {
        "event": "summary", "done": COUNT - 1, "known": COUNT - 3, "failed": 1, "left": 0, "sent": 2, "seconds": 0,
        "exit_code": 8,
    }  # fmt: skip
    assert commands.created() == COUNT + 2, "only the two that failed, which are refunded, were sent again"
    assert len(list((folder / "out").iterdir())) == COUNT - 1


def _globbed(arguments: tuple[str | Path, ...]) -> list[str | Path]:
    """A folder becomes the models in it, as a shell does with an asterisk."""
    return [
        file
        for one in arguments
        for file in (sorted(one.glob("*.stl")) if isinstance(one, Path) and one.name == "models" else [one])
    ]
