# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One conversation with Hitem3D: requests, answers, authorization, upload and download.

It knows no task list and repeats nothing by itself; whether a payment is certain is said by the error that it raises.
"""

DOORS = (
    "client",
    "download",
    "transport",
)
