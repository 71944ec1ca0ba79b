"""The keys in words, for the help on screen and for the reference page: `python -m kubegenie_tui.key_words`."""

import re
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kubegenie_tui.key import Key
from kubegenie_tui.keys import ALT_NUMBERS, PLACES
from kubegenie_tui.operator_keys import OPERATOR_TITLES

PLACE_TITLES = {
    "everywhere": "Everywhere",
    "clusters": "Clusters",
    "fleet": "Several clusters",
    "columns": "Choosing columns",
    "tree": "Tree of kinds",
    "explorer": "Explorer",
    "table": "Tables",
    "text": "Texts",
    "search": "Search in a text",
    "prompt": "Line for typing",
    "detail": "One object",
    "access": "Permissions",
    "pulse": "Pulse",
    "problems": "Problems",
    "timeline": "Timeline",
    "relations": "Relations of an object",
    "helm": "Helm releases",
    "rollout": "Rollout",
    "logs": "Logs",
    "said": "What a plugin says",
    "waiting": "Waiting for a cluster",
    "copy": "File copy",
    "shell": "Shell in a pod",
    "forwards": "Port-forwards",
    "chat": "Chat",
    "plan": "Plan",
    "editing": "Editor",
    "offers": "What the editor offers",
    "audit": "Audit log",
    "button": "Button",
    "form": "Form",
    "register": "Registering a cluster",
    "wizard": "Page of the wizard",
    "wizard-check": "Identity at a provider",
    "wizard-many": "Several of a kind in the wizard",
    "wizard-review": "Review of a cluster",
    "work": "Cluster being created",
    "works": "Clusters created here",
    "costs": "Costs",
    "picker": "List to pick from",
    "discover": "Clusters that are found",
    "proposals": "Proposals",
    "choice": "Choice in a form",
    "help": "List of keys",
    "welcome": "Welcome",
    **OPERATOR_TITLES,
}
_NAMES = {
    "colon": ":",
    "slash": "/",
    "question_mark": "?",
    "ampersand": "&",
    "backslash": "\\",
    "space": "space",
    "pageup": "page up",
    "pagedown": "page down",
    "escape": "esc",
    "minus": "-",
    "underscore": "_",
    "full_stop": ".",
    "comma": ",",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "vertical_line": "|",
    "greater_than_sign": ">",
} | {  # what Textual calls alt and a number, in terminals that do not tell it from what a Mac types by it
    name: f"alt+{number}" for number, name in enumerate(ALT_NUMBERS, 1)
}
_HEAD = """# Keys

`?` shows the keys that work where you are. Each key on this page can be changed in the settings, by its id; one that
would do two things at a time is refused:

```toml
[keys]
toggle-tree = "ctrl+b,f2"
```

Three sorts of keys are as in other programs and stay so: those that edit within a line or a text, the arrows and page
keys in a list of choices or a page that scrolls, and the numbers of what an answer of the genie offers.

This page is made from the code: `python -m kubegenie_tui.key_words > docs/reference/keys.md`.
"""
_SLOT = re.compile(r"\d$")


class KeyLine(NamedTuple):
    """One line of the help."""

    keys: tuple[str, ...]
    """As people write them: `ctrl+b`, `/`."""
    label: str
    """What they do."""
    ids: tuple[str, ...]
    """The bindings."""


def key_word(name: str) -> str:
    """A key as people write it, from Textual's name for it."""
    *held, key = name.strip().split("+")
    return "+".join([*held, _NAMES.get(key, key)])


def key_lines(keys: Iterable[Key], keymap: Mapping[str, str]) -> list[KeyLine]:
    """One line a binding, with the person's own keys; bindings for the numbers 1 to 9 share one line."""
    lines: list[KeyLine] = []
    for key in keys:
        words = tuple(dict.fromkeys(key_word(name) for name in keymap.get(key.id, key.keys).split(",")))
        label = _SLOT.sub("1 to 9", key.label)
        if lines and label != key.label and lines[-1].label == label:
            known = lines[-1]
            lines[-1] = KeyLine((*known.keys, *words), label, (*known.ids, key.id))
        else:
            lines.append(KeyLine(words, label, (key.id,)))
    return [line._replace(keys=_numbers(line.keys)) for line in lines]


def _numbers(keys: tuple[str, ...]) -> tuple[str, ...]:
    held = keys[0].removesuffix("1")
    return (f"{held}1 … {held}9",) if keys == tuple(f"{held}{number}" for number in range(1, 10)) else keys


def reference() -> str:
    """The page of all keys, Markdown."""
    parts = [_HEAD]
    for place, keys in PLACES.items():
        parts.append(f"\n## {PLACE_TITLES[place]}\n\n| keys | | id |\n|---|---|---|\n")
        parts += [_row(line) for line in key_lines(keys, {})]
    return "".join(parts)


def _row(line: KeyLine) -> str:
    ids = f"`{line.ids[0]}`" if len(line.ids) == 1 else f"`{line.ids[0]}` … `{line.ids[-1]}`"
    keys = " ".join(f"`{key}`" for key in line.keys).replace("|", "\\|")
    return f"| {keys} | {line.label} | {ids} |\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
