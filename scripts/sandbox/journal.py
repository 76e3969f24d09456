# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sandbox was asked: plain counts, without any secret."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Journal:
    """The numbers that GET /sandbox/counts gives, apart from the tasks."""

    requests: Counter[str] = field(default_factory=Counter)
    """By endpoint, refused and faulty ones included."""
    schemes: Counter[str] = field(default_factory=Counter)
    """By the first word of the Authorization header at token, create-task, query-task and balance."""
    refusals: Counter[str] = field(default_factory=Counter)
    """By JSON code."""
    uploads_aborted: int = 0
    """create-task requests whose body ended early."""
    downloads: int = 0
    """Results that were sent to their last byte."""
    results_with_authorization: int = 0
    """Requests for a result that carried an Authorization header. They are refused."""
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    """Deliveries: address, task id, tries, and the last HTTP status."""

    def reset(self) -> None:
        """Count from zero."""
        self.__init__()  # type: ignore[misc]


def without_secrets(headers: dict[str, str]) -> dict[str, str]:
    """Request headers by lower-case name; of Authorization and cookies only that they were there."""
    shown = {}
    for name, value in headers.items():
        low = name.lower()
        if low in ("authorization", "proxy-authorization"):
            value = value.partition(" ")[0]
        elif low == "cookie":
            value = "present"
        shown[low] = value
    return shown
