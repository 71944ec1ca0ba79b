"""Everything that can be done here, found by a few letters: keys in force, then places to go."""

from collections.abc import Iterable, Iterator, Mapping

from textual.binding import ActiveBinding
from textual.content import Content

from kubegenie_tui.domain.command_line import VERBS, Known
from kubegenie_tui.domain.kind_groups import plural_title
from kubegenie_tui.domain.text import plain
from kubegenie_tui.key_words import key_word
from kubegenie_tui.keys import EVERY_KEY, PLACES
from kubegenie_tui.screens.picker import Choice
from kubegenie_tui.theme import THEMES

ROOM = 36
"""Cells for what a choice does, before its keys or what sort of thing it is."""
_LEFT_OUT = frozenset({"open-palette", "open-command"}) | {
    key.id for place in ("tree", "table", "text", "search", "prompt") for key in PLACES[place]
}
"""What is done by its key or not at all: typing a command, moving."""
_EVERYWHERE = frozenset(key.id for key in PLACES["everywhere"]) | {"next-pane", "previous-pane"}
_NEEDS_A_NAME = frozenset({"whocan", "ctx", "context", "ns", "namespace", "ask", "theme"})
_SAME = frozenset({"q"})


def palette_choices(active: Iterable[ActiveBinding], keymap: Mapping[str, str], known: Known) -> list[Choice]:
    """What to pick from; the id of a choice is that of a key binding, or `:` and a command line."""
    return [*_keys(active, keymap), *_places(known)]


def _keys(active: Iterable[ActiveBinding], keymap: Mapping[str, str]) -> Iterator[Choice]:
    """In the order of the reference, those that work everywhere last."""
    ids = {each.binding.id for each in active if each.enabled}
    here = [key for key in EVERY_KEY.values() if key.id in ids]
    for key in sorted(here, key=lambda each: each.id in _EVERYWHERE):
        if key.id not in _LEFT_OUT and not key.id[-1].isdigit():
            keys = "  ".join(key_word(name) for name in keymap.get(key.id, key.keys).split(","))
            yield _choice(key.id, key.label, keys)


def _places(known: Known) -> Iterator[Choice]:
    for name in known.clusters:
        yield _choice(f":ctx {name}", name, "cluster")
    for name in ("all", *known.namespaces):
        yield _choice(f":ns {name}", f"{name} namespaces" if name == "all" else name, "namespace")
    for name in known.views:
        yield _choice(f":view {name}", name, "saved view")
    for word, what in known.operations().items():
        if what:
            yield _choice(f":{word}", what, f":{word}")
    for kind in known.kinds:
        yield _choice(f":{kind.id}", plural_title(kind), f"kind  {kind.group}")
    for verb, words in VERBS.items():
        if verb not in _NEEDS_A_NAME | _SAME:
            yield _choice(f":{verb}", words, f":{verb}")
    for name in THEMES:
        yield _choice(f":theme {name}", name, "theme")


def _choice(choice_id: str, what: str, note: str) -> Choice:
    return Choice(choice_id, Content.assemble(plain(what).ljust(ROOM), ("  " + plain(note), "$muted")))
