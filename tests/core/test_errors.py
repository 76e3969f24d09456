# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors as they are kept, and back again."""

from __future__ import annotations

import pytest

from hitem3d_addon.core import errors
from hitem3d_addon.core.errors import Hitem3DError, Message, OfflineError, TaskFailedError
from hitem3d_addon.core.service.download import LinkExpiredError


def classes_below(root: type[Hitem3DError]) -> list[type[Hitem3DError]]:
    return [root, *(found for below in root.__subclasses__() for found in classes_below(below))]


@pytest.mark.parametrize("kind", classes_below(Hitem3DError))
def test_each_class_comes_back_with_its_values(kind: type[Hitem3DError]) -> None:
    message = Message("{what} is wrong. Change it.", {"what": "“{x}”"})
    error = Hitem3DError.of(message, kind.__name__)
    assert type(error) is kind
    assert (error.message, str(error)) == (message, "“{x}” is wrong. Change it.")


def test_a_class_outside_of_the_tree_s_file_is_found() -> None:
    assert LinkExpiredError in classes_below(Hitem3DError)


@pytest.mark.parametrize("kind", ["", "NewerError", "Message", "Exception", "annotations"])
def test_an_unknown_kind_is_the_class_that_is_asked(kind: str) -> None:
    assert type(TaskFailedError.of(Message("It failed."), kind)) is TaskFailedError
    assert type(OfflineError.of(Message("It is off."), kind)) is OfflineError


def test_a_forgotten_task_is_one_error() -> None:
    assert type(errors.forgotten()) is errors.StoreError
