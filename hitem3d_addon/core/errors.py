# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can go wrong, as sentences for the person in front of the screen.

Hitem3DError
├── InputError             refused here, before anything was sent
│   └── TooLargeError      over the service's limit for an upload
├── MissingError           this Blender lacks something that the job needs (a module, an importer)
├── CredentialsError       no keys, or keys that the service does not take
├── OfflineError           Blender does not allow online access
├── ServiceUnavailableError  nothing came of the request, and the same one may be tried again
│   ├── ConnectionFailedError  no answer, and certainly nothing accepted
│   └── BusyError          too many tasks or requests at once
├── UncertainError         no answer after the whole request may have arrived: never sent again by itself
├── ServiceError           the service answered, and said no
│   └── CreditsError       no API credits left
├── TaskFailedError        the task was accepted and failed at the service
├── TaskTimeoutError       the task is not ready yet; it goes on at the service
├── ResultError            the result can't be downloaded, read or imported
├── StoreError             the data folder or the task list in it can't be used
└── CancelledError         the user stopped it

An error carries a constant English template and the values that fill it, so that the store can keep both and the
Blender side can translate the template. ``str(error)`` is the English sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from .plain import Plain

Value: TypeAlias = "str | int | float | Message"


class Message(Plain):
    """One or two sentences for the user: a constant English template and the values that fill it."""

    template: str
    values: Mapping[str, Value] = MappingProxyType({})
    """A value may be a message itself, such as a cause: it is translated with the rest."""

    def __str__(self) -> str:
        return self.template.format_map(self.values)

    def __format__(self, _spec: str) -> str:
        return str(self)

    def pack(self) -> list[Any]:
        """The message as JSON takes it."""
        return [self.template, {name: v.pack() if isinstance(v, Message) else v for name, v in self.values.items()}]

    @classmethod
    def unpack(cls, packed: Sequence[Any]) -> Message:
        """The message that was packed."""
        template, values = packed
        return cls(template, {name: cls.unpack(v) if isinstance(v, list) else v for name, v in values.items()})


def join(messages: Sequence[Message]) -> Message:
    """One message made of several, each of which is translated by itself."""
    first, *others = messages
    return Message("{first} {then}", {"first": first, "then": join(others)}) if others else first


class Hitem3DError(Exception):
    """The base of all errors; raise one of its subclasses.

    The template says what happened, why, and what to do next; it is a literal at the place that raises, which is
    how the translations find it.
    """

    def __init__(self, template: str, /, **values: Value) -> None:
        self.message = Message(template, values)
        super().__init__(template, values)

    def __str__(self) -> str:
        return str(self.message)

    @classmethod
    def of(cls, message: Message, kind: str = "") -> Hitem3DError:
        """The error that was kept as its message and the name of its class: in a row of the task list, or by the agent.

        A kind that is not known here, of a newer version, is taken for the class that this is called on.
        """
        error = _class_named(kind, Hitem3DError) or cls
        return error(message.template, **message.values)


def _class_named(kind: str, root: type[Hitem3DError]) -> type[Hitem3DError] | None:
    """The class of this name in the tree, wherever it was defined."""
    if root.__name__ == kind:
        return root
    return next((found for below in root.__subclasses__() if (found := _class_named(kind, below))), None)


class InputError(Hitem3DError):
    """Refused here, before anything was sent."""


class TooLargeError(InputError):
    """Over the service's limit for an upload."""


class MissingError(Hitem3DError):
    """This Blender lacks something that the job needs: a Python module, an importer."""


class CredentialsError(Hitem3DError):
    """There are no keys, or the service does not take them."""


class OfflineError(Hitem3DError):
    """Blender does not allow online access."""


class ServiceUnavailableError(Hitem3DError):
    """Nothing came of the request: no answer, or a fault of the service's. The same one may be tried again.

    ``retry_after`` is the pause in seconds that the service asked for, or None.
    """

    retry_after: float | None = None


class ConnectionFailedError(ServiceUnavailableError):
    """No answer, and certainly nothing accepted."""


class BusyError(ServiceUnavailableError):
    """The service refused because of too many tasks or requests at once; nothing was accepted."""


class UncertainError(Hitem3DError):
    """No answer after the whole request may have arrived: a task may exist and may have been charged."""


class ServiceError(Hitem3DError):
    """The service answered, and said no."""


class CreditsError(ServiceError):
    """No API credits left."""


class TaskFailedError(Hitem3DError):
    """The task was accepted and failed at the service."""


class TaskTimeoutError(Hitem3DError):
    """The task is not ready yet; it goes on at the service and can be asked for again."""


class ResultError(Hitem3DError):
    """The result can't be downloaded, read or imported."""


class StoreError(Hitem3DError):
    """The data folder, or the task list in it, can't be used."""


class CancelledError(Hitem3DError):
    """The user stopped it."""


def forgotten() -> StoreError:
    """The error for a task whose row is no longer in the list."""
    return StoreError("The task is no longer in the list; it was forgotten. Give its task id to take it back.")


def unsaved(folder: Path, error: OSError) -> ResultError:
    """The error for a result that can't be saved in this folder."""
    return ResultError(
        "The parts can't be saved in {folder}: {reason}. Free some space or correct the permissions of the folder, "
        "then try again.",
        folder=str(folder),
        reason=error.strerror or type(error).__name__,
    )
