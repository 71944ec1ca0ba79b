"""What a server's refusal means: HTTP status and `Status` object to one of our errors, in words a person can act on."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from kubegenie_tui.domain.errors import (
    ClusterError,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
    OverQuota,
    OwnedByOthers,
    ServerFailed,
    Throttled,
    TlsFailed,
    Unauthorized,
)
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.request import Target, target_of

MOST_FIELDS = 8
"""Fields that are named of one owner."""
_WHY_LENGTH = 600
_OWNER = re.compile(r'conflict with "([^"]+)"')
_FIELD = re.compile(r'(?:unknown|duplicate) field "([^"]+)"|\.(\S+): (?:field not declared|expected )')
"""Where a decoder that is strict, and one of server-side apply, name a field."""
_WHOLE_OBJECT = re.compile(
    r'(?:patch: )?Invalid value: (?:"(?:[^"\\]|\\.){200,}"|[\w.\[\]]*[{\[](?:(?!Invalid value: ).){200,}?[}\]]): ',
    re.DOTALL,
)
"""Before its reason the server repeats the object or the field that it does not take, as JSON or as Go writes it."""
_NO_FIT = re.compile(r"json: cannot unmarshal (\S+) into Go struct field \w+\.(\S+) of type (\S+)")
_OVER_QUOTA = "exceeded quota: "
_NO_RIGHT_MISSES = (
    (_OVER_QUOTA, "free some of it, or have the quota raised"),
    ("failed quota: ", "say requests and limits, as the quota asks"),
    (" usage per ", "keep to the limit range of the namespace, or have it changed"),
    ("max limit to request ratio per ", "keep to the limit range of the namespace, or have it changed"),
    ("violates PodSecurity", "write it as the namespace's security level asks"),
)
"""Refusals of what is asked for, which servers answer as they do those of whom asks."""
_SENT_TO_TLS = "plain HTTP request was sent to HTTPS port"
"""As nginx says it in front of an API server, in a web page."""
_NO_FIELDS = frozenset({"", "<nil>", "patch"})
_TYPES = {
    **dict.fromkeys(("int", "flo", "num"), "a number"),
    **dict.fromkeys(("[]", "arr"), "a list"),
    "str": "text",
    "boo": "true or false",
}
"""What types of Go and of JSON are called, by how their names begin."""


class Cause(msgspec.Struct):
    """One of several reasons in a Status."""

    message: str = ""
    field: str = ""
    reason: str = ""


class Details(msgspec.Struct, rename="camel"):
    """The object a Status speaks of."""

    name: str = ""
    kind: str = ""
    group: str = ""
    causes: list[Cause] = []
    retry_after_seconds: int = 0


class Status(msgspec.Struct):
    """The server's own account of a failure (meta/v1 Status)."""

    message: str = ""
    reason: str = ""
    code: int = 0
    details: Details = msgspec.field(default_factory=Details)


def parse_status(body: bytes) -> Status | None:
    """The Status in a response body; None when it holds no such thing."""
    try:
        head = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        return msgspec.json.decode(body, type=Status) if bytes(head.get("kind", b"")) == b'"Status"' else None
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def error_from_status(
    status_code: int, body: bytes, *, verb: str = "get", path: str = "", headers: Mapping[str, str] | None = None
) -> ClusterError:
    """The error for a response that is no success.

    `code` and `reason` of the error carry the server's own (`410`, `Expired`).
    """
    status = parse_status(body)
    said = status or Status(message=_prose(body), code=status_code)
    error = _error(status_code, said, verb, target_of(path), headers or {})
    error.code, error.reason = status_code, said.reason
    if status is None and _is_web_page(body) and status_code >= 400 and not isinstance(error, TlsFailed):
        error.why = "a web page came: this is what stands in front of the API server"
        error.next_step = "check the server's URL, and the proxy or load balancer in front of it"
    return error


def _is_web_page(body: bytes) -> bool:
    """Which no API server answers with."""
    return body.lstrip()[:1] == b"<"


def _prose(body: bytes) -> str:
    if failing := ", ".join(_failing_checks(body)):
        return f"failing: {failing}"
    text = body[:_WHY_LENGTH].decode("utf-8", "replace").strip()
    if _is_web_page(body):
        return _SENT_TO_TLS if _SENT_TO_TLS in text else ""
    return plain(text)


def _failing_checks(body: bytes) -> list[str]:
    """Of `/readyz` and its like: a line a check, and one that fails begins with `[-]`, its name and `failed`."""
    lines = body.decode("utf-8", "replace").splitlines()
    return [plain(line[3:].partition(" failed")[0]) for line in lines if line.startswith("[-]")]


def _error(code: int, status: Status, verb: str, target: Target, headers: Mapping[str, str]) -> ClusterError:
    why = _reason(plain(status.message))[:_WHY_LENGTH]
    match code:
        case 400 if (known := _bad_request(why)) is not None:
            return known
        case 401:
            return Unauthorized(
                "The server does not know who we are (401)", why, "log in again, or get new credentials"
            )
        case 403:
            return _forbidden(verb, target, why)
        case 404:
            return _not_found(target, why)
        case 409:
            return _conflict(status, target, why)
        case 410:
            return Expired(f"The list position in {target} is too old (410)", why, "list again")
        case 429:
            return _throttled(status, why, _wait(status, headers) or 1.0)
        case 300 | 301 | 302 | 303 | 307 | 308:
            return _redirected(code, headers)
        case _ if _is_ours(code, why):
            return _invalid(f"The server does not accept the request to {verb} {target} ({code})", why, status)
        case _:
            what = f"The server failed to {verb} {target} ({code})"
            return ServerFailed(what, why, "try again; its own log may say more", retry_after=_wait(status, headers))


