"""Long words that look random: keys and passwords, unless what stands before them says that they are no secret."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable

WORD = re.compile(r"[A-Za-z0-9_+/=-]{20,}")
_BLOB = re.compile(r"\b(?:H4sI|SDRzS)[A-Za-z0-9+/_-]{60,}={0,2}|[A-Za-z0-9+/]{240,}={0,2}")
_HEX = re.compile(r"(?<![\w:/@-])[0-9a-fA-F]{32,}(?![\w-])")
_JOINTS = re.compile(r"[/_+=-]")
_BEHIND = (
    r"[\w.-]{0,24}(?:[\s()\"'\\:=,\[{]{1,6}(?:is|was|now|at|for|to|of|from|id|with|within|not|W)){0,3}"
    r"[\s()\"'\\:=,/\[{]{0,6}$"
)
_NAMES_A_HASH = re.compile(
    r"(?:trace|span|parent|req(?:uest)?|correlation|transaction|audit|event|message|msg|job|task|operation|order|replication"
    r"|container|sandbox|pod|shim|process|image|layer|snapshot|blob|artifact|object|tree|build|release|serial|lease|match"
    r"|etag|md5|sha-?\d{0,3}|sum|hash|digest|finger|thumb|print|rev|revision|commit|head|merge|version|uid|guid|mirror"
    r"|number|status|network|endpoint|volume|current|target|desired|checked\s?out|compar\w+|ref|branch|(?<![a-z])id)"
    + _BEHIND,
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_NAME = re.compile(r"^[A-Za-z_-]{1,40}=(?=[^=])")
_OF_GIT = re.compile(r"(?:\b(?:from|to|at|on|into|onto)\s|\.\.\.?)$")
_SUM_OF = re.compile(r"(?:checksum|hash|sha256)/[\w.-]{1,50}[\"'\s:=\\]{0,6}$")
_OF_A_CONTAINER = re.compile(r"\"Type\\?\":\\?\"Container\w+\\?\",\\?\"Data\\?\":\\?\"$")
_DIGESTED = re.compile(
    r"(?:sha-?\d{1,3}[:-]|integrity\W{1,3}|etag\W{1,5}|host[ _-]?id\W{1,4}|x-amz-id-2\W{1,4})$", re.IGNORECASE
)
_SECRETIVE = re.compile(r"key|token|secret|session|passw|auth|cred|cookie|salt|sign", re.IGNORECASE)
_SPAN_BEHIND = re.compile(r"[,:-][0-9a-f]{16}(?![0-9a-f])")
_ENDING_BEHIND = re.compile(r"\.[a-z][a-z0-9]{1,4}(?!\w)")
_LOOKED_AT = 80
"""Characters before a word that say what it is."""


def mask_random(match: re.Match[str], mask: Callable[[str], str]) -> str:
    """A word that `WORD` found, with what is a key of it masked."""
    word, text, start, end = match[0], match.string, match.start(), match.end()
    rest = _NAME.sub("", _UUID.sub("", word))
    if len(word) >= 32:
        found = [m.span() for m in _BLOB.finditer(text, start, end)] if len(word) >= 64 else []
        for hexed in _HEX.finditer(text, start, end):
            if _is_named(text, *hexed.span()):
                rest = rest.replace(hexed[0], "")
            else:
                found.append(hexed.span())
        if found:
            return _without(text, start, end, sorted(found), mask)
    if word[0] == "/" and _is_plain(word.split("/")[1]):  # a path: its parts are names
        return mask(word) if any(is_random(part) for part in rest.split("/")) else word
    return mask(word) if is_random(rest) and not _is_digest(text, start) else word


def is_random(word: str) -> bool:
    """Whether a word looks made by a random generator: what is no plain word or number in it changes class often."""
    odd = "".join(part for part in _JOINTS.split(word) if not _is_plain(part))
    if len(odd) < 16:
        return False
    classes = [_class_of(char) for char in odd]
    if len(set(classes)) < 3:
        return False
    changes = sum(one != other for one, other in itertools.pairwise(classes))
    counts = Counter(odd)
    entropy = -sum(n / len(odd) * math.log2(n / len(odd)) for n in counts.values())
    return changes / len(odd) >= 0.3 and entropy >= 3.5


def _without(text: str, start: int, end: int, found: list[tuple[int, int]], mask: Callable[[str], str]) -> str:
    parts, done = [], start
    for left, right in found:
        if left < done:
            continue
        parts += [WORD.sub(lambda m: mask_random(m, mask), text[done:left]), mask(text[left:right])]
        done = right
    return "".join(parts) + WORD.sub(lambda m: mask_random(m, mask), text[done:end])


def _is_named(text: str, start: int, end: int) -> bool:
    """Whether digits of base 16 are told to be a hash or an identity, or are a part of a name of a file."""
    if _SPAN_BEHIND.match(text, end) or (text[start - 1 : start] == "." and _ENDING_BEHIND.match(text, end)):
        return True
    before = text[max(start - _LOOKED_AT, text.rfind("\n", 0, start) + 1) : start]
    if _SUM_OF.search(before) or (end - start == 40 and _OF_GIT.search(before)):
        return True
    named = _NAMES_A_HASH.search(before)
    if named is not None and not _SECRETIVE.search(named[0]):
        return True
    return _OF_A_CONTAINER.search(before) is not None


def _is_digest(text: str, start: int) -> bool:
    return _DIGESTED.search(text[max(0, start - 20) : start]) is not None or text.startswith(
        ("sha256-", "sha384-", "sha512-", "boundary="), start
    )


def _is_plain(part: str) -> bool:
    return part.isdigit() or (part.isalpha() and (part.islower() or part.isupper() or part.istitle()))


def _class_of(char: str) -> str:
    if char.isdigit():
        return "digit"
    return "upper" if char.isupper() else "lower"
