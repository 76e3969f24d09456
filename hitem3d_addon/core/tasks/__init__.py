# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task list and what is done with a task, step by step, each step written down before the next.

The only room that writes the list. Scripts and the command line, which wait, and the agent run the same functions.
"""

DOORS = (
    "batch",
    "credits",
    "ledger",
    "outcome",
    "places",
    "owner",
    "retention",
    "rows",
    "store",
    "workflow",
)
