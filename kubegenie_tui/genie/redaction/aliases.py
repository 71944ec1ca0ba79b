"""Other words for the names of a cluster, which tell a model nothing: `name-12` for `checkout`, there and back."""

import re
from collections.abc import Generator, Iterable

_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
_ALIAS = re.compile(r"\bname-(\d+)(?!\d)")
_BEGUN = re.compile(r"(?<![A-Za-z0-9_])n(?:a(?:m(?:e(?:-\d*)?)?)?)?$")
_STRETCH = 8_000
"""Characters between two turns of others."""
_SHORTEST = 2
STOCK_NAMESPACES = frozenset({"kube-system", "kube-public", "kube-node-lease"})
_STOCK = STOCK_NAMESPACES | {"default", "kubernetes", "kube-root-ca.crt", "name"}
"""Names that every cluster has; `name` begins every alias."""


class Aliases:
    """Grows while names are learnt; a name keeps its alias.

    A name is known by itself, as a part of a domain name (`checkout.shop.svc`), and as a part of a longer name
    (`checkout-7d9f-x2x1z`), where the rest is kept, so that what belongs together still looks like it.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        """By name in lower case."""
        self._names: list[str] = []
        self._odd: list[str] = []
        """Names that are no single word, such as those of cloud clusters; the longest first."""
        self._open: frozenset[str] = _STOCK

    def __len__(self) -> int:
        return len(self._names)

    def leave_open(self, words: Iterable[str]) -> None:
        """Let common words stand, also where something is called so: those of the rules, the tools and the kinds."""
        self._open |= {word.lower() for word in words}

    def learn(self, names: Iterable[str]) -> None:
        """Know names; those that are known stay as they are."""
        for name in names:
            key = name.lower()
            if len(name) < _SHORTEST or name.isdigit() or key in self._numbers:
                continue
            self._numbers[key] = len(self._names)
            self._names.append(name)
            if not _WORD.fullmatch(name):
                self._odd = sorted([*self._odd, name], key=len, reverse=True)

    def learn_owned(self, names: Iterable[str]) -> None:
        """Know names of what others have made: those that begin with a known name are known by that already."""
        self.learn(name for name in names if not self._begins_known(name.lower()))

    def _begins_known(self, name: str) -> bool:
        parts = name.split("-")
        return any("-".join(parts[:end]) in self._numbers for end in range(1, len(parts)))

    def hidden(self, text: str) -> Generator[None, None, str]:
        """The text with other words for names, in steps that take little time each."""
        for name in self._odd:
            text = text.replace(name, self._alias(name.lower()))
        done: list[str] = []
        end = 0
        for found in _WORD.finditer(text):
            done += [text[end : found.start()], self._of(found[0])]
            if found.end() // _STRETCH != end // _STRETCH:
                yield
            end = found.end()
        return "".join([*done, text[end:]])

    def shown(self, text: str) -> str:
        """The text with the names themselves; an alias that stands for none is left as it is."""
        return _ALIAS.sub(self._name, text)

    def _name(self, found: re.Match[str]) -> str:
        number = int(found[1]) - 1
        return self._names[number] if 0 <= number < len(self._names) else found[0]

    def _alias(self, key: str) -> str:
        return f"name-{self._numbers[key] + 1}"

    def _of(self, word: str) -> str:
        key = word.lower()
        if key in self._open:
            return word
        if key in self._numbers:
            return self._alias(key)
        if not ("." in word or "-" in word or "_" in word):
            return word
        return "".join(self._of_label(label) for label in re.split(r"([._])", word))

    def _of_label(self, label: str) -> str:
        """A label whose parts may be names: the longest one that begins at each part."""
        parts, told, start = label.split("-"), [], 0
        while start < len(parts):
            ends = range(len(parts), start, -1)
            end = next((each for each in ends if self._hides("-".join(parts[start:each]).lower())), 0)
            told.append(self._alias("-".join(parts[start:end]).lower()) if end else parts[start])
            start = end or start + 1
        return "-".join(told)

    def _hides(self, key: str) -> bool:
        return key in self._numbers and key not in self._open


class Arriving:
    """A text that comes in pieces, in which an alias may be cut in two."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases
        self._held = ""

    def more(self, piece: str) -> str:
        """What can be shown now."""
        text = self._held + piece
        begun = _BEGUN.search(text)
        cut = begun.start() if begun else len(text)
        self._held = text[cut:]
        return self._aliases.shown(text[:cut])

    def rest(self) -> str:
        """What was held back, at the end."""
        held, self._held = self._held, ""
        return self._aliases.shown(held)
