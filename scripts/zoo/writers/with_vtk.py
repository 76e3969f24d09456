# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""VTK and PyVista: its glTF writer and exporter, its OBJ, STL and PLY writers."""

from __future__ import annotations

import numpy as np
import pyvista
import vtk

from ..cells import ONE_SURFACE, WELDED, Zoo, run
from ..models import Floats, Ints, Model, models

PACKAGES = ["vtk==9.7.2", "pyvista==0.49.1", "numpy==2.4.6"]


def poly(vertices: Floats, triangles: Ints) -> pyvista.PolyData:
    """One surface."""
    return pyvista.PolyData(vertices, np.insert(triangles, 0, 3, axis=1))


def blocks(model: Model) -> vtk.vtkMultiBlockDataSet:
    """What vtkGLTFWriter wants: buildings, each a block of surfaces."""
    whole, building = vtk.vtkMultiBlockDataSet(), vtk.vtkMultiBlockDataSet()
    for number, part in enumerate(model.parts):
        building.SetBlock(number, poly(part.vertices, part.triangles))
        building.GetMetaData(number).Set(vtk.vtkCompositeDataSet.NAME(), part.name)
    whole.SetBlock(0, building)
    return whole


def write(zoo: Zoo) -> None:
    """Each of the writers."""
    for model in models().values():
        one = len(model.parts) == 1
        vertices, triangles, _ = model.together()
        surface = poly(vertices, triangles)
        if not model.shared:
            path = zoo.add(
                model, "glb", "vtkGLTFWriter of blocks", "whole" if one else "objects", variant="blocks", off=1e-5
            )
            writer = vtk.vtkGLTFWriter()
            writer.SetFileName(str(path))
            writer.SetInputData(blocks(model))
            writer.SetSaveNormal(False)
            writer.Write()
            plotter = pyvista.Plotter(off_screen=True)
            for part in model.parts:
                plotter.add_mesh(poly(part.vertices, part.triangles), color=part.colour)
            path = zoo.add(
                model, "gltf", "Plotter.export_gltf", "whole" if one else "objects", variant="plotter", off=1e-5
            )
            plotter.export_gltf(path)
        for suffix in ("ply",) if model.name == "robot" else ("ply", "stl", "obj"):
            if model.shared and suffix != "ply":
                continue
            lost = suffix == "stl" and not model.closed
            way = "whole" if lost or one else "shells"
            if model.shared:
                surface["RGB"] = np.rint(255 * model.vertex_colours()).astype(np.uint8)
                way = "colours"
            path = zoo.add(
                model,
                suffix,
                "PolyData.save",
                way,
                variant="mesh",
                parts=int(lost),
                colours=model.shared,
                border=model.shared,
                off=1e-5,
                why=WELDED if lost else ONE_SURFACE,
            )
            if model.shared:
                surface.save(path, texture="RGB")
            else:
                surface.save(path)


if __name__ == "__main__":
    run("vtk", ["vtk", "pyvista"], write)
