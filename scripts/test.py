# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks formatting, lint and types, and runs the tests: on the newest Blender wheel, or on all there are."""

from __future__ import annotations

import argparse
import functools
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import environment
from environment import PYTHONS, REPOSITORY

ABOUT = """All other arguments go to pytest, with paths relative to the repository. The checks run in any case, beside
the first tests, and what they say is printed after these. For example:

  python3 scripts/test.py                       what needs no window, on the newest wheel for this Python
  python3 scripts/test.py --all                 everything: on the wheels for Python {pythons}, as far as there are
                                                these Pythons, and in the real Blenders
  python3 scripts/test.py -k agent -x           the checks, then only the tests with "agent" in their names
  python3 scripts/test.py -m "not blender"      the checks, then only the tests that need no Blender

The real Blenders, with and without a window, are those that the environment variable BLENDER names (paths separated
by "{separator}"). As many tests run at a time as the computer has cores; -n changes that."""

CHECKS = {
    "ruff format": ["ruff", "format", "--check", "."],
    "ruff check": ["ruff", "check", "."],
    "mypy": ["mypy"],
    "basedpyright": ["basedpyright", "--warnings"],
}

EACH_PYTHON = "not once"
EACH_WHEEL = f"(blender or libraries) and {EACH_PYTHON}"
"""What runs on the newest wheel for each Python, and on every wheel, in pytest's markers. tests/conftest.py has the
table of what is marked with what."""

UNWANTED = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")
"""Variables of Python that a user's machine need not have."""

WAYS = ["-n", "auto", "--dist", "worksteal", "--durations", "10"]

NOTHING_RAN = 5
"""pytest's exit code when the arguments select no test."""


class Wheel(NamedTuple):
    """A Blender as a Python package, and what to test on it."""

    python: str
    name: str
    marks: str = ""

    def __str__(self) -> str:
        return f"bpy {environment.wheel(self.python, self.name)}"


def main() -> int:
    """Run it all, and give the exit code: 0 when nothing failed."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        usage="test.py [--all] [pytest's arguments]",
        epilog=ABOUT.format(separator=os.pathsep, pythons=" and ".join(PYTHONS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--all", action="store_true", help="on all wheels, and in the real Blenders that BLENDER names")
    parser.add_argument("-m", dest="marks", default="", help="pytest's expression of markers")
    options, arguments = parser.parse_known_args()
    environment.check_python()
    # The tests are to be the same on every machine, and each program that they start need not compile all again.
    for variable in [name for name in os.environ if name.startswith("HITEM3D_") or name in UNWANTED]:
        del os.environ[variable]
    real = os.environ.pop("BLENDER", "") if options.all else ""
    blenders = _real_blenders(real)
    wheels = _wheels() if options.all else [Wheel(environment.RUNNING, "newest")]
    pairs = [(wheel.python, wheel.name) for wheel in wheels]
    checks, *pythons = environment.interpreters([(environment.RUNNING, "checks"), *pairs])
    failed: list[str] = []
    code = 0

    def note(wheel: Wheel) -> str:
        said = _check(checks, failed) if wheel is wheels[0] else ""
        if wheel is wheels[-1]:
            return said + _note(wheels, blenders, failed)
        return f"{said}This was {wheel}; the last will be {wheels[-1]}."

    for wheel, python in zip(wheels, pythons, strict=True):
        if wheel is wheels[-1]:
            os.environ["BLENDER"] = real
        marks = " and ".join(f"({words})" for words in (wheel.marks, options.marks) if words)
        print(f"\n--- tests on {wheel}", flush=True)
        code = _run_pytest(python, [*WAYS, *arguments, "-m", marks], functools.partial(note, wheel))
        if code not in (0, NOTHING_RAN):
            failed.append(f"tests on {wheel} (exit code {code})")
    return 1 if failed else code


def _run_pytest(python: Path, arguments: list[str], note: Callable[[], str]) -> int:
    """Run it with what ``note`` gives, which is asked meanwhile, before its last line."""
    program = str(REPOSITORY / "scripts" / "testing" / "pytest_with_note.py")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        file = Path(folder) / "note"

        def write() -> None:
            unfinished = file.with_suffix(".part")
            unfinished.write_text(note(), encoding="utf-8")
            unfinished.rename(file)

        written = pool.submit(write)
        done = subprocess.run([str(python), program, str(file), *arguments], cwd=REPOSITORY, check=False)
        written.result()
        return done.returncode


def _wheels() -> list[Wheel]:
    """All wheels of the Pythons that are here. The last one is for the running Python, and everything runs on it."""
    pairs = environment.wheels()
    for version in set(PYTHONS) - {version for version, _ in pairs}:
        print(f"There is no Python {version} here, and so its wheels are left out.")
    *others, last = pairs
    marks = {"oldest": EACH_WHEEL, "newest": EACH_PYTHON}
    return [*(Wheel(*pair, marks[pair[1]]) for pair in others), Wheel(*last)]


def _check(python: Path, failed: list[str]) -> str:
    """Run all checks at a time, and give what they say; the names of those that failed go into the list."""
    # basedpyright is a Node program, and takes whatever Python it finds first unless it is told.
    environ = {**os.environ, "PATH": str(python.parent) + os.pathsep + os.environ["PATH"]}

    def check(name: str) -> str:
        command = [str(python), "-m", *CHECKS[name]]
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            failed.append(name)
        return f"--- {name}\n{done.stdout}"

    with ThreadPoolExecutor() as pool:
        return "".join(pool.map(check, CHECKS))


def _real_blenders(programs: str) -> list[str]:
    """The versions of the programs that BLENDER names. Exits with a message when one does not run."""
    versions = []
    for program in filter(None, programs.split(os.pathsep)):
        version = _version(program)
        if not version:
            sys.exit(
                f"BLENDER names {program}, which does not run as a Blender. Correct or unset it, and run this again."
            )
        versions.append(version)
    return versions


def _version(program: str) -> str | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, encoding="utf-8", check=False).stdout
    except OSError:
        return None
    found = re.search(r"^Blender (\S+)", said, re.MULTILINE)
    return found[1] if found else None


def _note(wheels: list[Wheel], blenders: list[str], failed: list[str]) -> str:
    real = f"real Blender {' and '.join(blenders)}" if blenders else "no real Blender"
    note = f"Blenders covered: {', '.join(map(str, wheels))}; {real}."
    return f"FAILED: {', '.join(failed)}.\n{note}" if failed else note


if __name__ == "__main__":
    sys.exit(main())
