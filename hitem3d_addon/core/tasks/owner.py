# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who works on a task: a process that holds the lock of a file in the data folder.

The lock goes with the process, however it ends, and is seen from other machines that share the folder. A process number
would not be: numbers are used again, and mean nothing on another machine.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..data_folder import make_folder, private_file
from ..errors import StoreError

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise StoreError(
                "Files in the data folder can't be locked ({reason}), which keeps tasks from being sent twice. "
                "Choose another folder with the environment variable HITEM3D_HOME.",
                reason=error.strerror or type(error).__name__,
            ) from error
        return True


@contextlib.contextmanager
def exclusive(path: Path, *, patience: float) -> Iterator[None]:
    """Keep other processes that ask for the same file out for the time of a block; ``patience`` is in seconds.

    The file stays: whoever removed it could let two in. Raises OSError, and StoreError where files can't be locked.
    """
    with private_file(path) as file:
        end = time.monotonic() + patience
        while not _lock(file):
            if time.monotonic() > end:
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            time.sleep(0.05)
        yield


_SCRIPT = "script."


def is_script(name: str) -> bool:
    """Whether the owner of this name is, or was, a script that waits for its calls."""
    return name.startswith(_SCRIPT)


class Owner:
    """This process as an owner of tasks, from construction to ``close()`` or its end.

    ``name`` is what a task's row holds: the host, for people, and a random part. That of a ``script`` says so: what a
    script had not sent when it died is not sent later by somebody else, since the script is likely run again.
    """

    def __init__(self, home: Path, *, script: bool = False) -> None:
        import socket  # not at the top: Blender starts with this module

        self._folder = make_folder(home / "owners")
        host = "".join(c if c.isalnum() else "-" for c in socket.gethostname())[:40]
        while True:
            self.name = f"{_SCRIPT if script else ''}{host}.{os.urandom(6).hex()}"
            try:
                self._file = os.fdopen(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "r+b")
            except OSError as error:
                raise StoreError(
                    "The data folder can't be written: {folder} ({reason}). Free some space or correct its "
                    "permissions, or name another one in HITEM3D_HOME.",
                    folder=str(home),
                    reason=error.strerror or type(error).__name__,
                ) from error
            # Another process may have found the file before it was locked, and cleared it away.
            if _lock(self._file) and self._path.exists():
                return
            self._file.close()

    @property
    def _path(self) -> Path:
        return self._folder / self.name

    def is_gone(self, name: str) -> bool:
        """Whether the owner of that name is no more. Its file is cleared away then."""
        if name == self.name:
            return False
        path = self._folder / Path(name).name
        try:
            file = path.open("r+b")
        except FileNotFoundError:
            return True
        except OSError:
            return False
        with file:
            gone = _lock(file)
            if gone and sys.platform != "win32":  # while it is locked: a new file must not be taken for the old one
                path.unlink(missing_ok=True)
        if gone:  # Windows removes no open file
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        return gone

    def close(self) -> None:
        """Give up everything owned. On Windows an open file can't be deleted, so it is closed first."""
        if not self._file.closed:
            self._file.close()
            with contextlib.suppress(OSError):
                self._path.unlink()

    def __enter__(self) -> Owner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
