# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What the scripts share: a folder that goes away, and packages in it. Sourced, not run.
set -euo pipefail
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_COMPILE=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# python_with VERSION PACKAGE...: runs the program on the standard input in a Python that has these packages.
python_with() {
  local version=$1
  shift
  rm -rf "$folder/python"
  "python$version" -m venv "$folder/python"
  "$folder/python/bin/pip" install --quiet "$@"
  "$folder/python/bin/python" -
}

# node_with PACKAGE...: the same for a module of JavaScript.
node_with() {
  npm install --silent --no-audit --no-fund --prefix "$folder" "$@" >"$folder/npm.log"
  cat >"$folder/program.mjs"
  node "$folder/program.mjs"
}
