"""Who may do what: by the roles and bindings of the cluster, or as the server itself tells it of us."""

from collections.abc import Sequence

import msgspec

from kubegenie_tui.domain.access.evaluate import Grant, Request
from kubegenie_tui.domain.access.policy import Identity, Subject
from kubegenie_tui.domain.access.question import Answer, Question, subject_of
from kubegenie_tui.domain.access.rows import source_of
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.namespace_set import names_of
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.scope import Result, Scope, where

_SUBRESOURCES = {"exec": ("create", "exec"), "scale": ("patch", "scale"), "evict": ("create", "eviction")}
"""What the rules call an action, and the part of the object that it is done to."""
_VERBS = {"restart": "patch", "apply": "patch", "cordon": "patch", "drain": "patch", "label": "patch"}
_APART = "a RoleBinding allows it in its own namespace alone"
_KINDS = {"user": "User", "group": "Group"}


class Right(msgspec.Struct, frozen=True):
    """Whether somebody may do something."""

    who: str
    what: str
    """`delete pods in namespace prod`."""
    allowed: bool
    reason: str
    """Why, as far as it is known."""


class Allowed(msgspec.Struct, frozen=True):
    """Who may do something."""

    what: str
    grants: tuple[Grant, ...]
    notes: tuple[str, ...]


def _request(action: str, kind: Kind, namespace: str, name: str) -> Request:
    verb, subresource = _SUBRESOURCES.get(action, (_VERBS.get(action, action), ""))
    if verb == "patch" and action == "scale" and "scale" not in kind.subresources:
        subresource = ""
    resource = f"{kind.plural}/{subresource}" if subresource else kind.plural
    return Request(verb, resource, kind.group, namespace if kind.namespaced else "", name)


def _what(action: str, kind: Kind, namespace: str, name: str) -> str:
    return f"{action} {kind.plural}{f' {name}' if name else ''}{where(kind, namespace)}"


async def who_can(scope: Scope, action: str, kind_name: str, namespace: str | None = None, name: str = "") -> Result:
    """Every subject that may do something.

    Raises:
        UsageError: there is no such kind.
        ClusterError: the roles cannot be read.
    """
    kind = scope.kind(kind_name)
    space = await scope.known_namespace(namespace, kind)
    answers = [
        await scope.reader.access(Question(request=_request(action, kind, each, name), namespace=each))
        for each in names_of(space) or ("",)
    ]
    what = _what(action, kind, space, name)
    allowed = _allowed(what, answers)
    lines = [f"{each.subject.kind} {each.subject}: {source_of(each)}" for each in allowed.grants]
    summary = f"{len(allowed.grants)} may {what}"
    notes = [f"note: {note}" for note in allowed.notes]
    return Result(
        summary, scope.redactor.text("\n".join([f"cluster {scope.reader.name}: {summary}", *lines, *notes])), allowed
    )


def _allowed(what: str, answers: Sequence[Answer]) -> Allowed:
    grants: list[Grant] = []
    for grant in (each for answer in answers for each in answer.grants):
        grants += [grant] if grant not in grants else []
    notes = [note for answer in answers for note in answer.notes]
    return Allowed(what, tuple(grants), tuple(dict.fromkeys([*notes, *([_APART] if len(answers) > 1 else [])])))


async def may(
    scope: Scope, action: str, kind_name: str, namespace: str | None = None, name: str = "", subject: str = ""
) -> Result:
    """Whether we, or somebody else, may do something.

    Raises:
        UsageError: there is no such kind.
        ClusterError: the server cannot be asked, or its roles cannot be read.
    """
    kind = scope.kind(kind_name)
    space = await scope.known_namespace(namespace, kind)
    what = _what(action, kind, space, name)
    rights = [await _right(scope, (action, kind, each, name), subject) for each in names_of(space) or ("",)]
    right = rights[0] if len(rights) == 1 else _together(rights, what)
    verdict = "may" if right.allowed else "may not"
    text = f"cluster {scope.reader.name}: {right.who} {verdict} {what}{f': {right.reason}' if right.reason else ''}"
    return Result(f"{verdict} {what}", scope.redactor.text(text), right)


async def _right(scope: Scope, asked: tuple[str, Kind, str, str], subject: str) -> Right:
    """What holds in one namespace, or in all: `asked` is action, kind, namespace and name."""
    _, kind, space, name = asked
    request, what = _request(*asked), _what(*asked)
    if subject:
        named = await _subject(scope, subject, space)
        answer = await scope.reader.access(Question(named, request, space))
        reason = source_of(answer.grants[0]) if answer.grants else "no role that is bound allows it"
        return Right(str(named), what, bool(answer.grants), "; ".join([reason, *answer.notes]))
    _, _, subresource = request.resource.partition("/")
    allowed, reason = await scope.reader.may_i(request.verb, kind, request.namespace, name, subresource)
    return Right("you", what, allowed, reason)


def _together(rights: Sequence[Right], what: str) -> Right:
    """Allowed where it is in each of several namespaces; the reason tells of each."""
    told = [
        f"may {'' if each.allowed else 'not '}{each.what}{f' ({each.reason})' if each.reason else ''}"
        for each in rights
    ]
    return Right(rights[0].who, what, all(each.allowed for each in rights), "; ".join(told))


async def whoami(scope: Scope) -> Result:
    """Whom the server takes us for.

    Raises:
        ClusterError: the server cannot be asked.
    """
    me: Identity = await scope.reader.whoami()
    groups = f"\ngroups: {', '.join(me.groups)}" if me.groups else ""
    return Result(
        f"you are {me.username}", scope.redactor.text(f"cluster {scope.reader.name}: user {me.username}{groups}"), me
    )


async def _subject(scope: Scope, said: str, namespace: str) -> Subject:
    """Whom words mean: `group/devs`, `user/jane`, an account that there is, or any name that the server knows."""
    kind, _, name = said.partition("/")
    if kind in _KINDS and name:
        return Subject(_KINDS[kind], name)
    name = said.removeprefix("serviceaccount/")
    if ":" in name:
        return subject_of(name)
    space, slash, own = name.rpartition("/")
    rows = (await live_rows(scope.reader, scope.kind("serviceaccounts"))).rows.values()
    spaces = [row.namespace for row in rows if row.name == own and (not slash or row.namespace == space)]
    if spaces:
        return Subject("ServiceAccount", own, namespace if namespace in spaces else spaces[0])
    return subject_of(name)
