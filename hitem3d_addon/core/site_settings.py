# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a studio sets for everybody: one file that its administrator puts on each machine, or names in HITEM3D_SITE.

    # site.toml; everything is optional
    api_url = "https://hitem3d.studio.example"      # the service, or a gateway to it
    ca_file = "/etc/ssl/studio-ca.pem"              # certificates to trust in place of the usual ones
    uploads = false                                 # nothing may leave the building
    upload_limit_mb = 50                            # at most 200, the service's own limit
    unfinished_tasks = 3                            # at the service at a time; unset: as many as it takes
    transfers = 2                                   # uploads and downloads at a time
    note = "Questions: ask pipeline"                # shown in the panel

It wins over the user's preferences; the environment, which a pipeline sets for one run, wins over both, but for
``uploads = false``, which nothing overrides. A file that can't be read stops everything, since it may forbid it.
"""

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import InputError, Message
from .plain import Plain
from .values import TRANSFERS, UPLOAD_LIMIT


class SiteSettings(Plain):
    """What the studio has set; an empty text is "not set"."""

    file: Path | None = None
    """Where it is; None where there is no such file."""
    api_url: str = ""
    ca_file: str = ""
    uploads: bool = True
    upload_limit_mb: int = UPLOAD_LIMIT // 1_000_000
    unfinished_tasks: int = 0
    """0: not set; how many the service takes is learned, see core/tasks/places.py."""
    transfers: int = TRANSFERS
    note: str = ""
    problem: Message | None = None
    """Why the file can't be followed."""

    @property
    def upload_limit(self) -> int:
        """Bytes of the largest model that may be sent."""
        return self.upload_limit_mb * 1_000_000

    def check(self) -> None:
        """Raise InputError where there is a file that can't be followed."""
        if self.problem:
            raise InputError.of(self.problem)

    def check_uploads(self) -> None:
        """Raise InputError where no model may leave the building, or where nobody can tell."""
        self.check()
        if not self.uploads:
            raise InputError(
                "Your studio does not allow models to be sent to Hitem3D (set by {where}). Ask the person who looks "
                "after Blender there.",
                where=str(self.file or "HITEM3D_NO_UPLOADS"),
            )


SITE_VARIABLES = ("HITEM3D_SITE", "HITEM3D_NO_UPLOADS", "PROGRAMDATA")
"""The environment variables that decide on the studio's settings."""

_KINDS = {bool: "true or false", int: "a whole number", str: "a text"}
_LEAST = {"upload_limit_mb": 1, "unfinished_tasks": 1, "transfers": 1}
_MOST = {"upload_limit_mb": UPLOAD_LIMIT // 1_000_000, "unfinished_tasks": 100, "transfers": 16}


def site_file(environ: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Where the studio's file is looked for: HITEM3D_SITE, else the platform's place for settings of all users."""
    if named := environ.get("HITEM3D_SITE"):
        return Path(named)
    if platform == "win32":
        return Path(environ.get("PROGRAMDATA") or "C:/ProgramData") / "Hitem3D" / "site.toml"
    if platform == "darwin":
        return Path("/Library/Application Support/Hitem3D/site.toml")
    return Path("/etc/hitem3d/site.toml")


def load_site(environ: Mapping[str, str]) -> SiteSettings:
    """The studio's settings. Never raises: what is wrong with the file is in ``problem``, for whoever would go on.

    HITEM3D_NO_UPLOADS (anything but empty or 0) forbids uploads without a file.
    """
    file = site_file(environ)
    forbidden = environ.get("HITEM3D_NO_UPLOADS", "") not in ("", "0")
    try:
        values = tomllib.loads(file.read_text("utf-8"))
        settings = SiteSettings(file=file, **_checked(values))
    except FileNotFoundError as error:
        if not environ.get("HITEM3D_SITE"):
            return SiteSettings(uploads=not forbidden)
        settings = _unusable(file, error.strerror or "")
    except OSError as error:
        settings = _unusable(file, error.strerror or type(error).__name__)
    except (ValueError, TypeError, RecursionError) as error:
        settings = _unusable(file, str(error)[:200])
    return settings._replace(uploads=False) if forbidden else settings


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as SiteSettings takes them. Raises ValueError for what they can't be."""
    kinds: dict[str, type] = {
        name: type(getattr(SiteSettings, name)) for name in SiteSettings._fields if name not in ("file", "problem")
    }
    for name, value in values.items():
        if name not in kinds:
            raise ValueError(f"unknown: {name}")
        if type(value) is not kinds[name]:
            raise ValueError(f"{name} has to be {_KINDS[kinds[name]]}")
        if isinstance(value, int) and name in _LEAST and not _LEAST[name] <= value <= _MOST[name]:
            raise ValueError(f"{name} has to be from {_LEAST[name]} to {_MOST[name]}")
    return dict(values)


def _unusable(file: Path, reason: str) -> SiteSettings:
    message = Message(
        "The studio's settings can't be read: {file} ({reason}). Ask the person who looks after Blender there.",
        {"file": str(file), "reason": reason},
    )
    return SiteSettings(file=file, uploads=False, problem=message)
