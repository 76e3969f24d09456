# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's own virtual environments, made on first use in .venvs/ from the locks in scripts/locks/.

    oldest, newest   the oldest and the newest Blender with a `bpy` wheel for the running Python, and what runs in it
    checks           formatting, lint and types, beside Blender's type stubs; without Blender

What goes in is said once, in pyproject.toml under [dependency-groups]. After a change there:

    python3 scripts/environment.py --lock              # adds what is new, keeps the other versions
    python3 scripts/environment.py --lock --upgrade    # moves everything to its newest version

Without options it makes an environment (NAME, default: newest) and prints its Python. Standard library only, and
nothing newer than Python 3.8 in this file, so that an unfit Python gets to say what it needs.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import BinaryIO, Iterator  # noqa: UP035 - Python 3.8 has no generic collections.abc.Iterator

REPOSITORY = Path(__file__).resolve().parents[1]
ENVIRONMENTS = REPOSITORY / ".venvs"
LOCKS = REPOSITORY / "scripts" / "locks"

PYTHONS = ("3.11", "3.13")
"""What Blender's wheels are built for: 4.2 to 5.0 and 5.1 to 5.2."""
RUNNING = "{}.{}".format(*sys.version_info)
TAG = "py" + RUNNING.replace(".", "")

MISSING_LIBRARY = """Blender can't start here: {reason}
On Debian or Ubuntu this brings what it needs:
  apt-get install libegl1 libgl1 libice6 libsm6 libxfixes3 libxi6 libxkbcommon0 libxrender1 libxxf86vm1
Then run the same command again."""


def ensure_running_inside(name: str = "newest") -> None:
    """Go on in one of the project's environments: at once where this is one, else by running the script again in it."""
    if Path(sys.prefix).parent == ENVIRONMENTS:
        return
    python = str(interpreter(name))
    # Other people's modules would come before the locked ones.
    for variable in ("PYTHONPATH", "PYTHONHOME"):
        os.environ.pop(variable, None)
    arguments = [python, *sys.orig_argv[1:]]
    sys.stdout.flush()
    if os.name == "nt":  # exec does not wait there, and the prompt comes back while the script still runs
        with contextlib.suppress(KeyboardInterrupt):
            sys.exit(subprocess.call(arguments))
        sys.exit(130)
    os.execv(python, arguments)


def interpreter(name: str) -> Path:
    """The Python of an environment, which is made or renewed first if need be.

    Exits with a message when that can't be.
    """
    check_python()
    lock = lock_of(name)
    folder = ENVIRONMENTS / f"{TAG}-{name}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = folder / ".ready"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()

    def is_ready() -> bool:
        with contextlib.suppress(OSError):
            return python.exists() and ready.read_text() == digest
        return False

    if not is_ready():
        ENVIRONMENTS.mkdir(exist_ok=True)
        with _locked(folder.with_suffix(".lock")):
            if not is_ready():  # another run may have made it meanwhile
                ready.unlink(missing_ok=True)
                _make(folder, python, lock)
                ready.write_text(digest)
    return python


def lock_of(name: str) -> Path:
    """The file that says, with hashes, what an environment is made of."""
    return LOCKS / ("checks.txt" if name == "checks" else f"{TAG}-{name}.txt")


def check_python() -> None:
    """Exit with a message where Blender has no wheel for the running Python."""
    if RUNNING in PYTHONS:
        return
    found = [f"python{version}" for version in PYTHONS if shutil.which(f"python{version}")]
    sys.exit(
        f"This is Python {RUNNING}, and Blender comes as a Python package (bpy) for {' and '.join(PYTHONS)} only. "
        + (f"Run it with {found[0]}, which you have." if found else "Install one of them and run it with that.")
    )


def _make(folder: Path, python: Path, lock: Path) -> None:
    start = time.monotonic()
    download = "" if "checks" in lock.name else " (about 500 MB to download, once)"
    print(f"Making the environment {folder.relative_to(REPOSITORY)}{download} ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)  # what a run that was killed left behind
    try:
        venv.create(folder, with_pip=True)
    except subprocess.CalledProcessError:
        sys.exit(
            f"Python can't make virtual environments here. On Debian or Ubuntu: apt-get install python{RUNNING}-venv"
        )
    install = ["install", "--require-hashes", "--only-binary=:all:", "--no-input", "--disable-pip-version-check"]
    # Isolated, so that a PYTHONPATH of the user's has no part in it. pip's progress goes to the standard error.
    command = [str(python), "-I", "-m", "pip", *install, "-r", str(lock)]
    done = subprocess.run(command, stdout=sys.stderr, close_fds=False, check=False)
    if done.returncode:
        sys.exit(
            "The packages could not be installed; pip says above why. It takes a network connection and 2 GB of disk, "
            "and Blender's wheels are for Linux and Windows on x64 and for macOS on Apple silicon."
        )
    if "checks" not in lock.name:
        start_blender = subprocess.run([str(python), "-I", "-c", "import bpy"], capture_output=True, encoding="utf-8")
        if start_blender.returncode:
            sys.exit(MISSING_LIBRARY.format(reason=start_blender.stderr.strip().rpartition("\n")[2]))
    print(f"Made it in {time.monotonic() - start:.0f} s.", flush=True)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a file's lock, which the system lets go of when this process and its pip have ended in whatever way."""
    with path.open("ab") as file:
        os.set_inheritable(file.fileno(), True)
        if not _try_lock(file):
            print("Another run is making the environment; waiting for it ...", flush=True)
            while not _try_lock(file):
                time.sleep(0.5)
        yield


def _try_lock(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def write_locks(upgrade: bool) -> None:
    """Work out every lock anew from pyproject.toml, with a uv of its own."""
    groups = {f"{tag}-{name}": tag for tag in ("py311", "py313") for name in ("oldest", "newest")} | {"checks": "py311"}
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        programs = Path(folder) / ("Scripts" if os.name == "nt" else "bin")
        subprocess.run([programs / "python", "-I", "-m", "pip", "install", "--quiet", "uv"], check=True)
        for group, tag in groups.items():
            command = [str(programs / "uv"), "pip", "compile", "--group", f"pyproject.toml:{group}"]
            command += ["--output-file", str(LOCKS / f"{group}.txt"), *(["--upgrade"] if upgrade else [])]
            command += ["--universal", "--python-version", f"{tag[2]}.{tag[3:]}", "--generate-hashes", "--no-build"]
            command += ["--quiet", "--custom-compile-command", "python3 scripts/environment.py --lock"]
            subprocess.run(command, check=True, cwd=REPOSITORY)
            print(f"wrote scripts/locks/{group}.txt")


def main() -> None:
    """Make an environment, or renew the locks."""
    parser = argparse.ArgumentParser(description="Makes the project's environments and their locks.")
    parser.add_argument("name", nargs="?", choices=("oldest", "newest", "checks"), default="newest", metavar="NAME")
    parser.add_argument("--lock", action="store_true", help="write scripts/locks anew from pyproject.toml")
    parser.add_argument("--upgrade", action="store_true", help="with --lock: take the newest version of everything")
    options = parser.parse_args()
    check_python()
    if options.lock:
        write_locks(options.upgrade)
    else:
        print(interpreter(options.name))


if __name__ == "__main__":
    main()
