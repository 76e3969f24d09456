# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the tests of the sandbox find the client that knows nothing of the add-on."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for plain_client.py
