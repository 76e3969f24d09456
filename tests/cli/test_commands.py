# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every sub-command and every exit code, as a pipeline meets them."""

from __future__ import annotations

import json
import os
import signal
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import trimesh
from hitem3d_commands import WHEEL, Commands

from hitem3d_addon.cli.command_line import main
from hitem3d_addon.cli.exit_codes import MEANINGS


def model(file: Path, size: float = 1.0) -> Path:
    """A small model of two bodies."""
    file.parent.mkdir(parents=True, exist_ok=True)
    ball = trimesh.creation.icosphere(1, 0.5)
    ball.apply_translation((2, 0, 0))
    trimesh.util.concatenate([trimesh.creation.box((1, 1, size)), ball]).export(file)
    return file


def test_an_object_s_whole_life(commands: Commands, folder: Path) -> None:
    """Sent by one process, asked for by a second, imported by a third, which all know it from the .blend."""
    scene = folder / "scene.blend"
    sent = commands.run("segment", "--seg-level", "low", "--save-as", scene, "--json")
    assert sent.code == 0, sent.notes
    task_id = sent.the("task")["task_id"]
    assert sent.the("task")["created"]
    assert commands.sandbox.counts()["tasks"][0]["task_id"] == task_id

    assert commands.run("wait", task_id, "--json").the("task")["state"] == "ready"
    status = commands.run("status", "--json", file=scene)
    assert (status.code, status.the("task")["task_id"], status.the("task")["name"]) == (0, task_id, "Cube")

    imported = commands.run(
        *("import", "--apply-parts", "face_attribute", "--save", "--out", folder / "out", "--export-parts", "stl"),
        "--json",
        file=scene,
    )
    assert imported.code == 0, imported.notes
    result, *parts = map(Path, imported.the("task")["files"])
    assert result == folder / "out" / "Cube.glb"
    assert len(parts) >= 2
    whole = trimesh.util.concatenate([trimesh.load_mesh(part) for part in parts])
    assert whole.bounds.ravel() == pytest.approx([-1, -1, -1, 1, 1, 1], abs=1e-5)
    assert "100.0 % of the triangles matched exactly" in imported.notes

    again = commands.run("segment", "--seg-level", "low", "--apply-parts", "separate", "--save", "--json", file=scene)
    assert again.code == 0, again.notes
    assert (again.the("task")["task_id"], again.the("summary")["sent"]) == (task_id, 0)
    assert commands.created() == 1


def test_a_model_file_s_whole_life(commands: Commands, folder: Path) -> None:
    """Sent as it is, downloaded, listed, forgotten."""
    stl = model(folder / "rock.stl")
    lines = folder / "lines.json"
    sent = commands.run("segment", stl, "--format", "stl", "--out", folder / "out", "--json-file", lines)
    assert sent.code == 0, sent.notes
    events = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [event["event"] for event in events][-2:] == ["task", "summary"]
    assert events[-2]["files"] == [str(folder / "out" / "rock.stl")]
    task = commands.sandbox.counts()["tasks"][0]
    assert commands.sandbox.mesh(task["task_id"]) == stl.read_bytes()
    assert events[-2]["task_id"] == task["task_id"]
    assert str(folder / "out" / "rock.stl") in sent.output

    got = commands.run("download", task["task_id"], "--out", folder / "more", "--json")
    assert got.the("task")["files"] == [str(folder / "more" / "rock.stl")]
    (listed,) = commands.run("list", "--json").events
    assert (listed["name"], listed["state"], listed["seg_level"]) == ("rock", "done", "medium")
    assert commands.run("forget", listed["uid"]).code == 0
    assert commands.run("list", "--json").events == []
    balance = commands.run("balance", "--json")
    assert balance.the("balance")["credits"] == pytest.approx(100_000 - 20)


def test_blend_files(commands: Commands, folder: Path) -> None:
    """Among other models their objects are sent; with --save each becomes a .blend with its parts."""
    scene, stl = folder / "scene.blend", model(folder / "rock.stl")
    assert commands.run("segment", "--save-as", scene).code == 0
    before = scene.read_bytes()
    both = commands.run("segment", scene, stl, "--out", folder / "out", "--json")
    assert both.code == 0, both.notes
    assert {event["name"] for event in both.events if event["event"] == "task"} == {"Cube", "rock"}
    assert {file.name for file in (folder / "out").iterdir()} == {"scene.glb", "rock.glb"}
    assert both.the("summary")["sent"] == 1, "the cube was sent already"

    options = ("--objects", "C*", "--import", "--save", "--out", folder / "more", "--export-parts", "obj", "--json")
    into = commands.run("segment", scene, *options)
    assert into.code == 0, into.notes
    assert "in place" in into.notes
    assert (folder / "more" / "scene.blend").is_file()
    parts = [Path(file) for file in into.the("task")["files"] if file.endswith(".obj")]
    assert len(parts) >= 2
    assert {part.parent for part in parts} == {folder / "more" / "scene"}
    assert scene.read_bytes() == before, "with --out the original is left alone"
    assert commands.created() == 2


