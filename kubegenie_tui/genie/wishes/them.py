"""`them` after a wish for several things: all of them by their names, so that none is passed over."""

import re

from kubegenie_tui.genie.wishes.wish import Wish

_THEM = re.compile(r"(?<!one of )(?<!some of )\b(?:(?:both|all) of them|them(?: both| all)?)\b|\bboth$", re.IGNORECASE)


def with_names(text: str, last: Wish | None) -> str:
    """A text with the names of what was wished for last, where that was several things and the text says `them`."""
    names = dict.fromkeys(step.ref.name for step in last.steps) if last is not None else {}
    return _THEM.sub(" and ".join(names), text, count=1) if len(names) > 1 else text
