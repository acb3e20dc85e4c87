"""Which nodes are one person: reasons to join, the strongest first, against what must not be joined.

A graph question, so Python; only nodes that some reason touches come here, a few in a hundred records.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import pyarrow as pa

Traits = Mapping[str, Collection[str]]
"""Of each node what keeps it from others, perhaps told more than once."""
Cluster: TypeAlias = list[str]
"""The nodes of one person as far as is known; each node's cluster is the same list."""
NODE_CLUSTER = pa.schema(
    {"node_key": pa.string(), "cluster_key": pa.string(), "method": pa.string(), "score": pa.float64()}
)


Edge: TypeAlias = tuple[str, str, str, float, bool]
"""A reason to join two nodes: they, its method and score, and whether a person may stand twice in one family list."""
Member: TypeAlias = tuple[str, str, str, float]
"""A node, its cluster (named by its lowest node), and the method and score that brought it there."""


def clustered(edge: pa.Table, apart: pa.Table, node_trait: pa.Table) -> pa.Table:
    """The nodes of clusters of two or more (table node_cluster), from the tables of these names."""
    ids: dict[str, tuple[str, ...]] = {}
    families: dict[str, tuple[str, ...]] = {}
    for node, id_no, household in _rows(node_trait, "node_key", "id_no", "household_key"):
        if id_no:
            ids[node] = (*ids.get(node, ()), id_no)
        if household:
            families[node] = (*families.get(node, ()), household)
    clusters = Clusters(ids, families, _rows(apart, "left_node", "right_node"))
    for row in _rows(edge, "left_node", "right_node", "method", "score", "is_repeat"):
        clusters.join(row)
    members = list(clusters.members())
    columns = [[member[place] for member in members] for place in range(len(NODE_CLUSTER))]
    return pa.table(columns, NODE_CLUSTER)


def _rows(table: pa.Table, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Rows as tuples: a dictionary a row would cost more than the clusters."""
    return zip(*(table.column(name).to_pylist() for name in columns), strict=True)


class Clusters:
    """Growing clusters. A person has one valid ID and stands once in a family list, unless a stronger reason speaks."""

    def __init__(self, ids: Traits, families: Traits, apart: Iterable[tuple[str, ...]]) -> None:
        self._ids, self._families = ids, families
        self._cluster: dict[str, Cluster] = {}
        self._reason: dict[str, Edge] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for left, right in apart:
            self._apart[left].add(right)
            self._apart[right].add(left)

    def join(self, edge: Edge) -> bool:
        """Join the two clusters unless something speaks against it; whether they are one now."""
        left_node, right_node, method, _, is_repeat = edge
        left, right = self._of(left_node), self._of(right_node)
        if left is right:
            return True
        if self._are_apart(left, right) or (method != "judged" and self._is_vetoed(left, right, method, is_repeat)):
            return False
        self._unite(left, right)
        self._reason.setdefault(left_node, edge)
        self._reason.setdefault(right_node, edge)
        return True

    def members(self) -> Iterator[Member]:
        """Every node of a cluster of two or more, in the order in which they were met. A valid ID explains itself."""
        for node, (_, _, method, score, _) in self._reason.items():
            yield node, min(self._cluster[node]), method, score

    def _of(self, node: str) -> Cluster:
        return self._cluster.get(node) or self._cluster.setdefault(node, [node])

    def _are_apart(self, left: Cluster, right: Cluster) -> bool:
        return any(not self._apart[node].isdisjoint(right) for node in left if node in self._apart)

    def _is_vetoed(self, left: Cluster, right: Cluster, method: str, is_repeat: bool) -> bool:
        mine, other = _traits(left, self._ids), _traits(right, self._ids)
        if mine and other and mine != other and method != "two_ids":
            return True
        return not is_repeat and not _traits(left, self._families).isdisjoint(_traits(right, self._families))

    def _unite(self, left: Cluster, right: Cluster) -> None:
        small, large = sorted((left, right), key=len)
        large += small
        for node in small:
            self._cluster[node] = large


def _traits(cluster: Cluster, traits: Traits) -> set[str]:
    return {trait for node in cluster for trait in traits.get(node, ())}
