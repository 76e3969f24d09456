# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of the service: one row for each family of tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The paths of one family of tasks, below the service's address."""

    query: str
    create: str = ""
    """"" for a family that this add-on only asks for."""


ENDPOINTS: Mapping[str, Endpoints] = MappingProxyType(
    {
        "segmentation": Endpoints(
            "/open-api/v1/segmentation/query-task", create="/open-api/v1/segmentation/create-task"
        ),
        "split": Endpoints("/open-api/v1/split/query-task"),
        "multicolor": Endpoints("/open-api/v1/muilticolor/query-task"),  # the service spells it so
        "depth": Endpoints("/open-api/v1/depth/query-task"),
    }
)
"""By the word that the ids of the family begin with."""
SEGMENTATION = "segmentation"

COMMON_QUERY = "/open-api/v1/query-task"
"""The first query of the API, asked where the family's own knows nothing of the task."""
TOKEN = "/open-api/v1/auth/token"
BALANCE = "/open-api/v1/balance"


def family_of(task_id: str) -> str:
    """The family of a task: its id begins with the family's word; one of no known family counts as ours."""
    word = task_id.partition("_")[0]
    return word if word in ENDPOINTS else SEGMENTATION
