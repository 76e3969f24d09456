# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's own virtual environments, made on first use in .venvs/ from the locks in scripts/locks/.

    oldest, newest   the oldest and the newest Blender with a `bpy` wheel for the running Python, and what runs in it
    checks           formatting, lint and types, beside Blender's type stubs; without Blender

What goes in is said once, in pyproject.toml under [dependency-groups]. After a change there:

    python3 scripts/environment.py --lock              # adds what is new, keeps the other versions
    python3 scripts/environment.py --lock --upgrade    # moves everything to its newest version

Without options it makes an environment (NAME, default: newest) and prints its Python. Standard library only, and
nothing newer than Python 3.8 in this file, so that a Python that does not fit can still say what is needed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import BinaryIO, Iterator  # noqa: UP035 - Python 3.8 has no generic collections.abc.Iterator

from setup import system_libraries

REPOSITORY = Path(__file__).resolve().parents[1]
ENVIRONMENTS = REPOSITORY / ".venvs"
LOCKS = REPOSITORY / "scripts" / "locks"

PYTHONS = ("3.11", "3.13")
"""What Blender's wheels are built for: 4.2 to 5.0 and 5.1 to 5.2."""
RUNNING = "{}.{}".format(*sys.version_info)

READY = ".ready"
"""The file in an environment that holds the hash of the lock that it was made from."""
STARTS = ".starts"
"""The file in an environment whose Blender was seen to start."""


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
    python = _with_packages(name)
    _see_it_start([python])
    return python


def interpreters(wanted: list[tuple[str, str]]) -> list[Path]:
    """The Pythons of several environments, made at the same time; ``wanted`` are versions of Python with a name each.

    Exits with a message when one of them can't be made.
    """
    environ = {**os.environ, "PIP_QUIET": "1"}  # their progress bars would write over one another
    making = [
        subprocess.Popen(
            [find_python(version) or "", __file__, "--packages", name], stdout=subprocess.DEVNULL, env=environ
        )
        for version, name in wanted
        if not _is_ready(version, name)
    ]
    if any([process.wait() for process in making]):
        sys.exit(1)
    pythons = [_python(version, name) for version, name in wanted]
    _see_it_start(pythons)
    return pythons


def _with_packages(name: str) -> Path:
    if not _is_ready(RUNNING, name):
        ENVIRONMENTS.mkdir(exist_ok=True)
        with _locked(_folder(RUNNING, name).with_suffix(".lock")):
            if not _is_ready(RUNNING, name):  # another run may have made it meanwhile
                _make(_folder(RUNNING, name), _python(RUNNING, name), lock_of(name))
    return _python(RUNNING, name)


def _folder(version: str, name: str) -> Path:
    return ENVIRONMENTS / f"{_tag(version)}-{name}"


def _python(version: str, name: str) -> Path:
    return _folder(version, name) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _is_ready(version: str, name: str) -> bool:
    """Whether an environment is there, whole, and made from the lock as it is."""
    with contextlib.suppress(OSError):
        ready = (_folder(version, name) / READY).read_text(encoding="utf-8")
        return _python(version, name).exists() and ready == _digest(lock_of(name, version))
    return False


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _see_it_start(pythons: list[Path]) -> None:
    """Check once, for the environments that have Blender, that it can start here. Exits with a message if it can't."""
    new = [python for python in pythons if not (python.parents[1] / STARTS).exists()]
    places = ("lib/python*/site-packages/bpy", "Lib/site-packages/bpy")
    wheels = {python: wheel for python in new for place in places for wheel in python.parents[1].glob(place)}
    system_libraries.provide(wheels.values())
    for python in wheels:
        done = subprocess.run([str(python), "-I", "-c", "import bpy"], capture_output=True, encoding="utf-8")
        if done.returncode:
            sys.exit("Blender can't start here: " + done.stderr.strip().rpartition("\n")[2])
        (python.parents[1] / STARTS).touch()


def wheels() -> list[tuple[str, str]]:
    """All environments with a Blender that can be made here, those for the running Python last, with its newest one."""
    others = [version for version in PYTHONS if version != RUNNING and find_python(version)]
    return [(version, name) for version in [*others, RUNNING] for name in ("oldest", "newest")]


def find_python(version: str) -> str | None:
    """A Python of this version that can make environments; None where there is none."""
    if version == RUNNING:
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    check = f"import sys, venv, ensurepip; sys.exit('%d.%d' % sys.version_info[:2] != {version!r})"
    for program in (f"python{version}", "python3", *sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python3")))):
        with contextlib.suppress(OSError):
            if subprocess.run([program, "-c", check], capture_output=True, check=False).returncode == 0:
                return program
    return None


def lock_of(name: str, version: str = RUNNING) -> Path:
    """The file that says, with hashes, what an environment is made of."""
    return LOCKS / ("checks.txt" if name == "checks" else f"{_tag(version)}-{name}.txt")


def _tag(version: str) -> str:
    return "py" + version.replace(".", "")


def wheel(version: str, name: str) -> str:
    """The version of Blender in an environment of this version of Python, as its lock says."""
    found = re.search(r"^bpy==(\S+)", lock_of(name, version).read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]


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
    _say(f"Making the environment {folder.relative_to(REPOSITORY)}{download} ...")
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
    (folder / READY).write_text(_digest(lock), encoding="utf-8")
    _say(f"Made {folder.relative_to(REPOSITORY)} in {time.monotonic() - start:.0f} s.")


def _say(text: str) -> None:
    """Tell the user something beside what the program gives."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file. The system releases it when this process and its pip have ended, however they end."""
    with path.open("ab") as file:
        os.set_inheritable(file.fileno(), True)
        if not _try_lock(file):
            _say("Another run is making the environment; waiting for it ...")
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
    parser.add_argument("--all", action="store_true", help="make all that can be made here, at the same time")
    parser.add_argument("--packages", action="store_true", help="don't see whether its Blender can start here")
    parser.add_argument("--lock", action="store_true", help="write scripts/locks anew from pyproject.toml")
    parser.add_argument("--upgrade", action="store_true", help="with --lock: take the newest version of everything")
    options = parser.parse_args()
    check_python()
    if options.lock:
        write_locks(options.upgrade)
    elif options.all:
        print(*interpreters([(RUNNING, "checks"), *wheels()]), sep="\n")
    else:
        print(_with_packages(options.name) if options.packages else interpreter(options.name))


if __name__ == "__main__":
    main()
