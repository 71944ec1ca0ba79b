"""What an HTTP request asks for in Kubernetes' own words: the verb and the resource that access rules speak of."""

from collections.abc import Mapping

import msgspec

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


class Target(msgspec.Struct, frozen=True):
    """The subject of a request."""

    resource: str
    """`pods`, `deployments.apps`, `pods/log`; the path itself where it names no resource (`/version`)."""
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        named = f'{self.resource} "{self.name}"' if self.name else self.resource
        return f'{named} in namespace "{self.namespace}"' if self.namespace else named


def target_of(path: str) -> Target:
    """The resource that a URL path addresses, as an access rule would name it."""
    segments = [segment for segment in path.split("/") if segment]
    if segments[:1] == ["api"]:
        group, rest = "", segments[2:]
    elif segments[:1] == ["apis"]:
        group, rest = "".join(segments[1:2]), segments[3:]
    else:
        rest = []
    if not rest:
        return Target(path)
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    resource = f"{rest[0]}.{group}" if group else rest[0]
    if len(rest) > 2:
        resource = f"{resource}/{rest[2]}"
    return Target(resource, namespace, rest[1] if len(rest) > 1 else "")


def verb_of(method: str, path: str, params: Mapping[str, str]) -> str:
    """The Kubernetes verb of a request: get, list, watch, create, update, patch, delete."""
    if method != "GET":
        return _VERBS.get(method, method.lower())
    if params.get("watch") in ("1", "true"):
        return "watch"
    target = target_of(path)
    return "get" if target.name or target.resource == path else "list"
