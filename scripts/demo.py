# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the add-on's whole job on one model, with a local Hitem3D: no account, no keys, nothing leaves this computer.

Writes segmented.blend (the object, and its parts in place) and before-after.png (a picture of both) into demo-output/.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import environment

SUFFIXES = (".blend", ".glb", ".obj", ".stl")


def main() -> None:
    """Read the command line, and go on inside the project's environment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("model", type=Path, nargs="?", help="a .blend, .glb, .obj or .stl; without it, the demo makes a model itself")
    add("--seg-level", choices=("low", "medium", "high"), default="medium", help="how finely to cut (default: medium)")
    add("--format", choices=("obj", "glb", "stl", "fbx", "usdz"), default="glb", help="what comes back (default: glb)")
    add("--out", type=Path, default=environment.REPOSITORY / "demo-output", help="folder to write to")
    options = parser.parse_args()
    if options.model and options.model.suffix.lower() not in SUFFIXES:
        parser.error(f"{options.model} is not a model that the demo reads. Give it one of {', '.join(SUFFIXES)}.")
    if options.model and not options.model.is_file():
        parser.error(f"there is no file {options.model}. Give the path of a model, or none for the demo's own.")
    if options.out.exists() and not options.out.is_dir():
        parser.error(f"{options.out} is a file. Give --out a folder.")
    environment.ensure_running_inside()
    run(options.model, options.seg_level.upper(), options.format.upper(), options.out.resolve())


def run(model: Path | None, seg_level: str, result_format: str, out: Path) -> None:
    """Do the job and write the two files. Exits with a message when a step says no."""
    from demonstration import before_after, made_model, model_files, part_table
    from demonstration.job import Job

    start = time.monotonic()

    def tell(text: str) -> None:
        print(f"{time.monotonic() - start:5.1f} s  {text}", flush=True)

    try:
        sources = model_files.load(model) if model else [made_model.make()]
        out.mkdir(parents=True, exist_ok=True)
        tell(f"{'Read' if model else 'Made'} {model_files.described(sources)}")
        with Job(tell) as job:
            task_id = job.send(sources, seg_level, result_format)
            parts = job.fetch()
        blend = out / "segmented.blend"
        model_files.save(blend)
        tell(f"Saved {blend}")
        tell("Rendering, half a minute or so ...")
        picture = out / "before-after.png"
        before_after.render(sources, parts, picture)
        tell(f"Rendered {picture}")
    except (RuntimeError, OSError) as error:  # what Blender's operators raise, and what the file system does
        sys.exit(f"The demo stopped: {str(error).strip().removeprefix('Error: ')}")
    print(f"\nTask {task_id}: {len(parts)} parts\n{part_table.table(parts)}")


if __name__ == "__main__":
    main()
