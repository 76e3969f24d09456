# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The system libraries that Blender's wheels load and a bare machine lacks; as root on Debian or Ubuntu they are
installed.

Standard library only, and nothing newer than Python 3.8 in this file, as in environment.py.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterable  # noqa: UP035 - Python 3.8 has no generic collections.abc.Iterable

BY_HAND = """Blender can't start here: this system lacks {libraries}.
On Debian or Ubuntu this brings them:
  apt-get install {packages}
Then run the same command again."""

FAILED = """These packages could not be installed, which hold what Blender needs from the system:
  {packages}
apt-get says above why. Install them by hand, and run the same command again."""


def provide(wheels: Iterable[Path]) -> None:
    """See that the system has the libraries that these folders of bpy load. Exits with a message where it has not."""
    if not sys.platform.startswith("linux"):
        return
    libraries = sorted(set().union(*map(missing, wheels)))
    if not libraries:
        return
    packages = " ".join(map(package_of, libraries))
    if os.geteuid() or not shutil.which("apt-get"):
        sys.exit(BY_HAND.format(libraries=", ".join(libraries), packages=packages))
    print(f"Installing what Blender needs from the system: {packages}", file=sys.stderr, flush=True)
    # As quiet as it can be, and after another run that installs something.
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*apt, "update"], env=environ, stdout=subprocess.DEVNULL, check=False)
    install = [*apt, "install", "-y", "--no-install-recommends", *packages.split()]
    if subprocess.run(install, env=environ, stdout=subprocess.DEVNULL, check=False).returncode:
        sys.exit(FAILED.format(packages=packages))


def missing(wheel: Path) -> set[str]:
    """The libraries that the system's loader does not find for Blender, and for what Blender loads in turn."""
    found: set[str] = set()
    for module in wheel.glob("__init__*.so"):
        said = subprocess.run(["ldd", str(module)], stdout=subprocess.PIPE, encoding="utf-8", check=False).stdout
        found.update(re.findall(r"^\s*(\S+) => not found", said, re.MULTILINE))
    return found


def package_of(library: str) -> str:
    """The package of a library by Debian's rule: libX11.so.6 is in libx11-6, libEGL.so.1 in libegl1 (policy, 8.1)."""
    name, _, version = library.lower().replace("_", "-").partition(".so.")
    return name + ("-" if name[-1:].isdigit() else "") + version
