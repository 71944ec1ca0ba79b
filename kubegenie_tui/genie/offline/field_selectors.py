"""Fields by their paths, as selectors write them: `--field-selector status.phase=Failed`, `with .spec.suspend=true`."""

import re

import msgspec

from kubegenie_tui.genie.offline.words import Said, phrase

_PAIR = r"\.?[a-z][\w.]* ?={1,2} ?[\w.-]+"
_SELECTOR = phrase(rf"--field-selectors?[ =]({_PAIR}(?:,{_PAIR})*)")
_SPOKEN = phrase(rf"(?:(?:(?:that|which) (?:have|has)|where|with|whose|having) )?(?=\.?(?:spec|status)\.)({_PAIR})")
_EACH = re.compile(r"\.?([a-z][\w.]*) ?={1,2} ?([\w.-]+)")
_STATES = {("spec.suspend", "true"): "suspended", ("spec.unschedulable", "true"): "cordoned"}
"""States by the fields that make them."""


class Fields(msgspec.Struct, frozen=True):
    """What they narrow a look-up to; empty where nothing was said of it."""

    status: str = ""
    node: str = ""
    type: str = ""
    """Of a service, in lower case."""
    warnings: bool = False
    """Events that warn."""


def take_fields(said: Said) -> Fields:
    """All that a sentence says by paths of fields, taken out of it."""
    match = said.take(_SELECTOR) or said.take(_SPOKEN)
    fields = dict(_EACH.findall(match[1])) if match is not None else {}
    return Fields(
        status=fields.get("status.phase", "")
        or next((_STATES[pair] for pair in fields.items() if pair in _STATES), ""),
        node=fields.get("spec.nodename", ""),
        type=fields.get("spec.type", ""),
        warnings=fields.get("type", "") == "warning",
    )
