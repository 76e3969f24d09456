# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/screenshots.py: makes the pictures of the README and the guide anew, in docs/pictures/.

They come from the demo, from rings whose parts are closed and get pegs, and from the tests that draw the panel, in the
real, windowed Blender that BLENDER names.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import environment
from environment import REPOSITORY

PICTURES = REPOSITORY / "docs" / "pictures"
BUILD = REPOSITORY / "build" / "screenshots"

FROM_THE_WINDOW = {
    "ready.png": "panel-ready.png",
    "processing.png": "panel-processing.png",
    "imported.png": "panel-imported.png",
    "window.png": "window.png",
    "preferences.png": "preferences.png",
    "exploded.png": "exploded.jpg",
    "parts.png": "panel-parts.png",
}


def main() -> None:
    """Run the demo and the panel's tests, and keep what the pages show."""
    blender = os.environ.get("BLENDER", "").partition(os.pathsep)[0]
    if not blender:
        sys.exit("Name a real Blender in the environment variable BLENDER: it is what the pictures are of.")
    environment.ensure_running_inside()
    from PIL import Image

    def keep(source: Path, name: str) -> None:
        with Image.open(source) as picture:
            small = picture.convert("RGB")
            small.thumbnail((1000, 10_000))
            if name.endswith(".png"):  # of the window: flat colours, few of them
                small = small.quantize(128, method=Image.Quantize.FASTOCTREE)  # keeps colours that are seldom
            small.save(PICTURES / name, optimize=True)
        print(f"Wrote {(PICTURES / name).relative_to(REPOSITORY)}, {(PICTURES / name).stat().st_size / 1000:.0f} kB")

    PICTURES.mkdir(exist_ok=True)
    _run([str(REPOSITORY / "scripts" / "demo.py"), "--out", str(BUILD / "demo")], {})
    _run([str(REPOSITORY / "scripts" / "demonstration" / "open_and_closed.py"), str(BUILD / "closed.png")], {})
    _run([str(REPOSITORY / "scripts" / "demonstration" / "pegs_and_holes.py"), str(BUILD / "pegs.png")], {})
    tests = [
        "-m",
        "pytest",
        "-q",
        "tests/gui/test_panel.py",
        "tests/gui/test_explode.py",
        "tests/gui/test_parts_list.py",
    ]
    _run(tests, {"BLENDER": blender})
    keep(BUILD / "demo" / "before-after.png", "before-after.jpg")
    keep(BUILD / "closed.png", "closed.jpg")
    keep(BUILD / "pegs.png", "pegs.jpg")
    for drawn, name in FROM_THE_WINDOW.items():
        keep(BUILD / Path(blender).name / drawn, name)


def _run(arguments: list[str], more: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=REPOSITORY, env=os.environ | more, check=False)
    if done.returncode:
        sys.exit("That failed, so there are no new pictures.")


if __name__ == "__main__":
    main()
