# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's preferences: the keys, the service's address, and the settings that were used last.

The keys are shown here but never kept here: Blender saves preferences as plain text that anybody can read. They lie in
a file of the data folder that only this user can read.
"""

import os
from collections.abc import Callable
from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from .core import credentials
from .core.credentials import Credentials
from .core.data_folder import data_folder
from .core.errors import Message, StoreError

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
    ("STL", "STL", "Triangles only; parts come as loose shells", 3),
    ("FBX", "FBX", "Autodesk FBX", 4),
    ("USDZ", "USDZ", "Universal Scene Description; needs a Blender with USD", 5),
]

_stored: tuple[Path, Credentials, Message | None] | None = None
"""The keys as read from the file: the data folder they are of, the keys, and why they could not be read or kept."""


edits = 0
"""How often a key was typed in this session: the keys are the same while this is."""


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


def _getter(name: str) -> Callable[[bpy.types.AddonPreferences], str]:
    return lambda _preferences: str(getattr(stored_credentials(), name))


def _setter(name: str) -> Callable[[bpy.types.AddonPreferences, str], None]:
    def keep(_preferences: bpy.types.AddonPreferences, value: str) -> None:
        global _stored, edits
        edits += 1
        home, stored, _ = _read_stored()
        changed = Credentials(**{**stored._asdict(), name: value})
        try:
            # Another Blender may have kept another key meanwhile.
            changed = Credentials(**{**credentials.load(home)._asdict(), name: value})
            credentials.save(home, changed)
            _stored = (home, changed, None)
        except StoreError as error:
            # A setter can't report; the keys serve until Blender quits, and the page says that they were not kept.
            _stored = (home, changed, error.message)

    return keep


def _key_property(name: str, label: str, description: str) -> object:
    return StringProperty(
        name=label,
        description=description,
        subtype="PASSWORD",
        get=_getter(name),
        set=_setter(name),
        options={"SKIP_SAVE"},
    )


class Preferences(bpy.types.AddonPreferences):
    bl_idname = __package__ or ""

    access_key: _key_property("access_key", "Access Key", "The access key of your Hitem3D API key (ak_…)")
    secret_key: _key_property("secret_key", "Secret Key", "The secret key, which the website shows once (sk_…)")
    token: _key_property("token", "Token", "A token to use instead of the two keys")
    api_url: StringProperty(name="Address", description="The address of the service", default=DEFAULT_API_URL)
    ca_file: StringProperty(
        name="CA File",
        description="Certificates to trust in place of the usual ones, for a network that inspects traffic",
        subtype="FILE_PATH",
    )

    seg_level: EnumProperty(
        name="Level", description="How finely the model is cut", items=SEG_LEVEL_ITEMS, default="MEDIUM"
    )
    format: EnumProperty(
        name="Format", description="The kind of file that the service sends back", items=FORMAT_ITEMS, default="GLB"
    )
    include_materials: BoolProperty(
        name="Include Materials", description="Send materials and textures too, which takes longer", default=False
    )
    include_children: BoolProperty(
        name="Include Children",
        description="Send the objects that are parented to it as one model with it",
        default=False,
    )
    callback_url: StringProperty(
        name="Callback URL", description="A web address of yours that the service tells when the task is done"
    )

    auto_import: BoolProperty(
        name="Import When Ready",
        description="Import the parts as soon as they arrive, unless you are in the middle of something",
        default=False,
    )

    def draw(self, context: bpy.types.Context) -> None:
        # Here, since what it draws builds on this module.
        from .preferences_page import draw_preferences

        draw_preferences(self, context)


def get() -> Preferences | None:
    """The add-on's preferences, or None where it runs without being enabled in them, as scripts on the wheel do."""
    addon = bpy.context.preferences.addons.get(__package__ or "")
    return addon.preferences if addon else None


def auto_import() -> bool:
    """Whether the user wants parts imported as soon as they arrive."""
    settings = get()
    return bool(settings and settings.auto_import)


_register_classes, _unregister_classes = bpy.utils.register_classes_factory((Preferences,))


def register() -> None:
    _register_classes()
    stored_credentials()


def unregister() -> None:
    global _stored
    _unregister_classes()
    _stored = None
