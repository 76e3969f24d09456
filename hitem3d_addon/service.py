# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which service, with which keys, kept where: what the environment and the preferences say, for those who call it."""

from __future__ import annotations

import contextlib
import functools
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bpy

from . import preferences
from .core import credentials, workflow
from .core.address import check_api_url, is_loopback
from .core.credentials import Credentials
from .core.data_folder import data_folder
from .core.errors import CredentialsError, InputError, OfflineError
from .core.owner import Owner
from .core.store import TaskStore
from .core.workflow import Worker


@dataclass(frozen=True)
class Service:
    """Everything that is needed to reach the service, read in one go. Its repr shows no secret."""

    home: Path
    api_url: str
    credentials: Credentials
    ca_file: Path | None

    def check(self) -> None:
        """Raise a Hitem3DError for what keeps a request from being made at all: offline, no keys, no ``requests``."""
        from .core.transport import check_requests

        check_api_url(self.api_url)
        check_requests()
        if reason := offline_reason(self.api_url):
            raise OfflineError(reason)
        if not self.credentials.present:
            raise CredentialsError(
                "There are no keys for Hitem3D. Enter an access key and a secret key in the add-on's preferences, "
                "or set HITEM3D_ACCESS_KEY and HITEM3D_SECRET_KEY."
            )


def current() -> Service:
    """The service as the environment and the preferences say now; the environment overrides."""
    settings = preferences.get()
    url = os.environ.get("HITEM3D_API_URL") or (settings.api_url if settings else "") or preferences.DEFAULT_API_URL
    return Service(
        home=data_folder(os.environ),
        api_url=_normal(url),
        credentials=credentials.resolve(os.environ, preferences.stored_credentials()),
        ca_file=Path(bpy.path.abspath(settings.ca_file)) if settings and settings.ca_file else None,
    )


def _normal(url: str) -> str:
    """The address as tasks keep it. One that can't be used stays as it is, for `Service.check` to say so."""
    try:
        return check_api_url(url)
    except InputError:
        return url.strip()


def offline_reason(api_url: str) -> str:
    """Why this address may not be asked, or the empty text. Loopback is no internet access and always allowed."""
    if bpy.app.online_access or is_loopback(api_url):
        return ""
    if bpy.app.online_access_override:
        return "Blender was started with --offline-mode. Start it without, to use Hitem3D."
    return "Online access is off. Allow it in Preferences > System > Network, or start Blender with --online-mode."


@contextlib.contextmanager
def worker(service: Service) -> Iterator[Worker]:
    """What workflow needs, for the time of one blocking call. Raises StoreError, InputError."""
    with TaskStore(service.home) as store, Owner(service.home, script=True) as owner:
        client = workflow.connect(
            store, service.api_url, service.credentials, user_agent=user_agent(), ca_file=service.ca_file
        )
        with contextlib.closing(client):
            yield Worker(store, owner, client)


@functools.cache
def user_agent() -> str:
    """``Hitem3D-for-Blender/<version>``: nothing about the user or the machine."""
    package = Path(__file__).parent
    # In the zip the manifest lies beside the modules, in a clone one folder up.
    manifest = next(
        f for f in (package / "blender_manifest.toml", package.parent / "blender_manifest.toml") if f.is_file()
    )
    return f"Hitem3D-for-Blender/{tomllib.loads(manifest.read_text('utf-8'))['version']}"
