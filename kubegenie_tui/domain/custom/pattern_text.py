"""A short text that a regular expression takes, for examples: the part of RE2 that schemas use."""

import re

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.expression import Expression

_WORDS = (
    "example", "Example", "a", "A", "1", "10", "1h", "10m", "1h0m0s", "1Gi", "100m", "10%", "1.0.0", "v1.0.0", "v1",
    "a/b", "example.com", "https://example.com", "example.com/name", "10.0.0.0/24", "10.0.0.1", "sha256:" + "a" * 64,
    "us-east-1", "arn:aws:iam::123456789012:role/example", "0 3 * * *", "2026-01-01T00:00:00Z", "s3://example/path",
    "/example",
)  # fmt: skip
"""What is tried first: a person reads it more easily than what is made up."""
_ESCAPES = {"d": "1", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "n": "\n", "t": "\t"}
_FEWEST = re.compile(r"\{(\d+)(?:,\d*)?\}")


def text_like(pattern: str, shortest: int = 0, longest: int | None = None) -> str:
    """A text of so many characters that the pattern finds itself in; empty when none was thought of."""
    made = _Sampler(pattern).text()
    for text in (*_WORDS, made, made * max(1, shortest)):
        if shortest <= len(text) <= (longest if longest is not None else len(text)) and takes(pattern, text):
            return text
    return ""


def takes(pattern: str, text: str) -> bool:
    """Whether a pattern finds itself in a text; not where it is none, or finds no end."""
    try:
        return Expression(pattern).search(text)
    except UsageError:
        return False


class _Sampler:
    """The shortest way through a pattern; always the first of several."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def text(self) -> str:
        """What it came to."""
        return self._choice()

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1 : self._at]

    def _choice(self) -> str:
        first = self._sequence()
        while self._peek() == "|":
            self._take()
            self._sequence()
        return first

    def _sequence(self) -> str:
        parts = []
        while (sign := self._peek()) and sign not in "|)":
            part = self._atom()
            parts.append(part * self._repeats())
        return "".join(parts)

    def _atom(self) -> str:
        match sign := self._take():
            case "^" | "$":
                return ""
            case ".":
                return "a"
            case "\\":
                letter = self._take()
                return "" if letter in "bBAzZ" else _escaped(letter)
            case "[":
                return self._class()
            case "(":
                return self._group()
        return sign

    def _group(self) -> str:
        ahead = False
        if self._peek() == "?":
            self._take()
            kind = self._take()
            ahead = kind in "=!<" and self._peek() != "P"
            while kind not in ":=!>" and self._peek() and self._peek() not in "):":
                kind = self._take()
            if self._peek() == ":":
                self._take()
        inner = self._choice()
        self._take()
        return "" if ahead else inner

    def _class(self) -> str:
        negated = self._peek() == "^"
        if negated:
            self._take()
        letters: list[str] = []
        while (sign := self._take()) and (sign != "]" or not letters):
            letters.append(_escaped(self._take()) if sign == "\\" else sign)
        if not negated:
            return letters[0] if letters else ""
        return next((each for each in "a1-_" if each not in letters), "a")

    def _repeats(self) -> int:
        """The fewest times what stands before is wanted, but once where it may be left out by nobody's wish."""
        count = 1
        while (sign := self._peek()) and sign in "*+?{":
            if sign == "{":
                found = _FEWEST.match(self._pattern, self._at)
                if found is None:
                    break
                self._at = found.end()
                count = int(found[1])
            else:
                self._take()
                count = 1 if sign == "+" else 0 if count == 1 else count
        return count


def _escaped(letter: str) -> str:
    """A character that a letter after a backslash stands for."""
    return _ESCAPES.get(letter, letter)
