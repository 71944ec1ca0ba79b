"""What is used, where no verb says so: `web memory`, `ram per node`, `show me its cpu`."""

import msgspec

from kubegenie_tui.genie.offline.intent import Asked, Details
from kubegenie_tui.genie.offline.words import Said, phrase

_BOUNDS = phrase(r"(?:limit|request)s?|\d\S*")
"""What is allowed or asked for, and not used."""


def usage_in(asked: Asked, by: str, said: Said) -> Asked | None:
    """The sentence as one about what is used; None where it asks for something else.

    Args:
        asked: the parts of the sentence.
        by: `CPU`, `MEM`, or empty where neither is spoken of.
        said: the sentence.
    """
    details = asked.details
    if asked.verb in ("", "top") and by and details.group_by == "NODE" and asked.kind in ("", "nodes"):
        details = msgspec.structs.replace(details, group_by="")
        return msgspec.structs.replace(asked, verb="top", kind="nodes", details=details)
    is_about_one = not asked.kind and bool(asked.names or asked.points) and not _BOUNDS.search(said.whole)
    if asked.verb == "list" and is_about_one and by and details == Details():
        return msgspec.structs.replace(asked, verb="top", details=Details(sort=by))
    is_plain = not (asked.verb or asked.goes_on or details.status) and details.sort in ("MEM", "CPU")
    if is_plain and (is_about_one or asked.kind in ("pods", "nodes")):
        return msgspec.structs.replace(asked, verb="top")
    return None
