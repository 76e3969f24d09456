# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene beside the user's own, for Geometry Nodes to work in: it is gone when the work is done.

Blender evaluates node groups only on objects of a scene. In a scene of their own they touch neither the user's
selection nor the collections, and nothing else is evaluated with them.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

import bpy
from bpy.types import Depsgraph, GeometryNodeTree, Mesh, NodeSocket, Object, Scene


class ScratchScene:
    """A context manager: an empty scene, and everything made through it, removed at the end."""

    def __enter__(self) -> Self:
        self.scene: Scene = bpy.data.scenes.new("Hitem3D scratch")
        self._objects: list[Object] = []
        self._meshes: list[Mesh] = []
        self._trees: list[GeometryNodeTree] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for obj in self._objects:
            bpy.data.objects.remove(obj)
        for mesh in self._meshes:
            bpy.data.meshes.remove(mesh)
        for tree in self._trees:
            bpy.data.node_groups.remove(tree)
        bpy.data.scenes.remove(self.scene)

    def add_object(self, mesh: Mesh) -> Object:
        """An object of this scene that shows the mesh, which is removed with it."""
        self._meshes.append(mesh)
        return self._add(mesh)

    def add_empty(self) -> Object:
        """An empty of this scene."""
        return self._add(None)

    def _add(self, mesh: Mesh | None) -> Object:
        obj = bpy.data.objects.new("Hitem3D scratch", mesh)
        self._objects.append(obj)
        self.scene.collection.objects.link(obj)
        return obj

    def add_tree(self, obj: Object) -> GeometryNodeTree:
        """An empty Geometry Nodes group, with a geometry going in and out, as a modifier of the object."""
        tree = bpy.data.node_groups.new("Hitem3D scratch", "GeometryNodeTree")
        assert isinstance(tree, GeometryNodeTree)
        self._trees.append(tree)
        tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
        tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
        obj.modifiers.new("Hitem3D scratch", "NODES").node_group = tree
        return tree

    def evaluate(self) -> Depsgraph:
        """Bring everything in the scene up to date; what was evaluated before is no longer valid."""
        layer = self.scene.view_layers[0]
        layer.update()
        return layer.depsgraph


def named_attribute(tree: GeometryNodeTree, name: str) -> NodeSocket:
    """The output of a new node that reads an integer attribute."""
    node = tree.nodes.new("GeometryNodeInputNamedAttribute")
    node.data_type = "INT"
    node.inputs["Name"].default_value = name
    return node.outputs["Attribute"]
