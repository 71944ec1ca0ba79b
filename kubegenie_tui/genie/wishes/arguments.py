"""What was said about a change, from the groups of a pattern and the flags of a command."""

import re
import shlex
from typing import Any

from kubegenie_tui.genie.wishes.clauses import Clause
from kubegenie_tui.genie.wishes.phrases import AMOUNT, AMOUNT_FIRST, Form, FreeForm

_UNITS = {
    **dict.fromkeys(("k", "ki", "kb", "kib"), "Ki"),
    **dict.fromkeys(("m", "mb", "mib", "mi", "meg", "megs", "megabyte", "megabytes", "mebibyte", "mebibytes"), "Mi"),
    **dict.fromkeys(("g", "gb", "gib", "gi", "gig", "gigs", "gigabyte", "gigabytes", "gibibyte", "gibibytes"), "Gi"),
    **dict.fromkeys(("t", "ti", "tb", "tib"), "Ti"),
}
_SMALLER = {"Mi": "Ki", "Gi": "Mi", "Ti": "Gi"}
_MOST_CORES = 100
"""A number from which a cpu without a unit is one of thousandths, or of nothing."""
_CORES = re.compile(r"v?cpus?|cores?|milli(?:cores?|cpus?)")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "eight": 8}
_PARTS = {"half": 50, "third": 33, "quarter": 25, "fifth": 20, "tenth": 10}
"""Shares by their names, in percent."""
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TYPES = {"clusterip": "ClusterIP", "nodeport": "NodePort", "loadbalancer": "LoadBalancer"}
_OF_VERSIONS = re.compile(r"\b(?:image|version|tag|release|upgrade|downgrade|deploy)\b", re.IGNORECASE)
"""Without such a word a number alone may be one of replicas."""
_OF_IMAGES = re.compile(r"\bimage\b", re.IGNORECASE)
_OF_PODS = re.compile(r"\b(?:pods?|replicas?|instances?|copies)\b", re.IGNORECASE)
"""Beside such a word a number alone is none of a version."""
_OF_ENV = re.compile(r"\b(?:env|environment|vars?|variables?)\b", re.IGNORECASE)
"""Without such a word only a name in capitals is that of a variable: the size of web may be anything."""
_PLAIN_IMAGE = re.compile(
    r"^(?!(?:to|with|at|as|by|from|in|on|for|of|it|this|that|the|an?|new|old|one|back|same|other|another|right|wrong"
    r"|correct|proper|default|current|previous|last|next|its|our|my|their|images?|tags?|versions?|releases?)$)"
    r"[a-z][a-z0-9._-]*$"
)
_NO_KEYS = frozenset(
    {
        "from",
        "of",
        "on",
        "off",
        "in",
        "to",
        "for",
        "the",
        "a",
        "an",
        "all",
        "any",
        "with",
        "and",
        "var",
        "vars",
        "variable",
        "variables",
        "label",
        "labels",
        "annotation",
        "annotations",
    }
)
"""Words that stand where a key was left out: `remove the label from web`."""
SAID = ""
"""Among the flags: the whole clause."""
_TAG = re.compile(r"^(?:v?\d[\w.-]*|latest|stable|edge|nightly)$")
_KNOWN_FLAGS = {
    "scale": {"--replicas"},
    "autoscale": {"--min", "--max", "--cpu-percent"},
    "expose": {"--port", "--target-port", "--type"},
    "rollback": {"--to-revision"},
    "delete": {"--force", "--grace-period", "--now"},
    "drain": {"--force", "--ignore-daemonsets", "--delete-emptydir-data"},
    "set-resources": {"--limits", "--requests", "-c", "--containers"},
    "patch": {"--type", "-p", "--patch"},
    "exec": {"-it", "-ti", "-i", "-t", "-c", "--container", "--stdin", "--tty"},
    "port-forward": {"--address"},
    "label": {"--overwrite"},
    "annotate": {"--overwrite"},
}
COMMON = frozenset({"-n", "--namespace", "--context", "--record", "-y", "--yes"})


Asking = Form | FreeForm


class NotSaid(Exception):
    """What was said makes no arguments: a value is missing or is not of its kind."""


def unknown_flags(verb: str, clause: Clause) -> set[str]:
    """Flags that would be passed over."""
    return set(clause.flags) - COMMON - _KNOWN_FLAGS.get(verb, set())


def arguments(form: Asking, groups: dict[str, str], clause: Clause, numbers: dict[str, int]) -> dict[str, Any]:
    """The arguments by their name in the intent format.

    Raises:
        NotSaid: a value is missing.
    """
    if groups.get("K", "").lower() in _NO_KEYS:
        raise NotSaid
    reader = _READERS.get(form.verb)
    return reader(form, groups, clause.flags | {SAID: clause.text}, numbers) if reader else {}


