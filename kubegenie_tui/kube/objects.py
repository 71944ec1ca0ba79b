"""Whole objects, fetched when somebody asks for them: one, a list, the events of one, what pods and nodes use."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from kubegenie_tui.domain.errors import Expired, ServerFailed
from kubegenie_tui.domain.kind import Kind, path_segment
from kubegenie_tui.domain.quantity import millicores, parse_quantity
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.pace import paced
from kubegenie_tui.kube.rows.slices import Slices

T = TypeVar("T")
PAGE = 500
"""Objects a request: about 5 MB of pods."""
_EVENTS = Kind(group="", version="v1", plural="events", kind="Event")
_JSON = "application/json"
_METADATA_ONLY = f"{_JSON};as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
_METRICS = "/apis/metrics.k8s.io/v1beta1"


class ObjectList(msgspec.Struct, frozen=True):
    """Objects as the server sent them, or the first of them."""

    items: list[dict[str, Any]]
    resource_version: str = ""
    remaining: int = 0
    """How many more there are; -1 when there are more and the server does not say how many."""


async def get_object(
    client: Client, kind: Kind, name: str, namespace: str = "", subresource: str = ""
) -> dict[str, Any]:
    """One whole object, or a subresource of it such as `scale`.

    Raises:
        NotFound: it does not exist.
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    return _decode(await client.get(kind.path(namespace, name, subresource)), dict[str, Any])


async def list_objects(
    client: Client,
    kind: Kind,
    namespace: str = "",
    *,
    label_selector: str = "",
    field_selector: str = "",
    limit: int = 500,
    metadata_only: bool = False,
) -> ObjectList:
    """Whole objects of one moment, at most `limit` of them (0: all); decoded in slices of 4 ms.

    `metadata_only`: the server leaves out all but the metadata, the values of Secrets among it.

    Raises:
        Expired: the list changed faster than it could be read, twice.
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    selectors = {"labelSelector": label_selector, "fieldSelector": field_selector}
    params = {name: value for name, value in selectors.items() if value}
    path, accept = kind.path(namespace), _METADATA_ONLY if metadata_only else _JSON
    try:
        return await _in_pages(client, path, params, limit, accept)
    except Expired:
        # The moment of the first page is gone from the server's memory, and pages of two moments do not make a list.
        page = await _page(client, path, {**params, "limit": str(limit)} if limit else params, accept)
        return await _joined([page], page)


async def _in_pages(client: Client, path: str, params: Mapping[str, str], limit: int, accept: str) -> ObjectList:
    pages: list[_Page] = []
    wanted, token = limit, ""
    while True:
        size = min(wanted, PAGE) if limit else PAGE
        more = {"continue": token} if token else {}
        page = await _page(client, path, {**params, "limit": str(size), **more}, accept)
        pages.append(page)
        wanted, token = wanted - len(page.items or ()), page.metadata.continue_token
        if not token or (limit and wanted <= 0):
            return await _joined(pages, page)


async def _page(client: Client, path: str, params: Mapping[str, str], accept: str) -> "_Page":
    return _decode(await client.get(path, params, accept=accept), _Page)


async def _joined(pages: list["_Page"], last: "_Page") -> ObjectList:
    raw = (item for page in pages for item in page.items or ())
    items = [_decode(item, dict[str, Any]) async for item in paced(raw)]
    more = bool(last.metadata.continue_token)
    remaining = (last.metadata.remaining_item_count or -1) if more else 0
    return ObjectList(items, last.metadata.resource_version, remaining)


async def events_of(client: Client, namespace: str, uid: str) -> list[dict[str, Any]]:
    """The events about the object with this uid, oldest first. For a node the uid is its name; no namespace means all.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    found = await list_objects(client, _EVENTS, namespace, field_selector=f"involvedObject.uid={uid}", limit=0)
    return sorted(found.items, key=_moment)


def _moment(event: dict[str, Any]) -> str:
    """RFC 3339 in UTC: sorts as text. A series tells its last time elsewhere than a single event."""
    series = event.get("series") or {}
    created = event.get("metadata", {}).get("creationTimestamp")
    moments = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"), created)
    return next((str(moment) for moment in moments if moment), "")


async def usage(client: Client, plural: str, namespace: str = "") -> dict[str, tuple[int, int]]:
    """What `pods` or `nodes` use now: millicores and bytes by `namespace/name`, or `name` for nodes.

    Raises:
        NotFound: the cluster serves no metrics.
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    scope = f"/namespaces/{path_segment(namespace)}" if namespace else ""
    body = await client.get(f"{_METRICS}{scope}/{plural}")
    used: dict[str, tuple[int, int]] = {}
    items, slices = _decode(body, _Page).items or [], Slices()
    async with slices:
        for raw in items:
            item = _decode(raw, _Measured)
            key = f"{item.metadata.namespace}/{item.metadata.name}" if item.metadata.namespace else item.metadata.name
            parts = [part.usage for part in item.containers] or [item.usage]
            used[key] = (sum(_cpu(part) for part in parts), sum(_memory(part) for part in parts))
            if slices.over():
                await slices.pause()
    return used


def _cpu(usage: dict[str, str]) -> int:
    return millicores(usage.get("cpu", "0"))


def _memory(usage: dict[str, str]) -> int:
    return int(parse_quantity(usage.get("memory", "0")))


def _decode(body: bytes | msgspec.Raw, into: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=into)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ServerFailed("The server's answer is not what its kind promises", str(error), "try again") from error


class _ListMeta(msgspec.Struct, rename="camel"):
    resource_version: str = ""
    continue_token: str = msgspec.field(default="", name="continue")
    remaining_item_count: int | None = None


class _Page(msgspec.Struct):
    items: list[msgspec.Raw] | None
    """Null for an empty list of metadata alone."""
    metadata: _ListMeta = msgspec.field(default_factory=_ListMeta)


class _Name(msgspec.Struct):
    name: str
    namespace: str = ""


class _Container(msgspec.Struct):
    usage: dict[str, str] = {}


class _Measured(msgspec.Struct):
    metadata: _Name
    containers: list[_Container] = []
    usage: dict[str, str] = {}
