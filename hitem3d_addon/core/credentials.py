# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's token and keys: where they come from, and the one file that keeps them."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from .data_folder import make_folder
from .errors import StoreError
from .plain import Plain

FILE_NAME = "credentials.json"


class Credentials(Plain):
    """A token, an access key with its secret key, or nothing; "" is "absent".

    Where both are there the token is used, and the keys only once the service refuses it. Spaces and line breaks
    around a value are cut off: they come along when one is copied from a web page.
    """

    token: str
    access_key: str
    secret_key: str

    def __init__(self, token: str = "", access_key: str = "", secret_key: str = "") -> None:
        super().__init__(token.strip(), access_key.strip(), secret_key.strip())

    @property
    def has_keys(self) -> bool:
        """Whether a token can be fetched: it takes both keys."""
        return bool(self.access_key and self.secret_key)

    @property
    def present(self) -> bool:
        """Whether there is enough to ask the service anything."""
        return bool(self.token) or self.has_keys

    @property
    def account(self) -> str:
        """What tells accounts apart: some digits of a digest, from which nobody can get the key. "" without any key."""
        import hashlib  # not at the top: Blender starts with this module

        key = self.access_key or self.token
        return hashlib.sha256(f"hitem3d account {key}".encode(errors="replace")).hexdigest()[:12] if key else ""

    def __repr__(self) -> str:
        """Says what is there, never what it is: a repr ends up in logs and in reports of bugs."""
        given = ", ".join(name for name, value in self._asdict().items() if value)
        return f"<Credentials: {given or 'none'}>"


VARIABLES = ("HITEM3D_TOKEN", "HITEM3D_ACCESS_KEY", "HITEM3D_SECRET_KEY")
"""The environment variables with credentials."""


def from_environment(environ: Mapping[str, str]) -> Credentials:
    """What the environment holds."""
    token, access_key, secret_key = (environ.get(name, "") for name in VARIABLES)
    return Credentials(token, access_key, secret_key)


def resolve(environ: Mapping[str, str], stored: Credentials) -> Credentials:
    """Which credentials count: the environment's, else the stored ones, and never two accounts at once.

    - A token in the environment stands alone, with the environment's own keys beside it if there are any.
    - A key in the environment puts the stored token aside and replaces the stored key of its name, so that a script
      may give one key and leave the other in the preferences.
    - With nothing in the environment the stored ones count.
    """
    given = from_environment(environ)
    if given.token:
        return given
    if given.access_key or given.secret_key:
        return Credentials(
            access_key=given.access_key or stored.access_key, secret_key=given.secret_key or stored.secret_key
        )
    return stored


def load(home: Path) -> Credentials:
    """The credentials in the data folder; none where nothing was saved. Raises StoreError."""
    try:
        values = json.loads((home / FILE_NAME).read_bytes())
    except FileNotFoundError:
        return Credentials()
    except OSError as error:
        raise StoreError(
            "The saved keys can't be read: {file} ({reason}). Correct the permissions of the file, "
            "or delete it and enter the keys again.",
            file=str(home / FILE_NAME),
            reason=error.strerror or type(error).__name__,
        ) from error
    except (ValueError, RecursionError):
        values = None  # not chained: the text of a JSON error holds the file's content, which is the keys
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise StoreError(
            "The file with the saved keys is damaged: {file}. Delete it and enter the keys again.",
            file=str(home / FILE_NAME),
        )
    return Credentials(*(values.get(name, "") for name in Credentials._fields))


def save(home: Path, credentials: Credentials) -> None:
    """Put the credentials in the data folder, readable for this user only; empty ones remove the file.

    The file is 0600 from its first byte (POSIX; on Windows the user's profile folder protects it) and replaces the old
    one whole, so that neither another user nor a crash finds half of it. Raises StoreError.
    """
    file = home / FILE_NAME
    if credentials == Credentials():
        with _explained(file):
            file.unlink(missing_ok=True)
        return
    make_folder(home)
    new = home / f"{FILE_NAME}.{os.urandom(8).hex()}"
    with _explained(file):
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(credentials._asdict(), stream)
                stream.flush()
                os.fsync(descriptor)
            new.replace(file)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            "The keys can't be saved: {file} ({reason}). Free some space or correct the permissions of the folder, "
            "then try again.",
            file=str(file),
            reason=error.strerror or type(error).__name__,
        ) from error
