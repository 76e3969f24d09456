# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service, the keys and the data folder, as the environment and the preferences say."""

from __future__ import annotations

import contextlib
import functools
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..core import credentials
from ..core.address import check_api_url, is_loopback
from ..core.credentials import Credentials
from ..core.data_folder import FOLDER_VARIABLES, data_folder
from ..core.errors import CredentialsError, Hitem3DError, InputError, Message, OfflineError
from ..core.site_settings import SITE_VARIABLES, SiteSettings, load_site
from . import settings

if TYPE_CHECKING:  # What works on tasks is loaded with the first one: Blender's start does without.
    from ..core.tasks.workflow import Worker

_VARIABLES = ("HITEM3D_API_URL", "HITEM3D_CA_FILE", *credentials.VARIABLES, *FOLDER_VARIABLES, *SITE_VARIABLES)
"""The environment variables that decide on the service."""


class Connection:
    """Everything that is needed to reach the service, read in one go."""

    def __init__(
        self,
        *,
        home: Path,
        api_url: str,
        credentials: Credentials,
        ca_file: Path | None,
        site: SiteSettings,
        unfinished_tasks: int = 0,
    ) -> None:
        self.home = home
        self.api_url = api_url
        self.credentials = credentials
        self.ca_file = ca_file
        self.site = site
        """What the studio sets for everybody."""
        self.unfinished_tasks = site.unfinished_tasks or unfinished_tasks
        """Tasks at the service at a time; 0: as many as it takes, which is learned."""

    def check(self) -> None:
        """Raise a Hitem3DError for what keeps a request from being made at all: offline, no keys, no ``requests``."""
        from ..core.service.transport import check_requests

        self._check_settings()
        check_requests()

    def _check_settings(self) -> None:
        self.site.check()
        check_api_url(self.api_url)
        if self.ca_file and self.ca_file.is_relative_to("//"):
            # As Blender's file browser gives it: it would depend on the .blend that is open.
            raise InputError(
                "The certificate file is given relative to the .blend. Choose it again in the preferences, with "
                "Relative Path off."
            )
        if reason := offline_reason(self.api_url):
            raise OfflineError.of(reason)
        if not self.credentials.present:
            raise CredentialsError(
                "There are no keys for Hitem3D. Enter an access key and a secret key in the add-on's preferences, "
                "or set HITEM3D_ACCESS_KEY and HITEM3D_SECRET_KEY."
            )

    def check_upload(self) -> None:
        """Raise a Hitem3DError for what keeps a model from being sent: what `check` says, or the studio.

        Its file is read again: it may have forbidden uploads since this Blender was started.
        """
        load_site(os.environ).check_uploads()
        self.check()

    @property
    def is_unreachable(self) -> bool:
        """Whether no request can be made just now: then no agent works on any task. Reads no disk and no network."""
        try:
            self._check_settings()
        except Hitem3DError:
            return True
        return False

    def refusal(self) -> Message | None:
        """Why no model can be sent just now, or None: what a greyed-out button says. Reads no disk and no network."""
        try:
            self.site.check_uploads()
            self._check_settings()
        except Hitem3DError as error:
            return error.message
        return None


def current() -> Connection:
    """The service as the environment, the studio and the preferences say now, the first that says anything."""
    preferences = settings.get()
    typed = (preferences.api_url, preferences.ca_file, preferences.unfinished_tasks) if preferences else ("", "", 0)
    return _resolve(tuple(map(os.environ.get, _VARIABLES)), typed, settings.edits)


@functools.lru_cache(maxsize=1)
def _resolve(_environment: tuple[str | None, ...], typed: tuple[str, str, int], _edits: int) -> Connection:
    """Worked out again only after a change, since each drawing asks for it several times."""
    said = site()
    api_url, ca_file, unfinished_tasks = typed
    url = os.environ.get("HITEM3D_API_URL") or said.api_url or api_url
    ca_file = os.environ.get("HITEM3D_CA_FILE") or said.ca_file or ca_file
    return Connection(
        home=data_folder(os.environ),
        api_url=_normal(url or settings.DEFAULT_API_URL),
        credentials=credentials.resolve(os.environ, settings.stored_credentials()),
        ca_file=Path(ca_file).expanduser() if ca_file else None,
        site=said,
        unfinished_tasks=unfinished_tasks,
    )


def site() -> SiteSettings:
    """The studio's settings, read once for each file that the environment names: drawing asks for them, too."""
    return _site(tuple(map(os.environ.get, SITE_VARIABLES)))


@functools.lru_cache(maxsize=1)
def _site(_environment: tuple[str | None, ...]) -> SiteSettings:
    return load_site(os.environ)


def _normal(url: str) -> str:
    """The address as tasks keep it. One that can't be used stays as it is, for `Connection.check` to say so."""
    try:
        return check_api_url(url)
    except InputError:
        return url.strip()


def offline_reason(api_url: str) -> Message | None:
    """Why this address may not be asked, or None. Loopback is no internet access and always allowed."""
    if bpy.app.online_access or is_loopback(api_url):
        return None
    if bpy.app.online_access_override:
        return Message("Blender was started with --offline-mode. Start it without, to use Hitem3D.")
    return Message(
        "Online access is off. Allow it in Preferences > System > Network, or start Blender with --online-mode."
    )


@contextlib.contextmanager
def worker(connection: Connection) -> Iterator[Worker]:
    """What workflow needs, for the time of one blocking call. Raises StoreError, InputError."""
    from ..core.tasks import workflow
    from ..core.tasks.owner import Owner
    from ..core.tasks.store import TaskStore

    with TaskStore(connection.home) as store, Owner(connection.home, script=True) as owner:
        client = workflow.connect(
            store, connection.api_url, connection.credentials, user_agent=user_agent(), ca_file=connection.ca_file
        )
        with contextlib.closing(client):
            yield workflow.Worker(store, owner, client)


@functools.cache
def user_agent() -> str:
    """``Hitem3D-for-Blender/<version>``: nothing about the user or the machine."""
    package = Path(__file__).parents[1]
    # In the zip the manifest lies beside the modules, in a clone one folder up.
    manifest = next(
        f for f in (package / "blender_manifest.toml", package.parent / "blender_manifest.toml") if f.is_file()
    )
    return f"Hitem3D-for-Blender/{tomllib.loads(manifest.read_text('utf-8'))['version']}"


def register() -> None:
    site()


def unregister() -> None:
    _resolve.cache_clear()
    _site.cache_clear()
