# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flamenco job type, compiled outside of Flamenco: which tasks come of a job, and that their commands run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import trimesh
from hitem3d_commands import REPOSITORY, WHEEL, Commands

from hitem3d_addon.cli.arguments import parse

SCRIPT = REPOSITORY / "scripts" / "flamenco" / "hitem3d_segment.js"
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(not NODE, reason="needs node, which runs Flamenco's language")


def compiled(**settings: Any) -> list[dict[str, Any]]:
    """The tasks of a job with these settings. Raises CalledProcessError where the script refuses them."""
    command = [str(NODE), str(Path(__file__).with_name("compile_job.js")), str(SCRIPT)]
    done = subprocess.run([*command, json.dumps({"settings": settings})], capture_output=True, check=True)
    return list(json.loads(done.stdout))


def test_a_task_for_each_batch() -> None:
    tasks = compiled(models="/m/a.glb;/m/b.glb\n/m/c d.glb\n", out="/out", batch_size=2)
    assert [(task["name"], task["type"]) for task in tasks] == [("segment-1-2", "blender"), ("segment-3-3", "blender")]
    ((command,), (other,)) = (task["commands"] for task in tasks)
    assert (command["name"], command["parameters"]["exe"]) == ("exec", "{blender}")
    arguments = command["parameters"]["args"]
    assert arguments[:6] == ["--online-mode", "--command", "hitem3d", "segment", "/m/a.glb", "/m/b.glb"]
    assert other["parameters"]["args"][4] == "/m/c d.glb"
    assert "--no-retry" in arguments
    assert "--again" not in arguments


def test_its_arguments_are_the_command_line_s(tmp_path: Path) -> None:
    model = tmp_path / "a.stl"
    model.touch()
    (task,) = compiled(models=str(model), out="/out", jobs=3, seg_level="high", format="obj", export_parts="stl")
    options = parse(task["commands"][0]["parameters"]["args"][3:], "test")
    assert (options.jobs, options.seg_level, options.format, options.export_parts) == (3, "high", "obj", "stl")


@pytest.mark.parametrize(
    "settings", [{"models": " ;\n"}, {"models": "/a/x.glb;/b/x.obj"}, {"models": "a.glb", "jobs": 0}]
)
def test_what_can_t_be_done_makes_no_job(settings: dict[str, Any]) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        compiled(out="/out", **settings)


def test_a_task_that_is_tried_again_pays_for_nothing(commands: Commands, folder: Path) -> None:
    """As a worker runs it, and the next worker after a failure."""
    if commands.program == WHEEL:
        pytest.skip("workers run a real Blender: name one in BLENDER")
    models = [folder / f"{name}.stl" for name in "abc"]
    for size, model in enumerate(models, 1):
        trimesh.creation.box((1, 1, size)).export(model)
    (task,) = compiled(models=";".join(map(str, models)), out=str(folder / "out"), format="stl")
    ((_, *arguments),) = ([c["parameters"]["exe"], *c["parameters"]["args"]] for c in task["commands"])
    commands.sandbox.behave(fail_next=1)
    # The add-on is not enabled in the settings of this test's Blender, as it is on a worker.
    command = [commands.program, "--addons", "bl_ext.user_default.hitem3d", *arguments]
    codes = [
        subprocess.run(command, env={**os.environ, **commands.environ}, capture_output=True, check=False).returncode
        for _ in range(2)
    ]
    assert codes == [6, 6]
    assert commands.created() == 3
    assert len(list((folder / "out").iterdir())) == 2
