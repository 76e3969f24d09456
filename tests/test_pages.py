# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages for readers: every link leads somewhere, and every file that they name is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from zoo import page as zoo_page

from hitem3d_addon.cli.exit_codes import MEANINGS

REPOSITORY = Path(__file__).resolve().parents[1]
ADDON = REPOSITORY / "hitem3d_addon"
PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]*|[\w-]+\.py")
MADE = frozenset({".venvs", "build", "demo-output", "dist", "extensions"})
"""Folders that are not of this repository, or not before a command has made them."""


def without_code(text: str) -> str:
    """The page without what stands in fences, which is no Markdown."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ +(.+?) *$", without_code(page.read_text("utf-8")), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def dead_links(page: Path) -> list[str]:
    """The links of a page into this repository that lead nowhere."""
    dead = []
    for link in LINK.findall(without_code(page.read_text("utf-8"))):
        if re.match(r"https?://", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.is_file() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    return dead


def missing_files(page: Path) -> list[str]:
    """The files that a page names, from the repository's top or from the add-on's folder, and that are not there."""
    text = page.read_text("utf-8")
    words = {word for code in re.findall(r"`([^`\n]+)`", without_code(text)) for word in code.split()}
    named = {word for word in words if PATH.fullmatch(word) and word.partition("/")[0] not in MADE}
    named |= set(re.findall(r"python3 (scripts/[\w/]+(?:\.py)?)", text))
    return sorted(name for name in named if not any((folder / name).exists() for folder in (REPOSITORY, ADDON)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert not dead_links(page)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/performance.md"])
def test_named_files_are_there(page: str) -> None:
    assert not missing_files(REPOSITORY / page)


def test_the_readme_leads_to_every_page() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    linked = {link.partition("#")[0] for link in LINK.findall(readme)}
    assert {page.relative_to(REPOSITORY).as_posix() for page in PAGES} - linked == {"README.md"}
    assert len(readme.splitlines()) <= 150


def test_every_picture_is_shown() -> None:
    shown = {(page.parent / link).resolve() for page in PAGES for link in LINK.findall(page.read_text("utf-8"))}
    assert not set((REPOSITORY / "docs" / "pictures").iterdir()) - shown


def test_the_readme_names_the_zip_of_today() -> None:
    version = tomllib.loads((REPOSITORY / "blender_manifest.toml").read_text("utf-8"))["version"]
    named = re.findall(r"hitem3d-([\d.]+)\.zip", (REPOSITORY / "README.md").read_text("utf-8"))
    assert set(named) == {version}


def test_the_exit_codes_are_those_of_the_program() -> None:
    page = (REPOSITORY / "docs" / "command-line.md").read_text("utf-8")
    assert re.findall(r"^\| (\d+) \| (.+) \|$", page, re.MULTILINE) == [
        (str(int(c)), text) for c, text in MEANINGS.items()
    ]


def test_the_table_of_results_is_that_of_the_files() -> None:
    text = (REPOSITORY / "docs" / "results.md").read_text("utf-8")
    assert zoo_page.page(text) == text, "run python3 scripts/zoo"


def test_what_is_noticed(tmp_path: Path) -> None:
    """The tests above find what they look for."""
    (tmp_path / "other.md").write_text("# One `two`: three!\n```\n# no heading\n```\n")
    page = tmp_path / "page.md"
    page.write_text(
        "## Here\n[a](other.md) [b](other.md#one-two-three) ![c](gone.png)\n"
        "[d](other.md#no-heading) [e](#here) [f](#gone)\n"
        "`receive/gone.py`, `tests/test_law.py`, `core/errors.py`, `python3 scripts/gone.py`, `.po`\n"
        "```\n[g](in-code.md)\n```\n"
    )
    assert dead_links(page) == ["gone.png", "other.md#no-heading", "#gone"]
    assert missing_files(page) == ["receive/gone.py", "scripts/gone.py"]
