"""Discovery from servers older than 1.27 and from proxies in front of one: a request for every group and version."""

import asyncio
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from kubegenie_tui.domain.errors import ClusterError, Forbidden, NotFound, ServerFailed, Throttled, TimedOut
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.client import Client

T = TypeVar("T")
_AT_ONCE = 8
_ONE_GROUP_ONLY = (Forbidden, NotFound, ServerFailed, Throttled, TimedOut)
"""What says something of one group and nothing of the server."""


class GroupVersion(msgspec.Struct, frozen=True):
    """One version of one group."""

    group: str
    version: str

    @property
    def name(self) -> str:
        """`apps/v1`, `v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def path(self) -> str:
        """Where its resources are listed."""
        return f"/apis/{self.name}" if self.group else f"/api/{self.name}"


async def discover_classic(client: Client) -> tuple[tuple[Kind, ...], tuple[str, ...]]:
    """The kinds of a server, each in the preferred version that has it, and the group versions that failed.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`, of what concerns the whole server.
    """
    versions = await _group_versions(client)
    gate = asyncio.Semaphore(_AT_ONCE)
    answers = await asyncio.gather(*(_resources(client, version, gate) for version in versions), return_exceptions=True)
    kinds: dict[str, Kind] = {}
    served: dict[str, list[str]] = {}
    failed: list[str] = []
    for version, answer in zip(versions, answers, strict=True):
        if isinstance(answer, _ONE_GROUP_ONLY):
            failed.append(version.name)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            for kind in _kinds(version, answer.resources):
                kinds.setdefault(kind.id, kind)
                served.setdefault(kind.id, []).append(kind.version)
    return tuple(kind.served_in(served[name]) for name, kind in kinds.items()), tuple(failed)


async def _group_versions(client: Client) -> list[GroupVersion]:
    """Every version, the preferred one of its group first."""
    core, groups = await asyncio.gather(client.get("/api"), client.get("/apis"))
    found = [GroupVersion("", version) for version in _decode(core, _Core).versions]
    for group in _decode(groups, _Groups).groups:
        preferred = group.preferred_version.version if group.preferred_version else ""
        versions = sorted((item.version for item in group.versions), key=lambda version: version != preferred)
        found += [GroupVersion(group.name, version) for version in versions]
    return found


async def _resources(client: Client, version: GroupVersion, gate: asyncio.Semaphore) -> "_Resources":
    async with gate:
        return _decode(await client.get(version.path), _Resources)


def _decode(body: bytes, into: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=into)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise _not_understood(error) from error


def _not_understood(error: Exception) -> ClusterError:
    return ServerFailed("The server's list of kinds cannot be understood", str(error), "check the server's URL")


def _kinds(version: GroupVersion, resources: Iterable["_Resource"]) -> Iterable[Kind]:
    subresources: dict[str, set[str]] = {}
    for resource in resources:
        parent, slash, name = resource.name.partition("/")
        if slash:
            subresources.setdefault(parent, set()).add(name)
    for resource in resources:
        if "/" not in resource.name:
            yield Kind(
                group=version.group,
                version=version.version,
                plural=resource.name,
                kind=resource.kind,
                namespaced=resource.namespaced,
                singular=resource.singular_name,
                short_names=tuple(resource.short_names),
                verbs=frozenset(resource.verbs),
                categories=tuple(resource.categories),
                subresources=frozenset(subresources.get(resource.name, ())),
            )


class _Version(msgspec.Struct):
    version: str


class _Group(msgspec.Struct, rename="camel"):
    name: str
    versions: list[_Version] = []
    preferred_version: _Version | None = None


class _Groups(msgspec.Struct):
    groups: list[_Group] = []


class _Core(msgspec.Struct):
    versions: list[str] = []


class _Resource(msgspec.Struct, rename="camel"):
    name: str
    kind: str
    namespaced: bool = False
    singular_name: str = ""
    verbs: list[str] = []
    short_names: list[str] = []
    categories: list[str] = []


class _Resources(msgspec.Struct):
    resources: list[_Resource] = []
