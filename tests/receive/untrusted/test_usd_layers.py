# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A USDZ opens no file outside itself, whether its layer is text or binary, and keeps the pictures that it holds."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import bpy
import pytest
from PIL import Image
from usd_words import renamed

from hitem3d_addon.core.errors import ResultError
from hitem3d_addon.receive.importers import import_files, opened
from hitem3d_addon.receive.untrusted.usd_layers import confined_layer

INSIDE = "./textures/red.png"


def package(folder: Path, names: str, *, text: bool) -> Path:
    """A USDZ as Blender writes it, whose one material names this file."""
    folder.mkdir(exist_ok=True)
    picture = folder / "red.png"
    Image.new("RGB", (4, 4), (255, 0, 0)).save(picture)
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.view_layer.objects.active
    material = bpy.data.materials.new("Red")
    if material.node_tree is None:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    texture = nodes.new("ShaderNodeTexImage")
    texture.image = bpy.data.images.load(str(picture))
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    material.node_tree.links.new(texture.outputs["Color"], shader.inputs["Base Color"])
    cube.data.materials.append(material)
    layer = folder / ("model.usda" if text else "model.usdc")
    bpy.ops.wm.usd_export(filepath=str(layer))
    content = layer.read_bytes()
    if text:
        assert INSIDE.encode() in content
        content = content.replace(INSIDE.encode(), names.encode())
    elif names != INSIDE:
        content = renamed(content, INSIDE.encode(), names.encode())
    with zipfile.ZipFile(folder / "result.usdz", "w") as archive:
        archive.writestr(layer.name, content)
        archive.write(picture, INSIDE.removeprefix("./"))
        archive.write(picture, "red.png")
    for data in (bpy.data.objects, bpy.data.meshes, bpy.data.materials, bpy.data.images):
        for one in list(data):
            data.remove(one)
    return folder / "result.usdz"


def bring_in(file: Path) -> None:
    with opened(file) as result:
        import_files(result)


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize(
    "names", [INSIDE, "{elsewhere}", "../../red.png", "//host.invalid/share/red.png", r"\\host.invalid\x\red.png"]
)
def test_only_pictures_inside_come(empty_scene: None, tmp_path: Path, names: str, text: bool) -> None:
    elsewhere = tmp_path / "elsewhere" / "red.png"
    elsewhere.parent.mkdir()
    Image.new("RGB", (4, 4), (0, 0, 255)).save(elsewhere)
    file = package(tmp_path / "job", names.format(elsewhere=elsewhere), text=text)
    bring_in(file)
    assert len(bpy.data.meshes) == 1
    (image,) = bpy.data.images
    assert image.packed_file and image.filepath == "//red.png"
    assert tuple(image.pixels[:4]) == pytest.approx((1, 0, 0, 1))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the opened files are read from strace")
@pytest.mark.parametrize("text", [True, False])
def test_nothing_elsewhere_is_opened(empty_scene: None, tmp_path: Path, text: bool) -> None:
    if subprocess.run(["sh", "-c", "command -v strace"], capture_output=True, check=False).returncode:
        pytest.skip("there is no strace here")
    secret = tmp_path / "elsewhere-secret" / "blue.png"
    secret.parent.mkdir()
    Image.new("RGB", (4, 4), (0, 0, 255)).save(secret)
    file = package(tmp_path / "job", str(secret), text=text)
    program = (
        "import sys, bpy; from pathlib import Path\n"
        "from hitem3d_addon.receive.importers import import_files, opened\n"
        "bpy.ops.wm.read_factory_settings(use_empty=True)\n"
        "with opened(Path(sys.argv[1])) as result: import_files(result)\n"
        "assert len(bpy.data.meshes) == 1"
    )
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-e", "trace=file", "-o", str(trace), sys.executable, "-c", program, str(file)]
    subprocess.run(command, cwd=Path(__file__).resolve().parents[3], check=True, timeout=120)
    assert "result.usdz" in trace.read_text(errors="replace")
    assert "elsewhere-secret" not in trace.read_text(errors="replace")


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        (b"@./textures/a.png@", None),
        (b"asset a = @//host.invalid/share/a.png@", b"asset a = @a.png@"),
        (b"asset a = @@@C:\\a.png@@@", b"asset a = @@@a.png@@@"),
        (b'string s = "@"; asset a = @/nowhere/a.png@', b'string s = "@"; asset a = @a.png@'),
        (b"subLayers = [@a.usd@, @../b.usd@]", b"subLayers = [@a.usd@, @b.usd@]"),
        (b'asset a = @`"//host.invalid/${X}"`@', b"asset a = @@"),
        (b"rel x = </Root/Red>", None),
    ],
)
def test_what_a_text_may_name(tmp_path: Path, line: bytes, becomes: bytes | None) -> None:
    file = tmp_path / "a.usda"
    file.write_bytes(b"#usda 1.0\n" + line + b"\n")
    assert confined_layer(file) == (None if becomes is None else b"#usda 1.0\n" + becomes + b"\n")


@pytest.mark.parametrize("cut", [9, 30, 200])
def test_a_damaged_layer_is_a_sentence(empty_scene: None, tmp_path: Path, cut: int) -> None:
    file = package(tmp_path / "job", INSIDE, text=False)
    with zipfile.ZipFile(file) as archive:
        layer = archive.read("model.usdc")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("model.usdc", layer[:cut])
    with pytest.raises(ResultError, match="is damaged"):
        bring_in(file)
    assert not bpy.data.meshes
