"""Which kinds an API server serves: asked in two requests where it can tell all at once, group by group elsewhere."""

import asyncio
import re
from collections.abc import Iterable, Mapping

import msgspec

from kubegenie_tui.domain.errors import ServerFailed
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.client import Answer, Client
from kubegenie_tui.kube.discovery_classic import discover_classic

CORE, GROUPS = "/api", "/apis"
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
_ACCEPT = f"{_AGGREGATED.format('v2')},{_AGGREGATED.format('v2beta1')},application/json"


class ServerVersion(msgspec.Struct, frozen=True, order=True):
    """An API server's version; compares by major and minor."""

    major: int
    minor: int
    git_version: str = ""
    """`v1.37.2`."""


class Discovery(msgspec.Struct, frozen=True):
    """What a server serves, and what to send it to hear of changes only."""

    kinds: tuple[Kind, ...] = ()
    """Each kind once, in the version the server prefers; the core group first, then as the server lists them."""
    etags: Mapping[str, str] = {}
    """By path; empty for a server that cannot tell all at once."""
    failed: tuple[str, ...] = ()
    """Group and version (`metrics.k8s.io/v1beta1`) of what should be served but is not, for its server is down."""

    def part(self, path: str) -> "Discovery":
        """What `path` (`/api` or `/apis`) told."""
        core = path == CORE
        return Discovery(
            tuple(kind for kind in self.kinds if (kind.group == "") == core),
            {path: self.etags[path]} if path in self.etags else {},
            tuple(failed for failed in self.failed if ("/" not in failed) == core),
        )


async def discover(client: Client, previous: Discovery | None = None) -> Discovery:
    """The kinds of a server. With `previous`, an unchanged server answers in a few bytes.

    A group whose own server is down is named in `failed`; the others are there.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    known = previous or Discovery()
    answers = await asyncio.gather(*(_ask(client, path, known) for path in (CORE, GROUPS)))
    if not all(_is_aggregated(answer) for answer in answers):
        kinds, failed = await discover_classic(client)
        return Discovery(kinds, {}, failed)
    core, groups = (_understand(answer, path, known) for answer, path in zip(answers, (CORE, GROUPS), strict=True))
    return Discovery(core.kinds + groups.kinds, {**core.etags, **groups.etags}, core.failed + groups.failed)


async def server_version(client: Client) -> ServerVersion:
    """What the server says at `/version`.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    body = await client.get("/version")
    try:
        said = msgspec.json.decode(body, type=_VersionInfo)
        return ServerVersion(_leading_number(said.major), _leading_number(said.minor), said.git_version)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise _not_kubernetes(client, error) from error


def _leading_number(text: str) -> int:
    """Clouds write a minor version as `31+`."""
    digits = re.match(r"\d*", text)
    return int(digits[0] or 0) if digits else 0


async def _ask(client: Client, path: str, known: Discovery) -> Answer:
    headers = {"Accept": _ACCEPT}
    if path in known.etags:
        headers["If-None-Match"] = known.etags[path]
    return await client.fetch(path, headers=headers)


def _is_aggregated(answer: Answer) -> bool:
    return answer.status == 304 or "apidiscovery.k8s.io" in answer.headers.get("Content-Type", "")


def _understand(answer: Answer, path: str, known: Discovery) -> Discovery:
    if answer.status == 304:
        return known.part(path)
    try:
        listed = msgspec.json.decode(answer.body, type=_GroupList)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ServerFailed("The server's list of kinds cannot be understood", str(error)) from error
    kinds = tuple(kind for group in listed.items for kind in _kinds(group))
    failed = tuple(
        f"{group.metadata.name}/{version.version}" if group.metadata.name else version.version
        for group in listed.items
        for version in group.versions
        if version.freshness == "Stale"
    )
    etag = answer.headers.get("ETag", "")
    return Discovery(kinds, {path: etag} if etag else {}, failed)


def _kinds(group: "_Group") -> Iterable[Kind]:
    """Each resource of a group in the first version that has it: the server lists the preferred one first."""
    found: dict[str, Kind] = {}
    versions: dict[str, list[str]] = {}
    for version in group.versions:
        for resource in version.resources:
            if resource.kind:
                versions.setdefault(resource.resource, []).append(version.version)
                found.setdefault(resource.resource, _kind(group.metadata.name, version.version, resource))
    return [kind.served_in(versions[name]) for name, kind in found.items()]


def _kind(group: str, version: str, resource: "_Resource") -> Kind:
    return Kind(
        group=group,
        version=version,
        plural=resource.resource,
        kind=resource.kind,
        namespaced=resource.scope == "Namespaced",
        singular=resource.singular_resource,
        short_names=tuple(resource.short_names),
        verbs=frozenset(resource.verbs),
        categories=tuple(resource.categories),
        subresources=frozenset(item.subresource for item in resource.subresources),
    )


def _not_kubernetes(client: Client, error: Exception) -> ServerFailed:
    return ServerFailed(f"{client.server} does not answer as a Kubernetes API server", str(error), "check its URL")


class _VersionInfo(msgspec.Struct, rename="camel"):
    major: str
    minor: str
    git_version: str = ""


class _Subresource(msgspec.Struct):
    subresource: str


class _ResponseKind(msgspec.Struct):
    kind: str = ""


class _Resource(msgspec.Struct, rename="camel"):
    resource: str
    scope: str = ""
    response_kind: _ResponseKind | None = None
    singular_resource: str = ""
    verbs: list[str] = []
    short_names: list[str] = []
    categories: list[str] = []
    subresources: list[_Subresource] = []

    @property
    def kind(self) -> str:
        """Empty for what is only the parent of its subresources."""
        return self.response_kind.kind if self.response_kind else ""


class _Version(msgspec.Struct):
    version: str
    resources: list[_Resource] = []
    freshness: str = ""


class _Metadata(msgspec.Struct):
    name: str = ""


class _Group(msgspec.Struct):
    metadata: _Metadata
    versions: list[_Version] = []


class _GroupList(msgspec.Struct):
    items: list[_Group] = []
