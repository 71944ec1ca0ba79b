"""What stands beside a question and only tells why it is asked: `is the rollout of web done? my boss keeps asking`."""

import re

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.parse import is_question, parse
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR
from kubegenie_tui.genie.wishes.moods import MoodReader
from kubegenie_tui.genie.wishes.phrases import phrases

_LONGEST = 600
"""Characters; a longer text is pasted."""
_MOST_PARTS = 6
_CEREMONY = re.compile(
    r"\W*(?:(?:hey|hi|hello|genie|please|sorry|ok|so|and)[ ,]+)*"
    r"(?:(?:would|do|did) you (?:happen to |maybe |perhaps |by any chance |also |please )?(?:know|have an idea|see"
    r"|tell me)"
    r"|(?:would|do) you mind (?:telling|showing|giving|letting) (?:me|us)(?: know)?"
    r"|mind (?:telling|showing|giving) (?:me|us)"
    r"|(?:(?:can|could|may) i|would it be too much(?: trouble)? to|may we)"
    r" (?:ask|trouble you|bother you|beg)(?: you)?(?: for)?"
    r"|would it be (?:possible|too much(?: to ask)?) (?:for me )?to (?:see|know|get|find out|have a look at)"
    r"|is it (?:ok|okay|alright|fine|possible) (?:if i|for me to|to) (?:see|look at|get|have|know)"
    r"|(?:i|we) (?:was|were|am|are) (?:just |only )?(?:wondering|asking(?: myself)?|curious|interested)"
    r"(?: (?:about|in))?"
    r"|any (?:idea|clue|chance you know|chance to see|hint|thoughts on)"
    r"|(?:i|we) (?:would|'d) (?:be (?:most |very |so )?(?:grateful|glad|happy|thankful) (?:if|to)"
    r"(?: (?:you|i|we))?(?: (?:could|can|would))? (?:let me (?:see|have|know)|tell me|show me|give me|see|know|get))"
    r"|does any(?:one|body) (?:here )?know)[ ,:]+(?=(?:why|what|which|who|where|when|how|the|all|a list|if|whether)\b)",
    re.IGNORECASE,
)
"""What a very polite question begins with."""
_QUOTED = re.compile(r"(?<!\w)(?:\"[^\"]*\"|'[^']*'|`[^`]*`|“[^”]*”)(?!\w)")
_CUT = re.compile(r"(?<=[\w)%·\"'`”])\s*(?:[,;:.!?…]+(?=\s)|\s[-–—]+(?=\s))\s*")
_SUBJECT = re.compile(
    r"(?:(?:and|but|so|because|since|as|cause|sorry|well|ok|okay|hi|hey|hello)[ ,]+)*"
    r"(?:(?:i|we|you|he|she|they|it|there|this|that|these|those|my|our|his|her|their|the|an?|some|people|somebody"
    r"|someone|something|everyone|everybody|nobody|customers?|users?|colleagues?|boss|management|sales|support)\b"
    r"|(?P<name>[^\W\d_][\w-]*)(?:'s)?(?=\s))",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:is|are|was|were|am|be|been|has|have|had|can|cannot|could|will|would|should|wants?|needs?|asks?|keeps?|kept"
    r"|says?|said|thinks?|complains?|calls?|calling|waits?|waiting|doubts?|do|does|did|knows?|wrote|sent|told|heard|saw"
    r"|got|gets?|lost|began|begins?|starts?|went|goes|comes?|came|feels?|struck|broke|fell|hit|hung|froze|ran|blew|burst|cut|left|made|rang|stood|took|woke|looks?|seems?|hates?|loves?|claims?|means?"
    r"|\w{2,}ed|\w+n't|\w+'(?:s|m|re|ve|ll|d))\b",
    re.IGNORECASE,
)
_ASIDES = re.compile(
    r"\W*(?:(?:it )?(?:could|may|might) be nothing|maybe nothing|probably nothing|just (?:curious|asking|wondering)"
    r"|out of curiosity|no (?:rush|hurry|idea why|clue why|pressure)|when(?:ever)? you have (?:a )?(?:time|minute)"
    r"|thanks in advance|thank you in advance|asap|it is urgent|urgent|quick question|one question|a question"
    r"|long story|weird|strange|odd|funny|help|sorry to bother(?: you)?)\W*",
    re.IGNORECASE,
)
_MEANT = re.compile(r"\b(?:i|we) (?:mean|meant)\b|\bones?\b|\bof them\b", re.IGNORECASE)
_IT = re.compile(r"\b(?:it|its|they|them|their)\b", re.IGNORECASE)
_JOINT = re.compile(r"^(?:and|but|so)\s+", re.IGNORECASE)
_MARKS = ",.:;!?\"'`()"
_THERE = re.compile(r"\b(?:in |over |up |down )?there\b(?=\W*$|[,.;?!]| (?:please|now|pls)\b)", re.IGNORECASE)
_NO_QUESTION = frozenset({"", "change", "hello", "thanks", "meaning", "help"})
_WHOLE = frozenset({
    "overview", "events", "whoami", "where-am-i", "kinds", "clusters", "top", "explain", "can-i", "who-can",
})  # fmt: skip
"""What is asked of the whole as well."""


