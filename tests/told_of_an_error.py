# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All texts of an error, to search them for what must not be told."""

from __future__ import annotations

import traceback


def all_that_is_told(error: BaseException) -> str:
    """Whatever of an error may end up in a log, a report or a dump."""
    errors = [error]
    while errors[-1].__cause__ or errors[-1].__context__:
        errors.append(errors[-1].__cause__ or errors[-1].__context__)  # type: ignore[arg-type]
    texts = [f"{one} {one!r} {one.args} {vars(one)}" for one in errors]
    return "".join(traceback.format_exception(error)) + "".join(texts)
