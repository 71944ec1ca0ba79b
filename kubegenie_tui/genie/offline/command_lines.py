"""A typed line of kubectl: what of it is not understood is said, and never passed over as if it had no meaning."""

import re

_LINE = re.compile(r"^\s*(?:[$>] )?(?:kubectl|oc|k) (.+)$", re.IGNORECASE)
_FLAG = re.compile(r"(?<=\s)-{1,2}[a-z][\w-]*", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"(?:proxy|cp|completion|plugin|kustomize|create token"
    r"|config (?:view|set(?!-context --current --namespace)\S*|unset|delete\S*|rename\S*))\b",
    re.IGNORECASE,
)
"""What no look-up of ours is: some of it hands out credentials, some needs a terminal."""
_KNOWN = frozenset({
    "-n", "--namespace", "--current", "-a", "--all-namespaces", "--context", "-o", "--output", "-l", "--selector",
    "--field-selector", "-p", "--previous", "-c", "--container", "--all-containers", "--tail", "--since", "-f",
    "--follow", "-w", "--watch", "--sort-by", "--show-labels", "--no-headers", "--ignore-not-found", "--timestamps",
    "--containers", "--revision", "--for", "--recursive", "-r", "--prefix", "--list", "--as", "--reverse",
})  # fmt: skip
"""Flags of look-ups that are read, or that change only how a terminal shows what is found."""


def is_elsewhere(sentence: str) -> bool:
    """Whether a line is of a command that is not ours, so that its words are no names to be looked for."""
    line = _LINE.match(sentence)
    return line is not None and _ELSEWHERE.match(line[1]) is not None


def flags_left_out(sentence: str) -> str:
    """What is said of flags that are not understood; nothing where all are, and where it is no such line."""
    line = _LINE.match(sentence)
    command = line[1].partition(" -- ")[0] if line else ""
    unknown = dict.fromkeys(flag for flag in _FLAG.findall(command) if flag.lower() not in _KNOWN)
    if not unknown:
        return ""
    return f"I do not know {', '.join(f'“{flag}”' for flag in unknown)} and left it out."
