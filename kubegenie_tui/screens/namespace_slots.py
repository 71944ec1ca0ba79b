"""The namespaces on the number keys: those a person was in, the latest first, then the others by name."""

from collections.abc import Iterable

SLOTS = 9
_SYSTEM = ("kube-", "gke-", "openshift-", "cattle-")


class NamespaceSlots:
    """Slot 0 is all namespaces, 1 to 9 keep their namespace until more than nine were visited."""

    def __init__(self, first: str = "") -> None:
        self._visited: list[str] = [first] if first else []

    def visited(self, namespace: str) -> None:
        """The person went to this namespace."""
        if namespace and namespace not in self._visited:
            self._visited = [*self._visited[-SLOTS + 1 :], namespace]

    def names(self, known: Iterable[str]) -> list[str]:
        """Up to nine namespaces, slot 1 first."""
        others = sorted(set(known) - set(self._visited), key=lambda name: (name.startswith(_SYSTEM), name))
        return (self._visited + others)[:SLOTS]

    def at(self, slot: int, known: Iterable[str]) -> str | None:
        """The namespace of a slot; empty for all, None for an empty slot."""
        if slot == 0:
            return ""
        names = self.names(known)
        return names[slot - 1] if slot <= len(names) else None
