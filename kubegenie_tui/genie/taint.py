"""Text of a cluster that gives orders: what a turn has read of it makes what it proposes a tier more careful.

Nothing rests on finding every such text: a person decides whatever was read. It is found so that they know.
"""

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import NamedTuple

_UNSEEN = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|\\(?:u(?:200[b-f]|202[a-e]|206[0-4]|feff)|xad)",
    re.IGNORECASE,
)
"""Characters that nobody sees, and how YAML and JSON write them."""
_BREAKS = re.compile(r"\\[nrt]|[\n\r\v\f\x85\u2028\u2029]")
"""Where a line ends, also within a quoted text of YAML or JSON."""
_GAPS = re.compile(r"(?:[^\S\n]|[_*`'\"\\-])+")
_DOTTED = str.maketrans("İı", "ii")
"""Letters that are an i where case is ignored, and that become two, or none, when they are made small."""


class _Order(NamedTuple):
    starts: tuple[str, ...]
    """It is looked for only in a text that has one of these."""
    pattern: re.Pattern[str]


@cache
def _orders() -> tuple[_Order, ...]:
    table = tomllib.loads(resources.files("kubegenie_tui.genie").joinpath("taint.toml").read_text(encoding="utf-8"))
    orders: list[tuple[str, str, str]] = table["orders"]["patterns"]
    return tuple(_order(before, starts, then, table["words"]) for before, starts, then in orders)


def _order(before: str, starts: str, then: str, words: dict[str, str]) -> _Order:
    for name, alternatives in reversed(words.items()):
        then = then.replace(f"<{name}>", f"(?:{alternatives})")
    plain = tuple(starts.split("|"))
    start = "|".join(map(re.escape, plain))
    return _Order(plain, re.compile(f"{before}(?:{start}){then}", re.MULTILINE))


def _looked_through(text: str) -> str:
    """A text in small letters without what hides its words, a line for each of its lines."""
    lines = _BREAKS.sub("\n", _UNSEEN.sub("", text))
    return _GAPS.sub(" ", unicodedata.normalize("NFKC", lines)).replace("\n ", "\n").strip()


def gives_orders(text: str) -> str:
    """The words of a text that give orders to whoever reads it, as they are recognised; empty when there are none.

    What hides them is looked through: invisible characters, look-alikes that Unicode knows (NFKC), marks and gaps.
    A text of 8,000 characters takes about a millisecond, and at worst a few.
    """
    plain = _looked_through(text)
    small = plain.translate(_DOTTED).lower()
    tried = (each.pattern.search(small) for each in _orders() if any(start in small for start in each.starts))
    first = min((match for match in tried if match), key=re.Match.start, default=None)
    return plain[slice(*first.span())].strip() if first else ""
