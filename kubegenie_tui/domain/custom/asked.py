"""What a validation rule in CEL asks for, as far as that is the presence of fields."""

import re
from collections.abc import Callable, Collection
from typing import Any

Path = tuple[str, ...]
_HAS = re.compile(r"(!?)\s*has\(\s*self\.([A-Za-z_][\w.]*)\s*\)")
_IS = re.compile(r"""self\.(\w+)\s*(==|!=)\s*['"]([^'"]*)['"]""")
_MATCHES = re.compile(r"""^self\.matches\(\s*r?(['"])(.*)\1\s*\)$""")
_QUOTED = re.compile(r"""[Ff]or example,?\s+['"`]([^'"`]+)['"`]""")


def fields_asked(rule: str, known: Callable[[str], Any], there: Collection[Path]) -> list[Path]:
    """Fields that are to be there so that a rule holds; none when it may hold without, or says too much for us.

    Args:
        rule: of a mapping.
        known: the value that a field right below will have.
        there: fields that are there already.
    """
    clause = _branch(" ".join(rule.split()), known)
    if "oldSelf" in rule or "<= 1" in clause or ".all(" in clause:
        return []
    clause = _without_denial(clause)
    if _holds(clause, known):
        return []
    found = [(bool(sign), tuple(path.split("."))) for sign, path in _HAS.findall(clause)]
    asked = list(dict.fromkeys(path for negated, path in found if not negated))
    denied = {path for negated, path in found if negated}
    if not asked or (denied and not denied <= set(asked)) or any(path in there for path in asked):
        return []
    return asked if "&&" in clause and "||" not in clause and not denied else asked[:1]


def text_asked(rules: list[dict[str, Any]]) -> tuple[str, str]:
    """What rules about a text ask for: one that their words give as an example, and a pattern; each may be empty."""
    told = next((found[1] for each in rules if (found := _QUOTED.search(str(each.get("message", ""))))), "")
    patterns = (_MATCHES.match(str(each.get("rule", "")).strip()) for each in rules)
    return told, next((found[2].replace("\\\\", "\\") for found in patterns if found), "")


def _branch(rule: str, known: Callable[[str], Any]) -> str:
    """Of `a ? b : c` the part that counts; any other rule as it is."""
    condition, question, rest = rule.partition(" ? ")
    if not question:
        return rule
    yes, _, no = rest.partition(" : ")
    compared = _IS.findall(condition)
    met = bool(compared) and all((known(name) == value) is (sign == "==") for name, sign, value in compared)
    return yes if met else no


def _without_denial(clause: str) -> str:
    """A clause without the `!(...)` that it begins with."""
    if not clause.startswith("!("):
        return clause
    depth = 0
    for at, sign in enumerate(clause):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == ")" and not depth:
            return clause[at + 1 :]
    return ""


def _holds(clause: str, known: Callable[[str], Any]) -> bool:
    """Whether one of several alternatives holds already by the value of a field."""
    options = [part.strip("() ") for part in clause.split("||")]
    compared = [found for option in options if "&&" not in option and (found := _IS.fullmatch(option))]
    return any((known(found[1]) == found[3]) is (found[2] == "==") for found in compared)
