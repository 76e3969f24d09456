# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asked once for each service before the first model leaves this computer: where it goes, and what goes.

The answer is kept in the data folder. A script is not asked: whoever runs it has decided.
"""

from __future__ import annotations

import contextlib

from ..core.address import is_loopback, shown
from ..core.errors import Message, StoreError
from ..core.tasks.store import TaskStore
from ..session.connection import Connection


def is_needed(connection: Connection) -> bool:
    """Whether to ask before a model is sent there; never for a service on this computer."""
    if is_loopback(connection.api_url):
        return False
    with contextlib.suppress(StoreError), TaskStore(connection.home) as store:
        return not store.recall(_key(connection))
    return True


def give(connection: Connection) -> None:
    """Note that the user agreed. Raises StoreError."""
    with TaskStore(connection.home) as store:
        store.remember(_key(connection), "yes")


def question(connection: Connection) -> list[Message]:
    """What the user is told, a sentence each."""
    return [
        Message("The model is sent over the internet to {host}.", {"host": shown(connection.api_url)}),
        Message(
            "Its shape goes there, and materials with their pictures only if you include them. "
            "Names, file paths and everything else stay on this computer."
        ),
        Message("Each task costs API credits of your account. You are not asked again."),
    ]


def _key(connection: Connection) -> str:
    return f"consent {connection.api_url}"
