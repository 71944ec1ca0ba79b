"""Answers that need no look-up: greetings, help, refusals, and questions back."""

from collections.abc import Awaitable, Callable

from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.namespace_set import scope_words
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.markdown import code, words

EXAMPLES = (
    "why is checkout failing?",
    "what is wrong in payments?",
    "how many pods are not ready in staging?",
    "which pods use the most memory?",
    "pods with more than 5 restarts",
    "show me the logs of the newest api pod",
    "events for web-0",
    "describe node-1",
)
_NAMING = {"uses": "what uses secret checkout-db?", "needs": "what does checkout need?", "get": "yaml of checkout"}


async def _hello(desk: Desk, _: Intent) -> None:
    desk.say(f"Hello. I answer about cluster {code(desk.scope.reader.name)}; ask for help to see what I understand.\n")


async def _thanks(desk: Desk, _: Intent) -> None:
    desk.say("You are welcome.\n")


async def _help(desk: Desk, _: Intent) -> None:
    desk.say("I list, count, describe, find causes, and read logs, events and use. For example:\n\n")
    desk.say("".join(f"- {example}\n" for example in EXAMPLES))
    desk.say(
        "\nFollow-ups work too: its logs, and in staging? A change I propose, and you decide: scale checkout to 3.\n"
    )


async def _who(desk: Desk, intent: Intent) -> None:
    about = f" for {words(intent.name)}" if intent.name else ""
    desk.say(
        "A cluster does not keep who did something: the audit log of its API server does, where that is kept. "
        f"It does keep which program wrote last: what changed today? And what happened: events{about}.\n"
    )


async def _elsewhere(desk: Desk, intent: Intent) -> None:
    name = intent.details.subject
    if name in desk.scope.cluster_names:
        desk.say(f"Cluster {code(name)}.\n")
        desk.show(ShowRequested("pods", cluster=name))
        return
    known = ", ".join(code(name) for name in desk.scope.cluster_names)
    desk.say(f"`:clusters` leads to another cluster, or name it in a question. There are {known}.\n")


async def _meaning(desk: Desk, _: Intent) -> None:
    desk.say(
        "I tell what there is in your clusters, not what words mean; those are explained at "
        "kubernetes.io/docs/reference/glossary.\n"
    )


async def _where(desk: Desk, _: Intent) -> None:
    focus = desk.scope.focus
    desk.say(f"Cluster {code(desk.scope.reader.name)}, {scope_words(focus.namespace, code)}.\n")


async def _kinds(desk: Desk, _: Intent) -> None:
    kinds = sorted(desk.scope.reader.kinds, key=lambda kind: (kind.group.count(".") > 1, kind.plural))
    desk.say(f"The cluster serves {len(kinds)} kinds:\n\n{', '.join(code(kind.id) for kind in kinds[:150])}\n")


TALK: dict[str, Callable[[Desk, Intent], Awaitable[None]]] = {
    "hello": _hello,
    "thanks": _thanks,
    "help": _help,
    "who": _who,
    "switch-context": _elsewhere,
    "meaning": _meaning,
    "where-am-i": _where,
    "kinds": _kinds,
}


def tell_unknown(desk: Desk, intent: Intent) -> None:
    """A name that nothing has."""
    desk.understood = False
    if intent.note:
        desk.say(f"{words(desk.scope.redactor.text(intent.note))}\n")
        return
    kind = "namespace" if intent.unknown_is == "namespace" else _word(desk, intent)
    near = f" Did you mean {', '.join(code(name) for name in intent.near)}?" if intent.near else ""
    desk.say(f"There is no {kind} {code(desk.scope.redactor.text(intent.unknown))}.{near}\n")


def _word(desk: Desk, intent: Intent) -> str:
    kind = desk.scope.reader.kinds.get(intent.kind)
    return (kind.singular or kind.kind.lower()) if kind else "object named"


def tell_ambiguous(desk: Desk, intent: Intent) -> None:
    """A name that could mean several things."""
    desk.offer("Which one?", intent.choices)


def tell_not_understood(desk: Desk, intent: Intent) -> None:
    """A sentence with no sense to us."""
    desk.understood = False
    if intent.verb:
        desk.say(f"Of what? Name an object: {_NAMING.get(intent.verb, f'{intent.verb} checkout')}.\n")
        return
    desk.say("I did not understand that. I understand, for example:\n\n")
    desk.say("".join(f"- {example}\n" for example in EXAMPLES[:5]))