def test_every_exit_code(commands: Commands, folder: Path) -> None:
    rock = model(folder / "rock.glb")

    def code(*arguments: str | Path, **environ: str) -> int:
        done = commands.run(*arguments, "--json", **environ)
        said = [event["exit_code"] for event in done.events if event["event"] in ("summary", "error")]
        assert said in ([], [done.code]), "JSON tells the same code as the process"
        return done.code

    assert code("segment", folder / "nothing.glb") == 2
    assert code("balance", HITEM3D_API_URL="http://127.0.0.1:9") == 1
    assert code("balance", HITEM3D_TOKEN="", HITEM3D_ACCESS_KEY="ak_wrong", HITEM3D_SECRET_KEY="sk_wrong") == 3
    large = folder / "large.glb"
    with large.open("wb") as stream:
        stream.truncate(200_000_001)
    assert code("segment", large) == 5
    commands.sandbox.behave(credits=0.0)
    assert code("segment", rock) == 4
    commands.sandbox.behave(credits=100.0, fail_next=1)
    assert code("segment", rock, "--wait") == 6
    commands.sandbox.behave(seconds=60.0)
    assert code("segment", rock, "--wait", "--timeout", "0") == 7
    commands.sandbox.behave(seconds=0.2)
    assert code("segment", rock, "--wait") == 0
    commands.sandbox.behave(faults=[{"on": "create-task", "when": "created", "do": "cut"}])
    assert code("segment", rock, "--seg-level", "high") == 8
    assert code("segment", rock, "--seg-level", "high") == 8
    assert commands.created() == 3, "one failed, one went on, one is uncertain and was never sent again"

    (uncertain,) = commands.run("list", "--state", "uncertain", "--json").events
    task_id = commands.sandbox.counts()["tasks"][-1]["task_id"]  # as the user finds it on the website
    assert code("status", uncertain["uid"], "--task-id", task_id) == 0


def test_ctrl_c_and_run_again(commands: Commands, folder: Path) -> None:
    """What was sent goes on; what was not is sent then; nothing is paid for twice."""
    files = [model(folder / "models" / f"{n}.glb", 1 + n / 10) for n in range(6)]
    commands.sandbox.behave(seconds=120.0)
    arguments = ("segment", *files, "--out", folder / "out", "--jobs", "3", "--json")
    process = commands.start(*arguments)
    end = time.monotonic() + 60
    while commands.created() < 3 and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    stopped = commands.end(process)
    assert (stopped.code, stopped.the("summary")["exit_code"]) == (130, 130), stopped.notes
    assert stopped.the("summary")["left"] == 6
    ids = {event["task_id"] for event in stopped.events if event["event"] == "state"}
    assert ids == {task["task_id"] for task in commands.sandbox.counts()["tasks"]}

    commands.sandbox.behave(seconds=0.2)
    done = commands.run(*arguments)
    assert done.code == 0, done.notes
    assert done.the("summary")["sent"] == 3
    assert commands.created() == 6
    assert sorted(file.name for file in (folder / "out").iterdir()) == [f"{n}.glb" for n in range(6)]


def test_a_model_in_the_web(commands: Commands, folder: Path) -> None:
    """The service fetches it; the same address is not paid for twice."""
    if commands.program != WHEEL:
        pytest.skip("nothing of it depends on the program; one is enough")
    model(folder / "rock.glb")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder))) as web:
        Thread(target=web.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{web.server_port}/rock.glb"
        first, second = (commands.run("segment", "--url", url, "--out", folder / "out", "--json") for _ in range(2))
        web.shutdown()
    assert (first.code, second.code) == (0, 0), first.notes + second.notes
    assert (first.the("summary")["sent"], second.the("summary")["sent"]) == (1, 0)
    assert Path(first.the("task")["files"][0]).is_file()


STARTUP = """
import ctypes, os
print("Blender says something in Python", flush=True)
ctypes.CDLL(None).puts(b"and in C")
os.write(1, b"and past both\\n")
def register(): print("while it starts")
def unregister(): print("and while it ends")
"""


def test_standard_output_holds_json_alone(commands: Commands, folder: Path) -> None:
    """Whatever Blender prints while it starts, as this script does from a studio's folder of scripts."""
    if commands.program != WHEEL or os.name == "nt":
        pytest.skip("what a real Blender prints before it begins with the command can't be kept away")
    startup = folder / "scripts" / "startup"
    startup.mkdir(parents=True)
    (startup / "talkative.py").write_text(STARTUP)
    done = commands.run("balance", "--json", BLENDER_SYSTEM_SCRIPTS=str(folder / "scripts"))
    assert done.code == 0, done.notes
    assert [json.loads(line)["event"] for line in done.output.splitlines()] == ["balance"]
    for words in ("something in Python", "and in C", "and past both", "while it starts"):
        assert words in done.notes
    assert "example" in commands.run("balance", "--help").output


def test_it_puts_everything_back(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Called inside of another program: descriptor 1 and the handlers of signals are as before."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    assert main(["list"]) == 0
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    os.write(1, b"still there")
    assert capfd.readouterr().out == "still there"


@pytest.mark.parametrize("name", ["segment", "status", "wait", "import", "download", "balance", "list", "forget"])
def test_help_has_an_example_for_each_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert "example" in capsys.readouterr().out


def test_help_has_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {code:>3}  {meaning}" in said for code, meaning in MEANINGS.items())
