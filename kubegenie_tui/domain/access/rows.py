"""Answers about access as table rows, so that they sort, filter and draw like any other table."""

from collections.abc import Iterable, Iterator

from kubegenie_tui.domain.access.evaluate import Grant
from kubegenie_tui.domain.access.question import VERBS
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.row import Cell, Column, Measure, Row

YES = "✓"
CAN_COLUMNS = (
    *(Column(verb.upper(), priority=0) for verb in VERBS),
    Column("OTHER", priority=1),
    Column("ONLY", priority=1),
    Column("WHERE", priority=1),
    Column("FROM", priority=1),
)
WHO_COLUMNS = (
    Column("KIND", priority=0),
    Column("WHERE", priority=0),
    Column("BINDING", priority=0, width=16),
    Column("ROLE", priority=0, width=16),
    Column("ONLY", priority=1),
)
SUBJECT_COLUMNS = (
    Column("BINDINGS", Measure.NUMBER, priority=0),
    Column("WHERE", priority=0),
    Column("ROLES", priority=0, width=16),
)
NOT_SHOWN = frozenset({"NAMESPACE", "AGE"})
_PATHS = "paths of the server"
_Key = tuple[str, str, str]
"""What, only which objects, where."""


def can_rows(grants: Iterable[Grant], kinds: KindIndex) -> list[Row]:
    """One row for each resource or path, scope and set of names; verbs and sources of several grants come together.

    A rule allows each of its resources in each of its groups: of these only what the cluster serves is told, or all
    when it serves none.
    """
    verbs: dict[_Key, dict[str, None]] = {}
    sources: dict[_Key, dict[str, None]] = {}
    for grant in grants:
        for key in _keys(grant, kinds):
            verbs.setdefault(key, {}).update(dict.fromkeys(grant.rule.verbs))
            sources.setdefault(key, {})[source_of(grant)] = None
    return [_can_row(key, list(verbs[key]), list(sources[key])) for key in sorted(verbs)]


def _keys(grant: Grant, kinds: KindIndex) -> Iterator[_Key]:
    where = grant.binding.namespace if grant.binding else ""
    only = ", ".join(grant.rule.names)
    for url in () if where else grant.rule.urls:
        yield url, "", _PATHS
    for resource in grant.rule.resources:
        for group in _served(resource, grant.rule.groups, kinds):
            yield (f"{resource}.{group}" if group else resource), only, where or "everywhere"


def _served(resource: str, groups: tuple[str, ...], kinds: KindIndex) -> tuple[str, ...]:
    plural = resource.partition("/")[0]
    served = tuple(group for group in groups if kinds.get(f"{plural}.{group}" if group else plural))
    return served or groups


def first_grants(grants: Iterable[Grant], kinds: KindIndex, *, by_subject: bool) -> dict[str, Grant]:
    """The first grant behind each row, by the row's uid."""
    found: dict[str, Grant] = {}
    for grant in grants:
        for uid in [str(grant.subject)] if by_subject else ["\0".join(key) for key in _keys(grant, kinds)]:
            found.setdefault(uid, grant)
    return found


def source_of(grant: Grant) -> str:
    """`view-binding → view`, or the group that needs no binding."""
    if grant.binding is None:
        return f"group {grant.role.name}"
    return f"{grant.binding} → {grant.role.name}" if grant.binding.name else grant.role.name


def _can_row(key: _Key, verbs: list[str], sources: list[str]) -> Row:
    what, only, where = key
    every = "*" in verbs
    cells: list[Cell] = [YES if every or verb in verbs else None for verb in VERBS]
    other = [verb for verb in verbs if verb not in VERBS]
    cells += [", ".join("all" if verb == "*" else verb for verb in other) or None, only or None, where]
    cells.append(", ".join(sources))
    uid = "\0".join(key)
    apart = _PATHS if where == _PATHS else ""  # stands where a namespace would: what is in the cluster comes first
    return Row(uid, apart, what, 0, "", tuple(cells), Health.WARN if every and what.startswith("*") else Health.OK)


def who_rows(grants: Iterable[Grant]) -> list[Row]:
    """One row for each subject."""
    return [
        Row(
            str(grant.subject),
            "",
            f"{grant.subject.namespace}/{grant.subject.name}" if grant.subject.namespace else grant.subject.name,
            0,
            "",
            (
                grant.subject.kind,
                grant.binding.namespace or "everywhere" if grant.binding else "everywhere",
                grant.binding.name if grant.binding else "needs none",
                _role_words(grant),
                ", ".join(grant.rule.names) or None,
            ),
        )
        for grant in grants
    ]


def subject_rows(grants: Iterable[Grant]) -> list[Row]:
    """One row for each subject: how many bindings name it, where, and the roles they lead to."""
    found: dict[str, list[Grant]] = {}
    for grant in grants:
        found.setdefault(str(grant.subject), []).append(grant)
    return [_subject_row(uid, found[uid]) for uid in sorted(found)]


def _subject_row(uid: str, grants: list[Grant]) -> Row:
    where = dict.fromkeys(grant.binding.namespace or "everywhere" for grant in grants if grant.binding)
    roles = dict.fromkeys(grant.role.name for grant in grants)
    cells = (len(grants), ", ".join(where), ", ".join(roles))
    is_admin = "everywhere" in where and "cluster-admin" in roles
    return Row(uid, "", grants[0].subject.name, 0, "", cells, Health.WARN if is_admin else Health.OK)


def _role_words(grant: Grant) -> str:
    role = grant.role
    word = role.name if not role.namespace else f"{role.namespace}/{role.name}"
    return f"{word} ← {', '.join(role.parts)}" if role.parts else word
