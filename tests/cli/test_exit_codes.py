# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from hitem3d_addon.cli.exit_codes import MEANINGS, ExitCode, exit_code_of, exit_code_of_all


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("", ExitCode.DONE),
        ("ConnectionFailedError", ExitCode.FAILED),
        ("OfflineError", ExitCode.FAILED),
        ("InputError", ExitCode.WRONG_USAGE),
        ("TooLargeError", ExitCode.TOO_LARGE),
        ("CredentialsError", ExitCode.CREDENTIALS),
        ("ServiceError", ExitCode.FAILED),
        ("CreditsError", ExitCode.CREDITS),
        ("TaskFailedError", ExitCode.TASK_FAILED),
        ("TaskTimeoutError", ExitCode.TIMED_OUT),
        ("UncertainError", ExitCode.UNCERTAIN),
        ("CancelledError", ExitCode.INTERRUPTED),
        ("LinkExpiredError", ExitCode.FAILED),
    ],
)
def test_each_error_has_its_code(kind: str, code: ExitCode) -> None:
    assert exit_code_of(kind) is code


def test_one_code_for_several() -> None:
    assert exit_code_of_all([]) is ExitCode.DONE
    assert exit_code_of_all([ExitCode.DONE, ExitCode.TOO_LARGE, ExitCode.TOO_LARGE]) is ExitCode.TOO_LARGE
    assert exit_code_of_all([ExitCode.TOO_LARGE, ExitCode.UNCERTAIN]) is ExitCode.FAILED
    assert exit_code_of_all([ExitCode.TOO_LARGE, ExitCode.INTERRUPTED]) is ExitCode.INTERRUPTED


def test_every_code_is_explained() -> None:
    assert set(MEANINGS) == set(ExitCode)
