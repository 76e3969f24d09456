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
from ..session.connection import Service


def is_needed(service: Service) -> bool:
    """Whether to ask before a model is sent there; never for a service on this computer."""
    if is_loopback(service.api_url):
        return False
    with contextlib.suppress(StoreError), TaskStore(service.home) as store:
        return not store.recall(_key(service))
    return True


def give(service: Service) -> None:
    """Note that the user agreed. Raises StoreError."""
    with TaskStore(service.home) as store:
        store.remember(_key(service), "yes")


def question(service: Service) -> list[Message]:
    """What the user is told, a sentence each."""
    return [
        Message("The model is sent over the internet to {host}.", {"host": shown(service.api_url)}),
        Message(
            "Its shape goes there, and materials with their pictures only if you include them. "
            "Names, file paths and everything else stay on this computer."
        ),
        Message("Each task costs API credits of your account. You are not asked again."),
    ]


def _key(service: Service) -> str:
    return f"consent {service.api_url}"
