# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks and tests everything: formatting, lint, types, then the tests on the oldest and the newest Blender wheel."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys

import environment
from environment import REPOSITORY, RUNNING

ABOUT = """All arguments go to pytest, with paths relative to the repository; the checks run in any case, since they
take seconds. For example:

  python3 scripts/test.py                        everything
  python3 scripts/test.py -k agent -x            the checks, then only the tests with "agent" in their names
  python3 scripts/test.py tests/core             the checks, then only the tests that need no Blender

The tests that need a real, windowed Blender run in those that the environment variable BLENDER names (paths separated
by "{separator}"), and are skipped without it. What ALSO_COVERED says is put into the line on which Blenders were
covered."""

CHECKS = {
    "ruff format": ["ruff", "format", "--check", "."],
    "ruff check": ["ruff", "check", "."],
    "mypy": ["mypy"],
    "basedpyright": ["basedpyright", "--warnings"],
}

ONCE = [f"--ignore=tests/{name}" for name in ("sandbox", "gui", "scripts", "cli/test_many.py")]
ONCE += ["--ignore=tests/cli/test_flamenco.py", "--ignore=tests/core/agent"]
"""What does not depend on the wheel that pytest runs in. The rest of tests/core does: each wheel comes with its own
requests; and the commands do: each wheel ends in its own way."""

NOTHING_RAN = 5
"""pytest's exit code when the arguments select no test."""


def main() -> int:
    """Run it all, and give the exit code: 0 when nothing failed."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        usage="test.py [pytest's arguments]",
        epilog=ABOUT.format(separator=os.pathsep),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    arguments = parser.parse_known_args()[1]
    environment.check_python()
    # The tests are to be the same on every machine.
    for variable in [
        name for name in os.environ if name.startswith("HITEM3D_") or name in ("PYTHONPATH", "PYTHONHOME")
    ]:
        del os.environ[variable]
    blenders = _real_blenders()
    # basedpyright is a Node program, and takes whatever Python it finds first unless it is told.
    os.environ["PATH"] = str(environment.interpreter("checks").parent) + os.pathsep + os.environ["PATH"]
    failed = [name for name, check in CHECKS.items() if _run("checks", name, ["-m", *check])]
    oldest, newest = _wheel("oldest"), _wheel("newest")
    note = f"This was bpy {oldest}; bpy {newest} is next, and the real Blenders with it."
    program = str(REPOSITORY / "scripts" / "pytest_with_note.py")
    real = os.environ.pop("BLENDER", "")
    code = _run("oldest", f"tests on bpy {oldest}", [program, note, *ONCE, *arguments])
    if code not in (0, NOTHING_RAN):
        failed.append(f"tests on bpy {oldest} (exit code {code})")
    os.environ["BLENDER"] = real
    note = _note(f"bpy {oldest} and {newest} on Python {RUNNING}", blenders, failed)
    code = _run("newest", f"tests on bpy {newest}", [program, note, *arguments])
    return 1 if failed else code


def _run(name: str, title: str, arguments: list[str]) -> int:
    python = environment.interpreter(name)
    print(f"\n--- {title}", flush=True)
    return subprocess.run([str(python), *arguments], cwd=str(REPOSITORY), check=False).returncode


def _wheel(name: str) -> str:
    """The version of Blender in an environment, as its lock says."""
    lock = environment.lock_of(name).read_text(encoding="utf-8")
    found = re.search(r"^bpy==(\S+)", lock, re.MULTILINE)
    assert found
    return found[1]


def _real_blenders() -> list[str]:
    """The versions of the programs that BLENDER names. Exits with a message when one does not run."""
    versions = []
    for program in filter(None, os.environ.get("BLENDER", "").split(os.pathsep)):
        version = _version(program)
        if not version:
            sys.exit(f"BLENDER names {program}, which does not run as a Blender. Mend or unset it, and run this again.")
        versions.append(version)
    return versions


def _version(program: str) -> str | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, encoding="utf-8", check=False).stdout
    except OSError:
        return None
    found = re.search(r"^Blender (\S+)", said, re.MULTILINE)
    return found[1] if found else None


def _note(wheels: str, blenders: list[str], failed: list[str]) -> str:
    wheels = ", ".join(filter(None, [os.environ.get("ALSO_COVERED"), wheels]))
    real = f"real Blender {' and '.join(blenders)}" if blenders else "no real Blender (BLENDER names none)"
    note = f"Blenders covered: {wheels}; {real}."
    return f"FAILED before this: {', '.join(failed)}.\n{note}" if failed else note


if __name__ == "__main__":
    sys.exit(main())
