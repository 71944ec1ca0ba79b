"""GET and LIST: pages, snapshots, resourceVersions, and the form the client asked for."""

import base64
import json
from collections import OrderedDict

import msgspec

from kubegenie_tui.demo.api.representing import (
    Form,
    item,
    list_head,
    list_tail,
    metadata_only,
    table,
    table_row,
    wanted_form,
    whole,
)
from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.selecting import selector
from kubegenie_tui.demo.api.statuses import Refusal, bad_request, expired, invalid, not_found, version_too_large
from kubegenie_tui.demo.api.streaming import Pieces
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.collection import Stored
from kubegenie_tui.demo.state.objects import Object

CHUNK = 64 * 1024
KEPT_SNAPSHOTS = 16
WHATEVER = -1
"""The version of a token that goes on with what there is now."""
TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


class Page(msgspec.Struct):
    """What one LIST answers."""

    items: list[Stored]
    meta: Object


class Reader:
    """Answers GET and LIST of one cluster; remembers the snapshots behind its continue tokens."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._snapshots: OrderedDict[tuple[str, int], list[Stored]] = OrderedDict()

    def find(self, call: Call) -> Stored:
        """The object a call names.

        Raises:
            Refusal: there is none.
        """
        stored = self.cluster.collection(call.resource.id).items.get((call.namespace, call.name))
        if stored is None:
            raise not_found(call.resource, call.name)
        return stored

    def forget_snapshots(self) -> None:
        """Answer every continue token with 410 from now on."""
        self._snapshots.clear()

    def page(self, call: Call) -> Page:
        """The objects a LIST asks for.

        Raises:
            Refusal: a bad option, a token or version too old or too new.
        """
        _check(call)
        limit = max(call.number("limit") or 0, 0)
        test = selector(call.resource, call.query)
        token = call.query.get("continue", "")
        version, start = _read_token(token) if token else (self._version(call), None)
        if version == WHATEVER:
            version = self.cluster.revision
        elif start and (call.resource.id, version) not in self._snapshots:
            raise Refusal(410, "Expired", TOO_OLD, metadata={"continue": _token(WHATEVER, start)})
        cached = call.query.get("resourceVersion") == "0"
        found = self._snapshot(call, version)
        if start is not None:
            found = [stored for stored in found if "/".join(stored.key) >= start]
        if call.namespace:
            found = [stored for stored in found if stored.key[0] == call.namespace]
        if test:
            found = [stored for stored in found if test(stored)]
        list_meta: Object = {"resourceVersion": str(version)}
        if limit and not cached and len(found) > limit:
            self._keep(call.resource.id, version)
            list_meta["continue"] = _token(version, "/".join(found[limit - 1].key) + "\0")
            if not test:
                list_meta["remainingItemCount"] = len(found) - limit
            found = found[:limit]
        return Page(found, list_meta)

    def _version(self, call: Call) -> int:
        asked, current = call.number("resourceVersion") or 0, self.cluster.revision
        if asked > current:
            raise version_too_large(asked, current)
        if call.query.get("resourceVersionMatch") == "Exact" and asked < current:
            if (call.resource.id, asked) not in self._snapshots:
                raise expired("The resourceVersion for the provided list is too old.")
            return asked
        return current

    def _snapshot(self, call: Call, version: int) -> list[Stored]:
        kept = self._snapshots.get((call.resource.id, version))
        return kept if kept is not None else list(self.cluster.collection(call.resource.id).ordered())

    def _keep(self, kind_id: str, version: int) -> None:
        if (kind_id, version) not in self._snapshots:
            self._snapshots[kind_id, version] = list(self.cluster.collection(kind_id).ordered())
            while len(self._snapshots) > KEPT_SNAPSHOTS:
                self._snapshots.popitem(last=False)


def _check(call: Call) -> None:
    match, version = call.query.get("resourceVersionMatch", ""), call.query.get("resourceVersion", "")
    field, kind, why = "resourceVersionMatch", "Forbidden", ""
    if "sendInitialEvents" in call.query:
        field, why = "sendInitialEvents", "sendInitialEvents is forbidden for list"
    elif match and not version:
        why = "resourceVersionMatch is forbidden unless resourceVersion is provided"
    elif match not in ("", "Exact", "NotOlderThan"):
        kind, why = "NotSupported", f'"{match}": supported values: "Exact", "NotOlderThan", ""'
    elif match == "Exact" and version == "0":
        why = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
    if why:
        message = f"Unsupported value: {why}" if kind == "NotSupported" else f"Forbidden: {why}"
        raise invalid("ListOptions.meta.k8s.io", "", (f"FieldValue{kind}", message, field))
    if call.query.get("continue") and version not in ("", "0"):
        raise bad_request("specifying resource version is not allowed when using continue")


def one(cluster: Cluster, call: Call, stored: Stored) -> bytes:
    """One object in the form the client asked for."""
    form = form_of(call)
    if form == "Table":
        row = table_row(cluster, call.resource, call.query.get("includeObject", ""))
        return table({"resourceVersion": str(stored.version)}, call.resource, [row(stored)])
    return metadata_only(stored) if form else whole(call.resource)(stored)


def many(cluster: Cluster, call: Call, page: Page) -> Pieces:
    """A list in the form the client asked for, in chunks."""
    form, resource = form_of(call), call.resource
    if form == "Table":
        head, _, tail = table(page.meta, resource, [b"\0"]).partition(b"\0")
        row = table_row(cluster, resource, call.query.get("includeObject", ""))
        return chunks(head, page.items, row, tail)
    partial = form == "PartialObjectMetadata"
    head, tail = list_head(resource, page.meta, partial=partial), list_tail(resource, page.meta, partial=partial)
    return chunks(head, page.items, metadata_only if partial else item(resource), tail)


def form_of(call: Call) -> str:
    """The representation a call wants.

    Raises:
        Refusal: 406.
    """
    try:
        return wanted_form(call.accept)
    except LookupError:
        message = (
            "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
            "application/vnd.kubernetes.protobuf, application/json;stream=watch, "
            "application/vnd.kubernetes.protobuf;stream=watch"
        )
        raise Refusal(406, "NotAcceptable", message, {}) from None


async def chunks(head: bytes, items: list[Stored], form: Form, tail: bytes) -> Pieces:
    """A long answer in pieces of about 64 KiB."""
    pieces, size, joint = [head], len(head), b""
    for stored in items:
        piece = form(stored)
        pieces += (joint, piece)
        joint, size = b",", size + len(piece) + 1
        if size >= CHUNK:
            yield b"".join(pieces)
            pieces, size = [], 0
    pieces.append(tail)
    yield b"".join(pieces)


def _token(version: int, start: str) -> str:
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": start}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_token(token: str) -> tuple[int, str]:
    try:
        content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return int(content["rv"]), str(content["start"])
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request(f"invalid continue token: continue key is not valid: {error}") from None
