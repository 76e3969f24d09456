# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images keep their pixels and lose what they tell of their origin; Pillow writes and reads them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from hitem3d_addon.send.image_metadata import without_metadata


def telling(kind: str) -> bytes:
    """An image of noise with a secret wherever the format has room for one."""
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (31, 17, 3), np.uint8))
    exif = Image.Exif()
    exif[0x013B] = "secret artist"
    options: dict[str, object] = {"exif": exif}
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("File", "/home/secret/secret.blend")
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", "secret", zip=False)
    elif kind == "JPEG":
        options |= {"comment": b"secret comment", "progressive": True, "xmp": b"secret"}
    else:
        options |= {"xmp": b"secret", "lossless": True}
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pixels_stay_and_secrets_go(kind: str) -> None:
    before = telling(kind)
    after = without_metadata(before)
    assert b"secret" in before
    assert b"secret" not in after
    assert without_metadata(after) == after
    one, other = (Image.open(io.BytesIO(data)) for data in (before, after))
    assert np.array_equal(np.asarray(one), np.asarray(other))
    assert not other.getexif()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_damaged_image_does_no_harm(kind: str) -> None:
    whole = telling(kind)
    for length in range(0, len(whole), 7):
        without_metadata(whole[:length])


def test_other_files_stay_as_they_are() -> None:
    assert without_metadata(b"no image at all") == b"no image at all"