def _number(text: str, numbers: dict[str, int]) -> int:
    return int(text) if text.isdigit() else numbers[text.lower()]


def _scale(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    sets = form.sets
    if isinstance(form, Form) and form.asks:
        return {}
    if "factor" in sets or "replicas" in sets:
        return dict(sets)
    if "sign" in sets:
        said = groups.get("D") or "1"
        share = re.fullmatch(r"(\w+) ?(?:%|percent)", said)
        if (part := _PARTS.get(said.lower().rpartition(" ")[2])) is not None:
            return {"factor": 0.5} if part * sets["sign"] == -50 else {"percent": sets["sign"] * part}
        return (
            {"percent": sets["sign"] * _number(share[1], numbers)}
            if share
            else {"delta": sets["sign"] * _number(said, numbers)}
        )
    if "X" in groups:
        times = groups["X"].lower()
        return {"factor": numbers[times] if times in numbers else float(times) if "." in times else int(times)}
    said = groups.get("N") or flags.get("--replicas", "")
    if not said:
        raise NotSaid
    return {"replicas": _number(said, numbers)}


def _image(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    said, name = groups["I"], groups.get("C") or groups.get("C2")
    container = {"container": name} if name else {}
    if said.startswith(":") and _TAG.match(said[1:]):
        return {"tag": said[1:], **container}
    if "/" in said or re.search(r":[\w]", said):
        return {"image": said, **container}
    if _PLAIN_IMAGE.match(said) and not _TAG.match(said) and _OF_IMAGES.search(flags.get(SAID, "")):
        return {"image": said, **container}
    text = flags.get(SAID, "")
    may_be_number = bool(_OF_VERSIONS.search(text)) and not _OF_PODS.search(text)
    if not _TAG.match(said) or (said.isdigit() and not may_be_number):
        raise NotSaid
    return {"tag": said, **container}


def _env(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    pairs = [each for each in groups.get("ENV", "").split() if "=" in each]
    told: dict[str, str | None] = {name: value for name, _, value in (each.partition("=") for each in pairs)}
    told |= {each[:-1]: None for each in groups.get("ENV", "").split() if each.endswith("-") and "=" not in each}
    told |= {name: None for name in groups.get("KS", "").split() if name.lower() != "and"}
    if groups.get("KS") and not all(name.isupper() for name in told):
        raise NotSaid
    told |= {groups["GONE"]: None} if groups.get("GONE") else {}
    if groups.get("K") and groups.get("V"):
        told[groups["K"]] = groups["V"]
    told = told or {groups["K"]: None if form.sets.get("away") else groups["V"]}
    if not (_OF_ENV.search(flags.get(SAID, "")) or all(name.isupper() for name in told)):
        raise NotSaid
    return {"env": told}


def _resources(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    if "--limits" in flags or "--requests" in flags:
        told = {name: _amounts(flags[f"--{name}"]) for name in ("limits", "requests") if f"--{name}" in flags}
        name = flags.get("-c") or flags.get("--containers")
        return {**told, **({"container": name} if name else {})}
    if form.sets.get("away"):
        names = [_resource_of(groups["R"])] if groups.get("R") else ["cpu", "memory"]
        return {"requests" if _is_request(groups["LR"]) else "limits": dict.fromkeys(names)}
    if "AMS" not in groups:
        raise NotSaid
    container = {"container": groups["C"]} if groups.get("C") else {}
    group = "requests" if form.sets.get("request") or _is_request(groups.get("LR")) else "limits"
    told = {group: _resources_in(groups["AMS"], groups.get("R", ""))}
    if "AMS2" in groups:
        other = "requests" if _is_request(groups["LR2"]) else "limits"
        more = _resources_in(groups["AMS2"], groups.get("R2") or groups.get("R", ""))
        if told.get(other, {}).keys() & more.keys():
            raise NotSaid
        told[other] = told.get(other, {}) | more
    return told | container


def _resource_of(word: str) -> str:
    return "cpu" if word.lower() == "cpu" else "memory"


def _is_request(word: str | None) -> bool:
    return (word or "").lower().startswith("request")


def _resources_in(text: str, resource: str) -> dict[str, str]:
    """`half a core and 256Mi`, `cpu=100m memory=128Mi`; `resource`: what an amount is of that does not say it."""
    told: dict[str, str] = {}
    for found in (AMOUNT_FIRST if text[:1].isdigit() else AMOUNT).finditer(text.lower()):
        unit, said = found["unit"] or "", found["before"] or found["after"] or ""
        is_cpu = bool(_CORES.fullmatch(unit) or _CORES.fullmatch(said))
        name = "cpu" if is_cpu else "memory" if said or (unit and unit != "m") else resource or "cpu" * (unit == "m")
        name = "memory" if name and name != "cpu" else name
        if not name or name in told:
            raise NotSaid
        told[name] = _cpus(found["number"], unit) if name == "cpu" else _memory(found["number"], unit)
    return told


def _cpus(number: str, unit: str) -> str:
    """`half a` core as 500m, `250 millicores` as 250m."""
    if number.startswith("half"):
        return "500m"
    number = str(_NUMBERS.get(number, number))
    if not unit and float(number) >= _MOST_CORES:
        raise NotSaid
    return f"{number}m" if unit.startswith("m") else number


def _memory(number: str, unit: str) -> str:
    """`half a gig` as 512Mi, `two gigs` as 2Gi; a number of no unit would be one of bytes, which nobody means."""
    if not unit:
        raise NotSaid
    unit = _UNITS.get(unit, unit)
    if number.startswith("half"):
        return f"512{_SMALLER[unit]}"
    return f"{_NUMBERS.get(number, number)}{unit}"


def _amounts(text: str) -> dict[str, str]:
    return dict(each.split("=", 1) for each in text.split(",") if "=" in each)


def _rollback(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    said = groups.get("REV") or flags.get("--to-revision", "")
    if said in _PLACES:
        return {"revision": _PLACES.index(said) + 1}
    return {"revision": _number(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", said), numbers)} if said else {}


def _labels(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    name = "labels" if form.verb == "label" else "annotations"
    if form.sets.get("away"):
        return {name: {groups["K"]: None}}
    if groups.get("KA"):
        return {name: {groups["KA"]: None}}
    if groups.get("PAIRS"):
        pairs = [each.strip(",") for each in shlex.split(groups["PAIRS"].replace("'", ""))]
        split = [each.partition("=") for each in pairs if "=" in each or each.endswith("-")]
        return {name: {key if is_set else key[:-1]: value if is_set else None for key, is_set, value in split}}
    return {name: {groups["K"]: groups["V"]}}


def _expose(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    port = groups.get("P") or flags.get("--port", "")
    if not port:
        raise NotSaid
    target, kind = groups.get("TP") or flags.get("--target-port", ""), groups.get("ST") or flags.get("--type", "")
    told: dict[str, Any] = {"port": int(port)}
    if target:
        told["target_port"] = int(target) if target.isdigit() else target
    if kind:
        told["type"] = _TYPES.get(kind.lower().replace(" ", ""), kind)
    return told


def _autoscale(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    least, most = groups.get("MIN") or flags.get("--min", ""), groups.get("MAX") or flags.get("--max", "")
    if not most:
        raise NotSaid
    told = {"min": _number(least, numbers) if least else 1, "max": _number(most, numbers)}
    if told["min"] > told["max"]:
        raise NotSaid
    share = groups.get("PC") or flags.get("--cpu-percent", "").rstrip("%")
    return told | ({"cpu": int(share)} if share else {})


def _taint(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    key = groups.get("KA") or groups.get("K")
    return {"taints": [f"{key}-"] if key else groups["TAINTS"].split()}


def _exec(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    name = groups.get("C") or groups.get("C2") or flags.get("-c") or flags.get("--container")
    told = {"command": groups["CMD"].strip()} if groups.get("CMD") else {}
    return told | ({"container": name} if name else {})


def _forward(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    local = {"local_port": int(groups["LP"])} if groups.get("LP") else {}
    return {"port": int(groups.get("P") or groups["LP"]), **local}


def _delete(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    forced = form.sets.get("force") or "--force" in flags or flags.get("--grace-period") == "0"
    return {"force": True} if forced else {}


def _drain(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    return {"force": True} if form.sets.get("force") or "--force" in flags else {}


def _patch(form: Asking, groups: dict[str, str], flags: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    """Fields, keys of a ConfigMap or a Secret, the type of a Service; nothing where the patch itself is pasted."""
    if "F" in groups or "field" in form.sets:
        said = form.sets.get("field") or groups["F"]
        name = form.sets.get("names", {}).get(re.sub("[ -]", "", said).lower(), said)
        return {"fields": {name: groups["FV"]}}
    if "J" in groups:
        return {}
    if "ST" in groups:
        return {"type": _TYPES[groups["ST"].lower().replace(" ", "")]}
    if form.sets.get("away"):
        return {"data": {groups["K"]: None}}
    if groups.get("PAIRS"):
        return {"data": _labels(form, groups, flags, numbers)["annotations"]}
    return {"data": {groups["K"]: groups["V"]}}


_READERS = {
    "scale": _scale, "set-image": _image, "set-env": _env, "set-resources": _resources, "rollback": _rollback,
    "label": _labels, "annotate": _labels, "expose": _expose, "autoscale": _autoscale, "delete": _delete,
    "drain": _drain, "exec": _exec, "taint": _taint, "port-forward": _forward,
    "patch": _patch,
}  # fmt: skip
