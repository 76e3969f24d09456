# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result on this disk: one file, or one zip of all files where the service gives several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..data_folder import job_folder, make_folder, remove_folder
from ..errors import Message, unsaved
from ..task import Task
from ..values import OutputFormat

if TYPE_CHECKING:
    from ..service.client import Hitem3DClient

_BEFORE, _AFTER = "several-", ".part"
SEVERAL = f"{_BEFORE}*{_AFTER}"
"""What the folders are called in which processes put together a result of several files."""


def result_file(home: Path, task: Task) -> Path | None:
    """The result of a task on this disk, or None where it was never fetched or was cleared away since."""
    if not task.result:
        return None
    file = job_folder(home, task.uid) / Path(task.result).name
    return file if file.is_file() else None


def download_models(
    client: Hitem3DClient,
    urls: Sequence[str],
    folder: Path,
    *,
    asked: OutputFormat,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[Path, Message | None]:
    """Download all models of a result; gives the one file that holds them, and what was left out, if anything.

    Several models of one kind are parts of one result: they go into a zip. Of several kinds, which is the same model
    in several formats, the one that was asked for is taken, else the first. Raises what `Hitem3DClient.download`
    raises.
    """
    if len(urls) == 1:
        return client.download(urls[0], folder, progress=progress, cancelled=cancelled), None
    import tempfile  # not at the top: Blender starts with this module

    try:
        # A folder of its own: a script and the agent may fetch the same result at the same moment.
        parts = Path(tempfile.mkdtemp(prefix=_BEFORE, suffix=_AFTER, dir=folder))
    except OSError as error:
        raise unsaved(folder, error) from error
    try:
        files = [
            client.download(url, make_folder(parts / str(n)), progress=progress, cancelled=cancelled)
            for n, url in enumerate(urls)
        ]
        return _bring_together(files, folder, asked)
    except OSError as error:
        raise unsaved(folder, error) from error
    finally:
        remove_folder(parts)


def _bring_together(files: Sequence[Path], folder: Path, asked: OutputFormat) -> tuple[Path, Message | None]:
    import zipfile  # not at the top: Blender starts with this module

    kinds = [file.suffix for file in files]
    wanted = f".{asked.name.lower()}"
    kind = wanted if wanted in kinds else kinds[0]
    chosen = [file for file in files if file.suffix == kind]
    note = None
    if len(chosen) < len(files):
        note = Message(
            "The service gave {count} files; of those {taken} in the format {kind} were taken, as the others are the "
            "same model in other formats.",
            {"count": len(files), "taken": len(chosen), "kind": kind[1:].upper()},
        )
    if len(chosen) == 1:
        return chosen[0].replace(folder / chosen[0].name), note
    part = files[0].parents[1] / "result.zip"  # of the folder that is removed at the end, whatever happens
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as whole:
        for number, file in enumerate(chosen, 1):
            whole.write(file, f"{number:03}{kind}")
    return part.replace(folder / part.name), note
