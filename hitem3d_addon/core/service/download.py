# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a result file to this disk: whole and of a known kind, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

from ..address import is_safe_address, shown, without_user
from ..data_folder import private_file
from ..errors import CancelledError, ResultError, ServiceUnavailableError, unsaved
from ..result_kind import result_kind
from .answer import retry_after
from .faults import NoAnswerError
from .transport import Response, Transport

RESULT_LIMIT = 4 << 30
"""Bytes on the disk. No result comes near: the largest model known of this service has 95 MB."""

MAX_REDIRECTS = 5


class LinkExpiredError(ResultError):
    """The link is no longer good (it lives one hour); query-task gives a new one."""


PARTS = "result-*.part"
"""What processes call files that are not whole yet."""


def part_name() -> str:
    """What this process calls a file that is not whole yet."""
    return PARTS.replace("*", str(os.getpid()))


def download_result(
    transport: Transport,
    url: str,
    folder: Path,
    *,
    loopback: bool,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Download a signed link to ``<folder>/result.<kind>`` and give that path.

    The kind is what the content is (`result_kind`). No key is sent along, to no host. The file ends in ``.part`` until
    it is whole and known; that is removed when anything fails. ``loopback`` allows links to this machine, for a service
    that is here itself. ``progress`` gets bytes so far and in all (0: not known).

    Raises LinkExpiredError; ServiceUnavailableError where the same link may be tried again; ResultError where that does
    not help; CancelledError.
    """
    # A name of its own: a script and the agent may download the same result at the same moment.
    part = folder / part_name()
    try:
        _download(transport, url, part, loopback=loopback, progress=progress, cancelled=cancelled)
        kind = result_kind(part)
        if not kind:
            raise ResultError(
                "What the service gave as the result is not a model that can be read, or it is damaged. "
                "Try again in a while; if it stays, ask Hitem3D's support about this task."
            )
        return part.replace(folder / f"result.{kind}")
    except OSError as error:
        raise unsaved(folder, error) from error
    finally:
        _remove(part)


def _download(
    transport: Transport,
    url: str,
    part: Path,
    *,
    loopback: bool,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    for _ in range(MAX_REDIRECTS + 1):
        if not is_safe_address(url, loopback=loopback):
            raise ResultError(
                "The service gives a link to the parts that is not safe to follow ({host}): it has to be https. "
                "Ask Hitem3D's support about this task.",
                host=shown(url),
            )
        try:
            pause = transport.timeouts.download
            with transport.exchange("GET", without_user(url), headers={}, read_timeout=pause, fresh=True) as answer:
                if answer.status in (301, 302, 303, 307, 308) and "Location" in answer.headers:
                    url = _joined(url, answer.headers["Location"])
                    continue
                _check_status(answer, url)
                _save(answer, part, progress, cancelled)
                return
        except NoAnswerError as fault:
            failure = transport.failure(fault, url)
            raise failure from fault
    raise ResultError(
        "The link to the parts leads from one address to the next without end ({host}). Try again in a while.",
        host=shown(url),
    )


def _joined(url: str, location: str) -> str:
    """Where a redirect leads; "" where that can't be told, which is no safe address."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _check_status(answer: Response, url: str) -> None:
    if answer.status == 200:
        return
    if answer.status in (401, 403, 410):
        raise LinkExpiredError(
            "The link to the parts is no longer good; it lives one hour. Try again to get a new one."
        )
    if answer.status in (408, 425, 429) or answer.status >= 500:
        busy = ServiceUnavailableError(
            "{host} can't give out the parts now (HTTP {status}). Try again in a while.",
            host=shown(url),
            status=answer.status,
        )
        busy.retry_after = retry_after(answer.headers)
        raise busy
    raise ResultError(
        "The parts are not where the service says they are ({host}, HTTP {status}). Results are kept for a limited "
        "time; segment the object again if it was long ago.",
        host=shown(url),
        status=answer.status,
    )


def _save(
    answer: Response,
    part: Path,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    written = 0
    with private_file(part) as stream:
        for received, block in answer.blocks():
            if cancelled and cancelled():
                raise CancelledError("Stopped the download. The parts can be downloaded again.")
            written += stream.write(block)
            if written > RESULT_LIMIT:
                raise ResultError(
                    "The result is larger than any model can be; the download was stopped. Ask Hitem3D's support "
                    "about this task."
                )
            if progress:
                progress(received, answer.length or 0)
        stream.flush()
        os.fsync(stream.fileno())  # the task list will say that it is here, and that is on the disk too
    if not written:
        raise ResultError("The service gave an empty file as the result. Try again in a while.")


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # what failed before is what the user has to know, and the next download overwrites it
