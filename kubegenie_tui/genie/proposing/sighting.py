"""What a model may propose to: objects that the person named or a look-up found, where the person looks or said.

Names are taken whole: `a` is not seen in `alpha`, nor `web` in `web-0` or `web.shop.svc`. What the model says itself
counts for nothing, and neither does an error that only repeats what it asked for.
"""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from kubegenie_tui.domain.conversation import Focus, Message
from kubegenie_tui.domain.errors import KubeGenieError, ModelError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.todo import TODO

_JOINS = ".-"
"""What stands within a name, and never at its ends."""
_NAMESPACES = "namespaces"
_LOOK = "look it up first, or ask which one is meant"
_ASK = "ask the person whether it is meant there"


def is_named(name: str, text: str) -> bool:
    """Whether a name stands in a text as a whole; capitals tell things apart."""
    place = text.find(name) if name else -1
    while place >= 0:
        before, after = text[:place][-64:].rstrip(_JOINS), text[place + len(name) :][:64].lstrip(_JOINS)
        if not before[-1:].isalnum() and not after[:1].isalnum():
            return True
        place = text.find(name, place + 1)
    return False


class Sight:
    """What the person said in a conversation, and what look-ups found."""

    def __init__(self, focus: Focus, question: str = "", history: Sequence[Message] = ()) -> None:
        """What is known when a turn begins.

        Args:
            focus: what the person looks at: they point at it.
            question: what they ask.
            history: what was said before.
        """
        self._said = [question.lower(), *_pointed_at(focus)]
        self._found: list[tuple[str, str]] = []
        for message in history:
            self._remember(message)

    def found(self, text: str, asked: str = "") -> None:
        """A look-up has brought a text; `asked`: the arguments that it repeats, for one that failed."""
        self._found.append((text.lower(), asked.lower()))

    def is_said(self, name: str) -> bool:
        """Whether the person named it, or points at it."""
        return any(is_named(name.lower(), text) for text in self._said)

    def is_known(self, name: str) -> bool:
        """Whether the person or a look-up named it."""
        name = name.lower()
        found = (is_named(name, text) and not is_named(name, asked) for text, asked in self._found)
        return self.is_said(name) or any(found)

    def _remember(self, message: Message) -> None:
        record = message.record
        if message.role == "user":
            self._said += [message.text.lower(), *_pointed_at(record.focus if record else None)]
        elif message.role == "tool":
            look_up = record.look_up if record else None
            if look_up is None or look_up.name != TODO:
                self.found(message.text, look_up.arguments if look_up and not look_up.ok else "")
        elif message.is_of_app:
            self.found(message.text)


def _pointed_at(focus: Focus | None) -> Iterator[str]:
    if focus is not None:
        refs = [ref for ref in (focus.selected, *focus.marked) if ref is not None]
        yield from (text.lower() for text in (focus.namespace, focus.filter, *map(str, refs)))


class Touched(msgspec.Struct, frozen=True):
    """An object that a step of a proposal speaks of."""

    ref: ObjectRef
    lives: bool = True
    """False for one that the step makes."""
    namespace: str = ""
    """The namespace that the model named itself; empty where it did not."""


async def require_sighted(scope: Scope, touched: Collection[Touched]) -> None:
    """Refuse what the model has only guessed, even where one of that name exists, and what is out of the plan's scope.

    A proposal goes where the person looks or what they named is. Who looks at all namespaces looks everywhere, as long
    as no text that gives orders was read.

    Raises:
        ModelError: neither the person nor a look-up has named an object, or the person did not mean its namespace.
    """
    sight = scope.sight
    if sight is None:
        return
    coming = {each.ref.name for each in touched if each.ref.kind == _NAMESPACES and not each.lives}
    is_open = not (scope.focus.namespace or scope.elsewhere or scope.doubt)
    for each in touched:
        names = [each.ref.name, each.namespace] if each.lives else []
        if guessed := next((name for name in names if name and not sight.is_known(name)), ""):
            what = f'Not proposed: "{guessed}" was neither named by the person nor found by a look-up'
            raise ModelError(what, "", _LOOK)
        space = _space(each)
        if not (is_open or not space or space in coming or sight.is_said(space) or await _is_the_one(scope, each)):
            what = f"Not proposed: namespace {space} is not what the person looks at, nor have they named it"
            raise ModelError(what, "", _ASK)


def _space(touched: Touched) -> str:
    """The namespace that it touches; of a namespace itself that one."""
    ref = touched.ref
    return ref.name if ref.kind == _NAMESPACES and touched.lives else ref.namespace


async def _is_the_one(scope: Scope, touched: Touched) -> bool:
    """Whether the person named an object that there is only one of."""
    ref = touched.ref
    if not touched.lives or scope.sight is None or not scope.sight.is_said(ref.name):
        return False
    try:
        return await resolve(scope, scope.kind(ref.kind), ref.name, "*") == ref
    except KubeGenieError:
        return False