def without_chatter(text: str, directory: Directory) -> str:
    """What is asked, without the sentences beside it that name nothing; the text as it is where there are none.

    Args:
        text: what was said.
        directory: what lives in the cluster.
    """
    if len(text) > _LONGEST or "\n" in text.strip():
        return text
    text = _settled(text, directory)
    masked = _QUOTED.sub(lambda match: "·" * len(match[0]), text)
    cuts = list(_CUT.finditer(masked))
    if not 0 < len(cuts) < _MOST_PARTS or is_question(text, directory):
        return text
    edges = [0, *(cut.end() for cut in cuts)]
    spans = list(zip(edges, [*(cut.end() for cut in cuts), len(text)], strict=True))
    kept = [at for at, (start, end) in enumerate(spans) if not _is_chatter(masked[start:end], directory)]
    if not kept or len(kept) == len(spans) or kept != list(range(kept[0], kept[-1] + 1)):
        return text
    asked = _JOINT.sub("", text[spans[kept[0]][0] : spans[kept[-1]][1]].strip(" ,;:-–—"))
    beside = [masked[start:end] for at, (start, end) in enumerate(spans) if at not in kept]
    if _IT.search(asked) and any(_is_thing(word, directory) for each in _QUOTED.findall(text) for word in _words(each)):
        return text
    return asked if _asks(asked, beside, directory) else text


def without_ceremony(text: str, directory: Directory) -> str:
    """A very polite question without its beginning: `would you happen to know why web is down?`; else the text."""
    match = _CEREMONY.match(text)
    rest = text[match.end() :] if match is not None else ""
    if not rest or MoodReader(directory, phrases()).speaks_of_change([rest]):
        return text
    return text if parse(rest, directory).verb in _NO_QUESTION else rest


def _settled(text: str, directory: Directory) -> str:
    """The text with the only namespace that it names in place of the `there` of its last words."""
    found = [*_THERE.finditer(text)]
    if not found:
        return text
    match = found[-1]
    before = _words(text[: match.start()])
    spaces = {word for word in before if word in directory.namespaces}
    clause = _words(_CUT.split(text[: match.start()])[-1])
    if len(spaces) != 1 or spaces.intersection(clause) or not MoodReader(directory, phrases()).reads(" ".join(clause)):
        return text
    return f"{text[: match.start()]}in {spaces.pop()}{text[match.end() :]}"


def _words(text: str) -> list[str]:
    return [word.strip(_MARKS).lower() for word in text.split()]


def _is_chatter(part: str, directory: Directory) -> bool:
    """Whether a part of a text only tells something, and of nothing that lives here but a namespace."""
    if _ASIDES.fullmatch(part):
        return True
    words, subject = _words(part), _SUBJECT.match(part)
    if subject is None or part.rstrip().endswith("?") or len(words) < 3:
        return False
    name = (subject["name"] or "").lower()
    if name and (name in GRAMMAR or phrases().moods.change.match(name)):
        return False
    if name and not subject["name"][0].isupper() and not _TELLS.fullmatch(words[1]):
        return False
    if any(_is_thing(word, directory) for word in words) or _narrows(part, directory):
        return False
    moods = MoodReader(directory, phrases())
    return _TELLS.search(part, subject.end() - 1) is not None and not (moods.reads(part) or moods.asks(part))


def _narrows(part: str, directory: Directory) -> bool:
    """Whether it says which, how many, or in what order: `the last ten lines are enough`, `I mean the pending ones`."""
    details = parse(part, directory).details
    said = (details.limit, details.tail, details.sort, details.group_by, details.grep, details.container, details.node)
    return any(said) or _MEANT.search(part) is not None


def _is_thing(word: str, directory: Directory) -> bool:
    return word in directory.kind_words or any(ref.kind != "namespaces" for ref in directory.find(word))


def _asks(text: str, beside: list[str], directory: Directory) -> bool:
    """Whether what is left asks for something by itself, and where, if what is left out says a place."""
    asked = parse(text, directory)
    is_named = any(name in directory for name in asked.names)
    is_placed = asked.namespace is not None or is_named
    says_place = any(word in directory.namespaces for part in beside for word in _words(part))
    is_about = is_named or asked.kind or asked.namespace is not None or asked.points or asked.verb in _WHOLE
    return asked.verb not in _NO_QUESTION and bool(is_about) and (is_placed or not says_place)
