"""Text of a cluster that gives orders: what a turn has read of it makes what it proposes a tier more careful.

Nothing rests on finding every such text: a person decides whatever was read. It is found so that they know.
"""

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources

_UNSEEN = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|\\(?:u(?:200[b-f]|202[a-e]|206[0-4]|feff)|xad)",
    re.IGNORECASE,
)
"""Characters that nobody sees, and how YAML and JSON write them."""
_BREAKS = re.compile(r"\\[nrt]|[\n\r\v\f\x85\u2028\u2029]")
"""Where a line ends, also within a quoted text of YAML or JSON."""
_GAPS = re.compile(r"[\s_*`'\"\\-]+")


@cache
def _orders() -> re.Pattern[str]:
    table = tomllib.loads(resources.files("kubegenie_tui.genie").joinpath("taint.toml").read_text(encoding="utf-8"))
    whole = "|".join(table["orders"]["patterns"])
    for name, alternatives in table["words"].items():
        whole = whole.replace(f"<{name}>", alternatives)
    return re.compile(whole, re.IGNORECASE)


def gives_orders(text: str) -> str:
    """The words of a text that give orders to whoever reads it, as they are recognised; empty when there are none.

    What hides them is looked through: invisible characters, look-alikes that Unicode knows (NFKC), marks and gaps.
    """
    for line in _BREAKS.split(_UNSEEN.sub("", text)):
        plain = _GAPS.sub(" ", unicodedata.normalize("NFKC", line)).strip()
        if found := _orders().search(plain):
            return found[0].strip()
    return ""
