# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One conversation with Hitem3D: requests, answers, authorization, upload and download.

It knows nothing of the task list and repeats nothing by itself. The error that it raises says whether anything was
charged.
"""

DOORS = (
    "client",
    "download",
    "transport",
)
