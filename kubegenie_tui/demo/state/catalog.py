"""The kinds a simulated cluster serves: those of a real Kubernetes 1.37 (recorded) and those its CRDs add."""

import functools
import json
from collections.abc import Iterator
from importlib import resources

import msgspec

from kubegenie_tui.demo.state.objects import Object

STANDARD_COLUMNS = (("Name", "string", "name", 0), ("Age", "date", "", 0))


class Column(msgspec.Struct, frozen=True):
    """One column of a server-side Table."""

    name: str
    type: str
    format: str = ""
    priority: int = 0
    path: str = ""
    """JSONPath of a CRD's printer column; empty for built-in kinds."""


class Resource(msgspec.Struct, frozen=True):
    """One resource in one version."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    verbs: tuple[str, ...]
    discovery: Object
    """The entry of the aggregated discovery document."""
    columns: tuple[Column, ...] = ()
    subresources: tuple[str, ...] = ()
    custom: bool = False
    structure: Object = {}
    """The openAPIV3Schema of a custom resource."""

    @property
    def id(self) -> str:
        """`pods`, `deployments.apps`: what names the stored collection, whatever the version."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """`Pod`, `Deployment.apps`: how messages name the kind."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def api_version(self) -> str:
        """`v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version


class Catalog:
    """Every resource of one cluster."""

    def __init__(self) -> None:
        self._resources: dict[tuple[str, str, str], Resource] = {}
        self._by_kind: dict[tuple[str, str], Resource] = {}
        self.generation = 0
        """Grows with each change: what is derived from the catalog is cached by it."""
        for resource in builtin_resources():
            self._put(resource)

    def __iter__(self) -> Iterator[Resource]:
        return iter(tuple(self._resources.values()))

    def serves(self, group: str) -> bool:
        """Whether there is anything in an API group."""
        return any(key[0] == group for key in self._resources)

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """The resource at `/apis/GROUP/VERSION/PLURAL`."""
        return self._resources.get((group, version, plural))

    def of(self, api_version: str, kind: str) -> Resource | None:
        """The resource of a manifest's `apiVersion` and `kind`."""
        return self._by_kind.get((api_version, kind))

    def by_id(self, kind_id: str) -> Resource:
        """The resource named `deployments.apps`; KeyError when there is none."""
        plural, _, group = kind_id.partition(".")
        for resource in self:
            if resource.plural == plural and resource.group == group:
                return resource
        raise KeyError(kind_id)

    def add_definition(self, definition: Object) -> None:
        """Serve what a CustomResourceDefinition defines."""
        self.remove_definition(definition)
        for version in definition["spec"]["versions"]:
            if version.get("served"):
                self._put(_custom_resource(definition["spec"], version))

    def remove_definition(self, definition: Object) -> None:
        """Serve it no more."""
        group, plural = definition["spec"]["group"], definition["spec"]["names"]["plural"]
        for key in [key for key in self._resources if key[0] == group and key[2] == plural]:
            gone = self._resources.pop(key)
            del self._by_kind[gone.api_version, gone.kind]
        self.generation += 1

    def _put(self, resource: Resource) -> None:
        self._resources[resource.group, resource.version, resource.plural] = resource
        self._by_kind[resource.api_version, resource.kind] = resource
        self.generation += 1


@functools.cache
def builtin_resources() -> tuple[Resource, ...]:
    """The kinds that every cluster serves, as recorded from kube-apiserver 1.37.2."""
    text = (resources.files("kubegenie_tui.demo") / "data" / "builtin.json").read_text("utf-8")
    return tuple(
        _builtin(version["group"], version["version"], entry)
        for version in json.loads(text)
        for entry in version["resources"]
    )


def _builtin(group: str, version: str, entry: Object) -> Resource:
    columns = entry.pop("columns", STANDARD_COLUMNS)
    return Resource(
        group=group,
        version=version,
        plural=entry["resource"],
        kind=entry["responseKind"]["kind"],
        namespaced=entry["scope"] == "Namespaced",
        verbs=tuple(entry["verbs"]),
        discovery=entry,
        columns=tuple(Column(*column) for column in columns),
        subresources=tuple(sub["subresource"] for sub in entry.get("subresources", ())),
    )


def _custom_resource(spec: Object, version: Object) -> Resource:
    names, verbs = spec["names"], ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
    columns = [Column("Name", "string", "name")]
    printed = version.get("additionalPrinterColumns") or [
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
    ]
    columns += [
        Column(each["name"], each["type"], each.get("format", ""), each.get("priority", 0), each["jsonPath"])
        for each in printed
    ]
    response = {"group": spec["group"], "version": version["name"], "kind": names["kind"]}
    subresources = tuple(version.get("subresources") or ())
    discovery: Object = {
        "resource": names["plural"],
        "responseKind": response,
        "scope": spec["scope"],
        "singularResource": names.get("singular", names["kind"].lower()),
        "verbs": verbs,
        **({"shortNames": names["shortNames"]} if names.get("shortNames") else {}),
        **({"categories": names["categories"]} if names.get("categories") else {}),
    }
    if subresources:
        discovery["subresources"] = [_custom_subresource(name, response) for name in subresources]
    return Resource(
        group=spec["group"],
        version=version["name"],
        plural=names["plural"],
        kind=names["kind"],
        namespaced=spec["scope"] == "Namespaced",
        verbs=tuple(verbs),
        discovery=discovery,
        columns=tuple(columns),
        subresources=subresources,
        custom=True,
        structure=(version.get("schema") or {}).get("openAPIV3Schema") or {},
    )


def _custom_subresource(name: str, response: Object) -> Object:
    kind = {"group": "autoscaling", "version": "v1", "kind": "Scale"} if name == "scale" else response
    return {"subresource": name, "responseKind": kind, "verbs": ["get", "patch", "update"]}
