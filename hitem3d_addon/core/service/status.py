# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What query-task says of a task, read without trust."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..address import is_safe_address
from ..errors import Message
from ..task import ServiceState
from .answer import Answer, generate_failed, shown_message

MOST_LINKS = 100
"""Models of one result; more than any is made of."""


@dataclass(frozen=True, slots=True, repr=False)
class TaskStatus:
    """An answer of query-task. ``state`` is the service's own word, which may be none of ServiceState."""

    state: str
    urls: tuple[str, ...] = ()
    """The links to the models, signed and good for one hour: never logged, never stored. Most often there is one."""

    error: Message | None = None
    """Why it failed, where the service says so."""
    retry_after: float | None = None
    """Seconds until the next question, where the service says so."""
    progress: float | None = None
    """Percent that are done, where the service says so: no page has it, and some answers do."""

    def __repr__(self) -> str:
        """Without the link: a repr ends up in logs and in reports of bugs."""
        return f"<TaskStatus: {self.state}>"


def read_status(answer: Answer, secrets: tuple[str, ...]) -> TaskStatus:
    """What query-task says of a task. ``state`` is the documented field; a callback's page calls it ``status``."""
    word = next((word for name in ("state", "status") if isinstance(word := answer.data.get(name), str)), "")
    state = next((known for known in ServiceState if known == word.strip().lower()), shown_message(word, secrets))
    return TaskStatus(
        state=str(state),
        urls=find_links(answer.data) if state == ServiceState.SUCCESS else (),
        error=_find_reason(answer.data, secrets) if state == ServiceState.FAILED else None,
        retry_after=answer.retry_after,
        progress=_read_progress(answer.data.get("progress")),
    )


def _read_progress(value: object) -> float | None:
    """Percent, of a number from 0 to 100 or a fraction below 1; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        return None
    return value * 100.0 if 0 < value < 1 else float(value)


def _find_reason(data: Mapping[str, object], secrets: tuple[str, ...]) -> Message:
    for name in ("error", "error_msg", "fail_reason", "msg", "message"):
        if isinstance(text := data.get(name), str) and (reason := shown_message(text, secrets)):
            return Message(
                "Hitem3D could not cut the model into parts: {reason}. The credits are refunded; try again later, or "
                "with a simpler model.",
                {"reason": reason},
            )
    return generate_failed().message


_MODELS = ("url", "urls", "model_url", "model_urls", "model", "models", "file_url", "files", "task_result", "result")
_LISTS = ("items", "results", "resultfile3ds", "data")
"""Where links to models stand: ``url`` is the documented field, a text; the others, and lists of texts or of objects,
occur in clients of this service and in its neighbours' answers. ``cover_url`` and pictures are none of them."""


def find_links(data: Mapping[str, object]) -> tuple[str, ...]:
    """The links to models, each once, in the order in which they stand."""
    found: dict[str, None] = {}
    for link in _walk(data, 0):
        if len(found) < MOST_LINKS:
            found[link] = None
    return tuple(found)


def _walk(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        if is_safe_address(value, loopback=True):
            yield value
    elif depth > 5:
        return
    elif isinstance(value, Mapping):
        named = {str(name).lower(): inner for name, inner in value.items()}
        for name in (*_MODELS, *_LISTS):
            if name in named:
                yield from _walk(named[name], depth + 1)
    elif isinstance(value, list):
        for inner in value[:MOST_LINKS]:
            yield from _walk(inner, depth + 1)
