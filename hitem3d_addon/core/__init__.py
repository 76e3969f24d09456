# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the add-on knows without Blender: the service, its tasks and where they are kept.

Nothing in this folder imports ``bpy``; plain values cross the line. The modules build on one another in this order:
errors, model, task, credentials, upload, client, store, workflow, agent.
"""