def _reason(message: str) -> str:
    """What the server says without the object that it was said of, and without words of its own language."""
    message = _WHOLE_OBJECT.sub("", message).strip().removeprefix('"" is invalid: ')
    return _NO_FIT.sub(lambda found: f"{found[2]}: {_type(found[3])} belongs there, not {_type(found[1])}", message)


def _type(name: str) -> str:
    return next((words for start, words in _TYPES.items() if name.startswith(start)), "an object")


def _conflict(status: Status, target: Target, why: str) -> Conflict:
    owned = [cause for cause in status.details.causes if cause.reason == "FieldManagerConflict"]
    if owned:
        what, step = f"Others own fields of {target} (409)", "leave those fields out, or take them over"
        return OwnedByOthers(what, plain(_owners(owned)), step)
    return Conflict(f"Conflict on {target} (409)", why, "reload it and try again")


def _owners(causes: Sequence[Cause]) -> str:
    """`helm owns spec.replicas; somebody owns data.a, data.b and 3 more`."""
    fields: dict[str, list[str]] = {}
    for cause in causes:
        owner = _OWNER.search(cause.message)
        fields.setdefault(owner[1] if owner else "somebody", []).append(cause.field.removeprefix("."))
    told = []
    for name, owned in fields.items():
        more = f" and {len(owned) - MOST_FIELDS} more" if len(owned) > MOST_FIELDS else ""
        told.append(f"{name} owns {', '.join(owned[:MOST_FIELDS])}{more}")
    return "; ".join(told)


def _bad_request(why: str) -> ClusterError | None:
    """What is known of a bad request by its words; None for any other."""
    if "HTTP request to an HTTPS server" in why or why == _SENT_TO_TLS:
        return TlsFailed("The server speaks TLS only", why, "use https:// in its URL")
    if "is waiting to start" in why:
        return Invalid("There is no log yet", why, "its events tell what it waits for")
    return None


def _invalid(what: str, why: str, status: Status) -> Invalid:
    error = Invalid(what, why)
    told = [match[2] for match in _NO_FIT.finditer(status.message)]
    told += [cause.field for cause in status.details.causes if cause.field not in _NO_FIELDS]
    told += [match[1] or match[2] for match in _FIELD.finditer(why)]
    error.fields = tuple(dict.fromkeys(told))
    return error


def _is_ours(code: int, why: str) -> bool:
    """Whether the fault is in what was asked; servers answer 500 where what is applied does not fit the schema."""
    return code < 500 or "failed to create typed patch object" in why


def _throttled(status: Status, why: str, wait: float) -> Throttled:
    """Too many requests, or an eviction that a disruption budget forbids: servers answer both with 429."""
    budgets = [cause.message for cause in status.details.causes if cause.reason == "DisruptionBudget"]
    if budgets:
        step = "wait until its pods are healthy, or change the budget"
        return Throttled("A disruption budget forbids it (429)", plain(budgets[0]), step, retry_after=wait)
    what = "The server asks for fewer requests (429)"
    return Throttled(what, why, f"try again in {wait:.0f} s", retry_after=wait)


def _forbidden(verb: str, target: Target, why: str) -> Forbidden:
    if "cannot impersonate" in why:
        step = 'ask for a role that grants "impersonate" on that user and their groups, or act as yourself'
        return Forbidden("Not allowed to act as somebody else", why, step, verb=verb, resource=target.resource)
    where = f' in namespace "{target.namespace}"' if target.namespace else ""
    step = f'ask for a role that grants "{verb}" on {target.resource}{where}'
    if "system:anonymous" in why:
        step = "the server saw no login: check the user of this context"
    step = next((told for words, told in _NO_RIGHT_MISSES if words in why), step)
    refused = OverQuota if _OVER_QUOTA in why else Forbidden
    return refused(f"Not allowed to {verb} {target}", why, step, verb=verb, resource=target.resource)


def _not_found(target: Target, why: str) -> NotFound:
    if target.name and "could not find the requested resource" not in why:
        said = why.endswith(f'"{target.name}" not found')
        return NotFound(f"Not found: {target}", "" if said else why, "it may have been deleted meanwhile")
    return NotFound(f"The server does not serve {target.resource}", why, "the kind may have been removed")


def _redirected(code: int, headers: Mapping[str, str]) -> ServerFailed:
    goal = plain(headers.get("Location", ""))[:200]
    step = "check the server's URL; a proxy in front of it may want a login"
    return ServerFailed(f"The server sends us elsewhere ({code})", f"to {goal}" if goal else "", step)


def _wait(status: Status, headers: Mapping[str, str]) -> float | None:
    """Seconds the server asked us to wait; None when it did not say."""
    header = headers.get("Retry-After", "")
    if header.isdigit():
        return float(header)
    return float(status.details.retry_after_seconds) or None
