# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Blender window on a screen of its own, driven from outside: Python, keys, the mouse, pictures."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Self

from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[2]
ADDON = "bl_ext.user_default.hitem3d"
SIZE = (1600, 1000)


class Screen:
    """An X server with a window manager, drawn in memory."""

    def __enter__(self) -> Self:
        # The server takes a number that is free, whatever else is being tested at the same time, and tells it.
        told, tell = os.pipe()
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        size = f"{SIZE[0]}x{SIZE[1]}x24"
        command = ["Xvfb", "-displayfd", str(tell), "-screen", "0", size]
        self._server = subprocess.Popen(command, pass_fds=[tell], **quiet)
        os.close(tell)
        with os.fdopen(told) as stream:
            self.display = f":{stream.readline().strip()}"
        assert self.display != ":", "Xvfb did not start"
        self._manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": self.display}, **quiet)
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait()


class BlenderWindow:
    """Blender with the add-on installed as an extension unless told otherwise, in a window that fills the screen.

    ``run`` has Blender's main thread execute Python and gives the value of its last ``result =``; ``keys`` and ``type``
    simulate the keyboard. ``resources`` is Blender's user folder, which outlives the window when it is handed in.
    """

    def __init__(
        self,
        blender: str,
        screen: Screen,
        environ: Mapping[str, str],
        *,
        resources: Path,
        arguments: tuple[str, ...] = (),
        factory: bool = True,
        with_addon: bool = True,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hitem3d-gui-", dir="/tmp"))
        self.screen = screen
        self.resources = resources
        if with_addon:
            stage_addon(resources)
        self._addon = ADDON if with_addon else ""
        self._count = 0
        self._forgotten = 0
        with (self.folder / "log.txt").open("wb") as log:
            self.process = self._start(blender, environ, arguments, factory, log)
        until(lambda: (self.folder / "ready").exists(), "Blender's window", 90)

    def _start(
        self, blender: str, environ: Mapping[str, str], arguments: tuple[str, ...], factory: bool, log: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                blender,
                *(["--factory-startup"] if factory else []),
                "--gpu-backend",
                "opengl",
                "--window-geometry",
                "0",
                "0",
                *map(str, SIZE),
                "--enable-event-simulate",
                *arguments,
                "--python",
                str(Path(__file__).with_name("driven.py")),
            ],
            env={
                **os.environ,
                # To compile what the drawing in software needs takes longer than all the rest of a start.
                "MESA_SHADER_CACHE_DIR": str(REPOSITORY / "build" / "shaders"),
                **environ,
                "DISPLAY": self.screen.display,
                "BLENDER_USER_RESOURCES": str(self.resources),
                "GUI_TEST_FOLDER": str(self.folder),
                "GUI_TEST_ADDON": self._addon,
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def log(self) -> str:
        """What Blender printed since the log was forgotten."""
        return (self.folder / "log.txt").read_bytes()[self._forgotten :].decode("utf-8", "replace")

    def forget_log(self) -> None:
        """Have the log begin now."""
        self._forgotten = (self.folder / "log.txt").stat().st_size

    def run(self, code: str, seconds: float = 60.0) -> Any:
        """Execute Python in Blender, from a timer; gives the value of ``result``, as JSON can carry it."""
        self._count += 1
        answer = self.folder / f"{self._count}.answer"
        part = self.folder / f"{self._count}.part"
        part.write_text(code, "utf-8")
        part.replace(self.folder / f"{self._count}.code")
        until(lambda: answer.exists() or self.process.poll() is not None, f"an answer to: {code[:200]}", seconds)
        if not answer.exists():
            raise AssertionError(f"Blender ended:\n{self.log[-3000:]}")
        said = json.loads(answer.read_text("utf-8"))
        if said["error"]:
            raise AssertionError(said["error"])
        return said["result"]

    def keys(self, *names: str) -> None:
        """Press keys one after the other, by Blender's names; ``SHIFT+R`` holds one down."""
        for name in names:
            *held, key = name.split("+")
            states = ", ".join(f"{one.lower()}=True" for one in held)
            for value in ("PRESS", "RELEASE"):
                self.run(f"simulate(type={key!r}, value={value!r}, {states})")
            time.sleep(0.15)

    def type(self, text: str) -> None:
        """Type a text, a key for each letter."""
        for letter in text:
            key = {" ": "SPACE", "(": "NINE", ")": "ZERO"}.get(letter, letter.upper())
            self.run(f"simulate(type={key!r}, value='PRESS', unicode={letter!r})")
            self.run(f"simulate(type={key!r}, value='RELEASE')")
            time.sleep(0.03)

    def move(self, x: int, y: int) -> None:
        """Put the mouse there, in pixels from the lower left corner."""
        self.run(f"move({x}, {y})")
        time.sleep(0.1)

    def click(self, x: int, y: int) -> None:
        """Click with the left button, in pixels from the lower left corner."""
        self.move(x, y)
        for value in ("PRESS", "RELEASE"):
            self.run(f"simulate(type='LEFTMOUSE', value={value!r})")
        time.sleep(0.2)

    def picture(self, file: Path) -> None:
        """Take a screenshot. Blender's own operator gives a black one in software drawing."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        time.sleep(0.4)
        subprocess.run(["scrot", "-o", str(file)], env={**os.environ, "DISPLAY": self.screen.display}, check=True)

    def sidebar(self) -> tuple[int, int, int, int]:
        """Show the add-on's tab; gives the sidebar's x, y, width and height, from the lower left corner."""
        region = "r = next(r for r in area().regions if r.type == 'UI'); result = [r.x, r.y, r.width, r.height]"
        until(lambda: self.run("show_sidebar()") or self.run(region)[2] > 1, "the sidebar")
        time.sleep(0.5)
        self.run("show_sidebar()")
        x, y, width, height = self.run(region)
        return x, y, width, height

    def widen_sidebar(self, width: int) -> None:
        """Drag the sidebar's edge, as a user does, until it is so many pixels wide."""
        for beside in (1, 3):  # where Blender takes the mouse to be on the edge differs a little
            x, y, before, height = self.sidebar()
            if abs(before - width) <= 2:
                break
            edge, level = x - beside, y + height - 60
            for position in (edge - 40, edge):
                self.move(position, level)
            self.run("simulate(type='LEFTMOUSE', value='PRESS')")
            for share in (0.1, 0.4, 0.7, 1.0):
                self.move(edge + round(share * (before - width)), level)
            self.run("simulate(type='LEFTMOUSE', value='RELEASE')")
            time.sleep(0.5)
        assert abs(self.sidebar()[2] - width) <= 2
        self.move(400, 300)

    def sidebar_picture(self, file: Path) -> None:
        """Take a screenshot of the sidebar alone, as far down as it is drawn on."""
        x, y, width, height = self.sidebar()
        self.picture(file)
        with Image.open(file) as whole:
            top = whole.height - y - height
            whole.crop((x - 8, top, x + width, top + min(height, 620))).save(file)

    def until(self, code: str, seconds: float = 30.0) -> Any:
        """Wait until an expression is true in Blender; gives its value."""
        return until(lambda: self.run(f"result = {code}"), code, seconds)

    def kill(self) -> None:
        """End Blender as a crash would. The wrapper and Blender share a process group; the agent has its own."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def quit(self, seconds: float = 20.0) -> int:
        """Quit without saving and give the exit code."""
        if self.process.poll() is None:
            (self.folder / f"{self._count + 1}.code").write_text("bpy.ops.wm.quit_blender()", "utf-8")
        return self.process.wait(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def stage_addon(resources: Path) -> None:
    """Put the add-on where Blender looks for installed extensions, as its installer does with the zip's content."""
    folder = resources / "extensions" / "user_default" / "hitem3d"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(REPOSITORY / "hitem3d_addon", folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "blender_manifest.toml", folder)


def until(condition: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """Wait until the condition holds; gives its value. Raises AssertionError when the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")
