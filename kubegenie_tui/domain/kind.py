"""Kinds: what an API server serves, and how a person may name it."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from kubegenie_tui.domain.errors import UsageError


class Kind(msgspec.Struct, frozen=True):
    """One resource of one API group in the version that is used."""

    group: str
    """API group, empty for the core group."""
    version: str
    plural: str
    """Resource name in URLs: `pods`."""
    kind: str
    """Name in manifests: `Pod`."""
    namespaced: bool = True
    singular: str = ""
    short_names: tuple[str, ...] = ()
    verbs: frozenset[str] = frozenset({"get", "list", "watch"})
    categories: tuple[str, ...] = ()
    subresources: frozenset[str] = frozenset()
    versions: tuple[str, ...] = ()
    """Every version that is served, the preferred one first; empty where this one is the only one."""

    @property
    def id(self) -> str:
        """`pods`, `deployments.apps`: unique in a cluster, and what kubectl accepts."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """`v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """URL path of the collection, of one object, or of its subresource; no namespace means all."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        scope = f"/namespaces/{path_segment(namespace)}" if self.namespaced and namespace else ""
        tail = "".join(f"/{part}" for part in (path_segment(name), subresource) if part)
        return f"{root}{scope}/{self.plural}{tail}"

    @property
    def api_versions(self) -> list[str]:
        """`autoscaling/v2`, `autoscaling/v1`: every one that is served."""
        return [self.at(version).api_version for version in self.versions or (self.version,)]

    def served_in(self, versions: Sequence[str]) -> "Kind":
        """The same kind, told in which versions it is served, itself among them."""
        return msgspec.structs.replace(self, versions=tuple(versions)) if len(versions) > 1 else self

    def at(self, version: str) -> "Kind":
        """The same kind in another version of its group (`v1`, `autoscaling/v1`); as it is where that is not served."""
        group, slash, name = version.rpartition("/")
        served = name in self.versions and (not slash or group == self.group)
        return msgspec.structs.replace(self, version=name) if served else self

    def names(self) -> Iterator[str]:
        """Every name this kind answers to, lower case, the most telling first."""
        yield self.plural
        yield self.singular or self.kind.lower()
        yield from self.short_names
        yield self.id
        yield f"{self.plural}.{self.version}.{self.group}" if self.group else f"{self.plural}.{self.version}"


def path_segment(name: str) -> str:
    """A name as one segment of a URL path.

    Kubernetes allows no slash, no percent sign and no dots alone in a name. A server splits a path after decoding it:
    what is not allowed is encoded twice, so that it is still one segment then, of a name that does not exist.
    """
    name = name.replace("%", "%25").replace("/", "%252F")
    return "%252E" * len(name) if name in (".", "..") else name


class KindIndex:
    """The kinds of one cluster, found by any name kubectl would take."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._kinds = {kind.id: kind for kind in kinds}
        self._by_name: dict[str, list[Kind]] = {}
        for kind in self._kinds.values():
            for name in dict.fromkeys(kind.names()):
                self._by_name.setdefault(name, []).append(kind)

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def __len__(self) -> int:
        return len(self._kinds)

    def get(self, kind_id: str) -> Kind | None:
        """The kind with this id (`deployments.apps`)."""
        return self._kinds.get(kind_id)

    def find(self, name: str) -> Kind | None:
        """The kind a name means; the core group wins, then `apps`, then the alphabet, as kubectl does."""
        found = self._by_name.get(name.lower(), [])
        return min(found, key=_preference, default=None)

    def of(self, api_version: str, kind: str) -> Kind | None:
        """The kind of a manifest's `apiVersion` and `kind`, in that version; in another where it is not served."""
        group = api_version.rpartition("/")[0]
        same = (known for known in self._kinds.values() if known.group == group and known.kind == kind)
        found = next(same, None)
        return found and found.at(api_version)

    def resolve(self, name: str) -> Kind:
        """As `find`.

        Raises:
            UsageError: no kind has this name; near names are offered.
        """
        kind = self.find(name)
        if kind is None:
            near = self.near(name)
            hint = f"did you mean {', '.join(near)}?" if near else "`:api` lists every kind of this cluster"
            raise UsageError(f'This cluster has no kind named "{name}"', next_step=hint)
        return kind

    def near(self, name: str, limit: int = 3) -> list[str]:
        """Plural names that look like `name`."""
        import difflib

        close = difflib.get_close_matches(name.lower(), self._by_name, n=limit * 2, cutoff=0.7)
        return list(dict.fromkeys(min(self._by_name[match], key=_preference).plural for match in close))[:limit]


def _preference(kind: Kind) -> tuple[int, str]:
    order = {"": 0, "apps": 1, "batch": 2, "networking.k8s.io": 3, "events.k8s.io": 9, "metrics.k8s.io": 10}
    return order.get(kind.group, 5), kind.group
