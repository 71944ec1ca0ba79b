"""What `:can` and `:whocan` are asked, from the words a person types."""

import shlex

import msgspec

from kubegenie_tui.domain.access.evaluate import Grant, Request
from kubegenie_tui.domain.access.policy import Subject
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import KindIndex

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete")
"""The verbs that have a column of their own."""
ALL_NAMESPACES = ("-A", "--all-namespaces")


class Question(msgspec.Struct, frozen=True):
    """Whom or what is asked about."""

    subject: Subject | None = None
    """None for ourselves."""
    request: Request | None = None
    """For `:whocan`; with a subject, what is asked of it."""
    namespace: str = ""
    """Empty for all."""
    subjects: str = ""
    """`User` or `Group`: all of them that anything is bound to."""


class Answer(msgspec.Struct, frozen=True):
    """What somebody may do, or who may do something."""

    who: str
    """Whom it is about, in words."""
    grants: tuple[Grant, ...]
    notes: tuple[str, ...] = ()
    """What could not be read, in words."""


def can_question(argument: str, namespace: str) -> Question:
    """What may this one do: `u:jane`, `g:devs`, `sa:shop/web`, nothing for ourselves; `-n NAMESPACE`, `-A`.

    Raises:
        UsageError: it is none of these.
    """
    words, namespace = _without_namespace(argument, namespace)
    if len(words) > 1:
        raise UsageError(f'"{argument}" names more than one subject', next_step="for example: can sa:shop/web -n shop")
    return Question(subject_of(words[0]) if words and words[0] != "me" else None, namespace=namespace)


def subject_of(word: str) -> Subject:
    """`u:jane`, `g:devs`, `sa:shop/web`; a bare word is a user.

    Raises:
        UsageError: a service account without its namespace, or nothing after the colon.
    """
    kind, colon, name = word.partition(":")
    if not colon or kind not in ("u", "user", "g", "group", "sa", "serviceaccount"):
        return _account_of_user(word) or Subject("User", word)
    if kind in ("sa", "serviceaccount"):
        namespace, slash, name = name.partition("/")
        if not (slash and namespace and name):
            raise UsageError(f'"{word}" is no service account', next_step="for example: sa:shop/web")
        return Subject("ServiceAccount", name, namespace)
    if not name:
        raise UsageError(f'"{word}" names nobody', next_step="for example: u:jane, g:devs")
    return _account_of_user(name) or Subject("User" if kind.startswith("u") else "Group", name)


def _account_of_user(name: str) -> Subject | None:
    parts = name.split(":")
    if len(parts) == 4 and name.startswith("system:serviceaccount:"):
        return Subject("ServiceAccount", parts[3], parts[2])
    return None


def who_question(argument: str, namespace: str, kinds: KindIndex) -> Question:
    """Who may do this: `delete pods`, `create pods/exec -n shop`, `get secrets/db`, `get /metrics`, `list pods -A`.

    Raises:
        UsageError: no verb or no kind, or the cluster has no such kind.
    """
    words, namespace = _without_namespace(argument, namespace)
    if len(words) not in (2, 3):
        raise UsageError("A verb and a kind are needed", next_step="for example: whocan delete pods -n shop")
    verb, what = words[0].lower(), words[1]
    if what.startswith("/"):
        return Question(request=Request(verb, url=what))
    plural, _, rest = what.partition("/")
    kind = kinds.resolve(plural)
    name = words[2] if len(words) == 3 else ""
    is_subresource = rest in kind.subresources
    resource = f"{kind.plural}/{rest}" if is_subresource else kind.plural
    if rest and not is_subresource:
        name = rest
    scope = namespace if kind.namespaced else ""
    return Question(request=Request(verb, resource, kind.group, scope, name), namespace=scope)


def _without_namespace(argument: str, namespace: str) -> tuple[list[str], str]:
    try:
        words = shlex.split(argument)
    except ValueError:
        words = argument.split()
    kept: list[str] = []
    while words:
        word = words.pop(0)
        if word in ALL_NAMESPACES:
            namespace = ""
        elif word in ("-n", "--namespace"):
            if not words:
                raise UsageError(f"{word} needs a namespace", next_step="for example: whocan delete pods -n shop")
            namespace = words.pop(0)
        else:
            kept.append(word)
    return kept, namespace
