# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the add-on knows without Blender: values, the service, its tasks and the agent.

Nothing in this room imports ``bpy``; plain values cross the line. The files at its top are the values, which everybody
may use and which import nobody but one another.
"""

DOORS = (
    "address",
    "backoff",
    "choices",
    "credentials",
    "data_folder",
    "errors",
    "model_file",
    "plain",
    "result_kind",
    "site_settings",
    "task",
    "values",
)
