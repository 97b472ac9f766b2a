"""A mesh in; which of its triangles bound closed bodies out: there nobody ever sees a back. Knows no picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from openhorse.engines.procedural.players.mesh import Mesh

_SAME_PLACE = 2e-4
"""Metres: vertices so near to one another are one, however they are coloured."""
_OPENING = 0.05
"""A hole so long, in parts of the root of a body's surface, is as good as none: the ends of a pipe."""


def closed_faces(mesh: Mesh) -> NDArray[np.bool_]:
    """For each triangle whether it belongs to a body without openings whose triangles all look outwards."""
    cells = np.round(mesh.points / _SAME_PLACE).astype(np.int64)
    _, first, spot = np.unique(np.column_stack([cells, mesh.bones]), axis=0, return_index=True, return_inverse=True)
    places = mesh.points[first].astype(np.float64)
    faces, count = spot.reshape(-1)[mesh.faces].astype(np.int64), len(places)
    whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    kept = faces[whole]
    edges = np.concatenate([kept[:, [0, 1]], kept[:, [1, 2]], kept[:, [2, 0]]])
    links = coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(count, count))
    bodies, body = connected_components(links, directed=False)
    there, back = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    # an edge is whole that another triangle runs along the other way
    length = np.sqrt(((places[edges[:, 0]] - places[edges[:, 1]]) ** 2).sum(axis=1))
    torn = np.bincount(body[edges[:, 0]], length * ~np.isin(back, there), bodies)
    a, b, c = (places[kept[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    of = body[kept[:, 0]]
    surface = np.bincount(of, np.sqrt((across**2).sum(axis=1)) / 2, bodies)
    inside = np.bincount(of, (a * across).sum(axis=1), bodies)
    closed = (torn < _OPENING * np.sqrt(surface)) & (inside > 0)
    return np.asarray(closed[body[faces[:, 0]]])
