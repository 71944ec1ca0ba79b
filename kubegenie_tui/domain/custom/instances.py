"""How many objects of a kind there are, and where."""

import msgspec

MOST_NAMED = 5
"""Namespaces that are named; the others are counted."""


class Instances(msgspec.Struct, frozen=True):
    """A count of one moment."""

    total: int
    by_namespace: dict[str, int] = {}
    """The most first; empty for a kind without namespaces, or when they were not counted one by one."""
    least: bool = False
    """Whether there are more: the server did not say how many."""

    @property
    def words(self) -> str:
        """`12 in 2 namespaces: shop 8, payments 4`."""
        number = f"at least {self.total:,}" if self.least else f"{self.total:,}"
        if not self.by_namespace:
            return number
        count = len(self.by_namespace)
        return f"{number} in {count} {'namespace' if count == 1 else 'namespaces'}: {self.places}"

    @property
    def places(self) -> str:
        """`shop 8, payments 4`."""
        named = [f"{name} {count:,}" for name, count in list(self.by_namespace.items())[:MOST_NAMED]]
        more = len(self.by_namespace) - len(named)
        return ", ".join([*named, *([f"and {more} more"] if more > 0 else [])])
