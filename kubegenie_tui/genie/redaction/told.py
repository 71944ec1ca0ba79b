"""What somebody tells a Secret to hold, known as a value of it before it is kept or sent anywhere."""

import json
import re
from collections.abc import Iterator
from typing import Any

_OF_A_SECRET = re.compile(r"(?<![\w-])secrets?(?![\w-])|\bgeheimnis", re.IGNORECASE)
_OF_ITS_WORDS = re.compile(r"\b(?:label|annotat|annotier|beschrifte)", re.IGNORECASE)
_SETS = re.compile(
    r"\b(?:set|change|update|put|add|patch|create|make|replace|rotate|reset|setze?|ändere|erstelle|ersetze)\b",
    re.IGNORECASE,
)
_WORDS = r"(?:\"(?P<double>[^\"\n]+)\"|'(?P<single>[^'\n]+)'|`(?P<tick>[^`\n]+)`|(?P<bare>[^\s,;\"'`]+))"
_PAIR = re.compile(rf"(?:(?<![\w./-])|--from-literal[= ][\"']?)(?P<key>[A-Za-z0-9_.][\w.-]*)=\s?{_WORDS}")
_TO = re.compile(
    rf"\b(?:set|change|update|put|reset|setze?|ändere)\b[^\n]{{1,200}}?\s(?:to|auf)\s{{1,3}}{_WORDS}", re.I
)
_QUOTES = ("double", "single", "tick", "bare")
_NO_VALUE = frozenset({"namespace", "name", "type", "context", "cluster", "image", "replicas", "app", "kind"})


def values_told(text: str) -> Iterator[str]:
    """The values in a sentence that says what a Secret shall hold; none in any other."""
    if not (_OF_A_SECRET.search(text) and _SETS.search(text)) or _OF_ITS_WORDS.search(text):
        return
    pairs = (match for match in _PAIR.finditer(text) if match["key"] not in _NO_VALUE)
    for match in (*pairs, *_TO.finditer(text)):
        yield next(part for name in _QUOTES if (part := match[name]))


def secrets_proposed(arguments: str) -> Iterator[dict[str, Any]]:
    """What steps of a proposal, a call's arguments in JSON, have Secrets hold: manifests of kind Secret."""
    try:
        steps = json.loads(arguments).get("steps")
        steps = json.loads(steps) if isinstance(steps, str) else steps
    except (ValueError, AttributeError):
        return
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, dict):
            yield from _secret_of(step)


def _secret_of(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    manifest = step.get("manifest")
    try:
        manifest = json.loads(manifest) if isinstance(manifest, str) else manifest
    except ValueError:
        return
    if isinstance(manifest, dict):
        kind = str(step.get("kind") or manifest.get("kind") or "").lower().partition(".")[0]
        if kind in ("secret", "secrets"):
            yield {**manifest, "kind": "Secret"}
