"""Which nodes are one person: reasons to join, the strongest first, against what must not be joined.

A graph question, so Python; only nodes that some reason touches come here, a few in a hundred records.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

Row = Mapping[str, Any]
NODE_CLUSTER = pa.schema(
    {"node_key": pa.string(), "cluster_key": pa.string(), "method": pa.string(), "score": pa.float64()}
)


class Edge(NamedTuple):
    """A reason to join two nodes; `is_repeat`: the same person may stand twice in one family list."""

    left: str
    right: str
    method: str
    score: float
    is_repeat: bool


class Member(NamedTuple):
    """A node in its cluster (named by its lowest node) and the reason that brought it there."""

    node: str
    cluster: str
    method: str
    score: float


def clustered(edges: Iterable[Row], apart: Iterable[Row], traits: Iterable[Row]) -> pa.Table:
    """The nodes of clusters of two or more (table node_cluster), from rows of the tables edge, apart and node_trait."""
    ids: dict[str, set[str]] = defaultdict(set)
    families: dict[str, set[str]] = defaultdict(set)
    for row in traits:
        if row["id_no"]:
            ids[row["node_key"]].add(row["id_no"])
        if row["household_key"]:
            families[row["node_key"]].add(row["household_key"])
    clusters = Clusters(ids, families, ((row["left_node"], row["right_node"]) for row in apart))
    for row in edges:
        clusters.join(Edge(row["left_node"], row["right_node"], row["method"], row["score"], row["is_repeat"]))
    columns = zip(*clusters.members(), strict=True)
    return pa.table([list(column) for column in columns] or [[]] * 4, NODE_CLUSTER)


class Clusters:
    """Growing clusters. A person has one valid ID and stands once in a family list, unless a stronger reason speaks."""

    def __init__(
        self, ids: Mapping[str, set[str]], families: Mapping[str, set[str]], apart: Iterable[tuple[str, str]]
    ) -> None:
        self._ids, self._families = ids, families
        self._members: dict[str, list[str]] = {}
        self._root: dict[str, str] = {}
        self._reason: dict[str, tuple[str, float]] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for left, right in apart:
            self._apart[left].add(right)
            self._apart[right].add(left)

    def join(self, edge: Edge) -> bool:
        """Join the two clusters unless something speaks against it; whether they are one now."""
        left, right = self._find(edge.left), self._find(edge.right)
        if left == right:
            return True
        if self._are_apart(left, right) or (edge.method != "judged" and self._is_vetoed(left, right, edge)):
            return False
        self._unite(left, right)
        for node in (edge.left, edge.right):
            self._reason.setdefault(node, (edge.method, edge.score))
        return True

    def members(self) -> list[Member]:
        """Every node of a cluster of two or more. A valid ID explains itself."""
        rows = []
        for nodes in self._members.values():
            cluster = min(nodes)
            rows += [Member(node, cluster, *self._reason[node]) for node in nodes if len(nodes) > 1]
        return sorted(rows)

    def _find(self, node: str) -> str:
        if node not in self._root:
            self._root[node], self._members[node] = node, [node]
        return self._root[node]

    def _are_apart(self, left: str, right: str) -> bool:
        others = set(self._members[right])
        return any(self._apart[node] & others for node in self._members[left] if node in self._apart)

    def _is_vetoed(self, left: str, right: str, edge: Edge) -> bool:
        ids = self._traits(left, self._ids) | self._traits(right, self._ids)
        if len(ids) > 1 and edge.method != "two_ids":
            return True
        return not edge.is_repeat and bool(self._traits(left, self._families) & self._traits(right, self._families))

    def _traits(self, root: str, traits: Mapping[str, set[str]]) -> set[str]:
        return set().union(*(traits.get(node, set()) for node in self._members[root]))

    def _unite(self, left: str, right: str) -> None:
        small, large = sorted((left, right), key=lambda root: (len(self._members[root]), root))
        for node in self._members.pop(small):
            self._root[node] = large
            self._members[large].append(node)
