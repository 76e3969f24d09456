# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences say, for everybody who asks: the settings used last, and the keys.

The page that shows them is ui/preferences.py. The keys are never kept in Blender's preferences, which are plain text
that anybody can read: they lie in a file of the data folder that only this user can read.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import bpy

from .. import ADDON
from ..core import credentials
from ..core.credentials import Credentials
from ..core.data_folder import data_folder
from ..core.errors import Message, StoreError

DEFAULT_API_URL = "https://api.hitem3d.ai"
LOCAL_API_URL, LOCAL_TOKEN = "http://127.0.0.1:8642", "sandbox-token"
"""What the local Hitem3D (scripts/sandbox) listens at and takes, unless it is told otherwise."""

SEG_LEVEL_ITEMS = [
    ("LOW", "Low", "Few, large parts"),
    ("MEDIUM", "Medium", "A balance of number and size"),
    ("HIGH", "High", "Many, small parts"),
]
FORMAT_ITEMS = [
    ("OBJ", "OBJ", "Wavefront OBJ, six decimals", 1),
    ("GLB", "GLB", "Binary glTF; keeps the parts and their names best", 2),
    ("STL", "STL", "Triangles only: parts that touch can't be told apart", 3),
    ("FBX", "FBX", "Autodesk FBX", 4),
    ("USDZ", "USDZ", "Universal Scene Description; needs a Blender with USD", 5),
]

_stored: tuple[Path, Credentials, Message | None] | None = None
"""The keys as read from the file: the data folder they are of, the keys, and why they could not be read or kept."""


edits = 0
"""How often a key was typed in this session: while this number is the same, the keys are."""


def stored_credentials() -> Credentials:
    """The keys that the user typed, read once for each data folder."""
    return _read_stored()[1]


def stored_problem() -> Message | None:
    """Why the keys could not be read or kept, if so."""
    return _read_stored()[2]


def _read_stored() -> tuple[Path, Credentials, Message | None]:
    global _stored
    home = data_folder(os.environ)
    if _stored is None or _stored[0] != home:
        try:
            _stored = (home, credentials.load(home), None)
        except StoreError as error:
            _stored = (home, Credentials(), error.message)
    return _stored


def keep_key(name: str, value: str) -> None:
    """Keep a key in the file, beside those that another Blender may have kept meanwhile.

    Never raises: a key that can't be kept is used until Blender quits, and `stored_problem` says why.
    """
    global _stored, edits
    edits += 1
    home, stored, _ = _read_stored()
    changed = stored._replace(**{name: value})
    try:
        changed = credentials.load(home)._replace(**{name: value})
        credentials.save(home, changed)
        _stored = (home, changed, None)
    except StoreError as error:
        _stored = (home, changed, error.message)


if TYPE_CHECKING:

    class Settings(Protocol):
        """The add-on's preferences, as others read and write them."""

        token: str
        api_url: str

        def property_unset(self, name: str) -> None: ...

        ca_file: str
        seg_level: str
        format: str
        include_materials: bool
        include_children: bool
        callback_url: str
        auto_import: bool
        unfinished_tasks: int


def get() -> "Settings | None":
    """The add-on's preferences, or None where it runs without being enabled in them, as scripts on the wheel do."""
    addon = bpy.context.preferences.addons.get(ADDON)
    return addon.preferences if addon else None


def auto_import() -> bool:
    """Whether the user wants parts imported as soon as they arrive."""
    settings = get()
    return bool(settings and settings.auto_import)


def register() -> None:
    stored_credentials()


def unregister() -> None:
    global _stored
    _stored = None
