# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/build.py: writes the extension that users install, dist/hitem3d-<version>.zip, and dist/index.json.

With its listing the folder is a remote repository: put on any web server, it is what Blender installs and updates the
extension from. Blender's own extension builder makes and validates both. The same sources give the same bytes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import environment
from environment import REPOSITORY

MANIFEST = REPOSITORY / "blender_manifest.toml"
UNIX = 3
"""What a zip calls the system that it was made on."""


def build(folder: Path, manifest: Path = MANIFEST) -> Path:
    """Write the extension into a folder, which is made if need be, and give its path. The manifest says its version.

    Raises subprocess.CalledProcessError when Blender's builder refuses it; it has said why.
    """
    import tomllib  # not at the top: an older Python is to get as far as the message that it is too old

    described = tomllib.loads(manifest.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder.resolve() / f"{described['id']}-{described['version']}.zip"
    with tempfile.TemporaryDirectory(prefix="hitem3d-build-") as temporary:
        stage = Path(temporary) / described["id"]
        # Blender wants the manifest beside the package's __init__.py.
        shutil.copytree(REPOSITORY / "hitem3d_addon", stage, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        shutil.copy(manifest, stage / MANIFEST.name)
        shutil.copy(REPOSITORY / "LICENSE", stage)
        built = Path(temporary) / archive.name
        extension_command("build", "--source-dir", str(stage), "--output-filepath", str(built), *_valid_tags())
        _copy_without_traces(built, archive)
    # Blender 4.2's `build` lets things through that its `validate` refuses.
    extension_command("validate", str(archive), *_valid_tags())
    return archive


def write_index(archive: Path) -> Path:
    """Write the listing that offers an extension to Blender, index.json, beside it, and give the listing's path.

    It offers this one alone, whatever else lies in the folder: of two versions in a listing Blender (4.2 to 5.2)
    announces the last and installs the first.
    """
    with tempfile.TemporaryDirectory(prefix="hitem3d-index-") as temporary:
        shutil.copy(archive, temporary)
        extension_command("server-generate", "--repo-dir", temporary)
        return Path(shutil.copy(Path(temporary, "index.json"), archive.parent))


def _copy_without_traces(source: Path, archive: Path) -> None:
    """Copy a zip, leaving out what came from this machine: times, permissions, and the order of its files."""
    with ZipFile(source) as given, ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as written:
        for name in sorted(given.namelist()):
            member = ZipInfo(name)  # of 1980, where zip's time begins
            member.create_system = UNIX
            member.external_attr = 0o644 << 16
            member.compress_type = ZIP_DEFLATED
            written.writestr(member, given.read(name))


def extension_command(*words: str) -> None:
    """Run one command of Blender's extension tool, a program of its own that comes with every bpy wheel."""
    program = _blender_scripts() / "addons_core" / "bl_pkg" / "cli" / "blender_ext.py"
    subprocess.run([sys.executable, str(program), *words], check=True)


def _valid_tags() -> tuple[str, str]:
    """The option that has the tool check the manifest's tags."""
    return "--valid-tags", str(_blender_scripts() / "modules" / "_bpy_internal" / "extensions" / "tags.py")


def _blender_scripts() -> Path:
    """The folder of Blender's own scripts in the installed wheel."""
    spec = find_spec("bpy")
    assert spec
    assert spec.origin
    return next(Path(spec.origin).parent.glob("*/scripts"))


def main() -> None:
    """Build it into dist/."""
    environment.ensure_running_inside()
    try:
        archive = build(REPOSITORY / "dist")
        index = write_index(archive)
    except subprocess.CalledProcessError:
        sys.exit("Blender's extension builder refused it; see above.")
    size = archive.stat().st_size / 1000
    print(f"Wrote {archive.relative_to(REPOSITORY)}, {size:.0f} kB, and {index.relative_to(REPOSITORY)}")


if __name__ == "__main__":
    main()
