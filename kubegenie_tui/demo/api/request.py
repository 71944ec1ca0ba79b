"""What a request asks for: verb, resource, name, and options, read from its method, path and query."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from kubegenie_tui.demo.api import protobuf
from kubegenie_tui.demo.api.statuses import Refusal, bad_request, method_not_allowed, no_such_resource
from kubegenie_tui.demo.state.catalog import Catalog, Resource

VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


class User(NamedTuple):
    """Who asks."""

    name: str = ""
    groups: tuple[str, ...] = ()


class Call(msgspec.Struct):
    """One request to a resource."""

    method: str
    verb: str
    """As RBAC names it: get, list, watch, create, update, patch, delete, deletecollection."""
    resource: Resource
    namespace: str
    name: str
    subresource: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = {}
    body: bytes = b""
    user: User = User()
    warnings: list[str] = []
    """What the client is told beside the answer."""

    @property
    def accept(self) -> str:
        """The representation that is wanted."""
        return self.headers.get("Accept", "*/*")

    @property
    def dry_run(self) -> bool:
        """Whether nothing must be kept."""
        return "dryRun" in self.query

    def number(self, option: str) -> int | None:
        """A whole-number option of the query, None when absent or empty."""
        text = self.query.get(option, "")
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            problem = f'{option}: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
            if option != "resourceVersion":
                raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None
            if self.verb == "watch":
                raise Refusal(500, "", problem) from None
            raise bad_request(f"invalid resource version: {problem}") from None

    def flag(self, option: str) -> bool:
        """Whether an option is set."""
        return self.query.get(option, "").lower() in ("1", "true", "t")

    def json(self) -> Any:
        """The body, decoded."""
        return decode_body(self.body, self.headers.get("Content-Type", ""))


def decode_body(body: bytes, content_type: str) -> Any:
    """A request body in JSON, YAML or (a few kinds) protobuf.

    Raises:
        Refusal: 400 or 415.
    """
    if content_type.startswith(protobuf.CONTENT_TYPE):
        try:
            return protobuf.decode(body)
        except (ValueError, KeyError) as error:
            raise Refusal(415, "UnsupportedMediaType", str(error)) from None
    try:
        if "yaml" in content_type and not body.lstrip().startswith((b"{", b"[")):
            import yaml

            return yaml.safe_load(body)
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise bad_request(f"the object provided is unrecognized: {error}") from None


def parse_call(catalog: Catalog, method: str, path: str, query: Mapping[str, str]) -> Call:
    """The call at `/api/v1/...` or `/apis/GROUP/VERSION/...`, without headers and body.

    Raises:
        Refusal: no such resource, or a method it does not have.
    """
    parts = path.strip("/").split("/")
    group, version, rest = ("", parts[1], parts[2:]) if parts[0] == "api" else (parts[1], parts[2], parts[3:])
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    plural, name, subresource = (*rest, "", "")[:3]
    resource = catalog.find(group, version, plural)
    known_sub = not subresource or (resource and (subresource in resource.subresources or subresource == "proxy"))
    if resource is None or not known_sub or (namespace and not resource.namespaced):
        raise no_such_resource()
    call = Call(method, _verb(method, name, query), resource, namespace, name, subresource, query)
    if not subresource and (call.verb not in resource.verbs or (call.verb == "create" and name)):
        raise method_not_allowed()
    if resource.namespaced and not namespace and (name or (call.verb == "create" and "list" in resource.verbs)):
        raise method_not_allowed()
    return call


def _verb(method: str, name: str, query: Mapping[str, str]) -> str:
    if method in ("GET", "HEAD"):
        if name:
            return "get"
        return "watch" if query.get("watch", "").lower() in ("1", "true", "t") else "list"
    if method not in VERBS or (method in ("PUT", "PATCH") and not name):
        raise method_not_allowed()
    return "deletecollection" if method == "DELETE" and not name else VERBS[method]
