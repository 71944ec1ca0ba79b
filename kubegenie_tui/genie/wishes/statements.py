"""What only tells why, around what is asked for: `the sky is clear, resume flat-fields`, `restart web. It is slow`.

A part that is left out has to be a plain statement from its first word to its last: anything that could take back, put
off, doubt or quote what stands beside it makes it none.
"""

import operator
import re
from collections.abc import Sequence

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.clauses import QUOTE, sentences
from kubegenie_tui.genie.wishes.moods import MoodReader, without_names
from kubegenie_tui.genie.wishes.phrases import Phrases
from kubegenie_tui.genie.wishes.reasons import Reasons
from kubegenie_tui.genie.wishes.topics import joined

_LONGEST = 600
"""Characters; a longer text is no request."""
_LONGEST_STATEMENT = 22
"""Words."""
_ENDS = re.compile(
    r"((?<=[\w)%\"'`\ue000])[.!?;…]+(?=\s|$)|[,:](?=\s)|\s(?=so (?:please|pls|can you|could you"
    r"|restart|scale|delete|rm|remove|roll|drain|cordon|uncordon|suspend|resume|trigger|undo|label|expose|run|put|set"
    r"|bump|raise|lower|give|turn|switch|stop|start|kick|kill|bounce|upgrade|update|add|mark|double|revert)\b)"
    r"|\s(?:\.{2,}|…)\s|\s[-–—]+\s|\s:-?[()]|\s(?=because\s))"
)
_ARGUMENT = re.compile(r"(?<![\w-])\d|=|->")
"""A number or a pair, which may be what is to be set."""
_FULL_STOP = re.compile(r"[.!]")
_SO = re.compile(r"\s*so\b", re.IGNORECASE)
_BE = re.compile(r"is|are|was|were|gets?|got|very|so|too|really|looks?|seems?|feels?|goes|went", re.IGNORECASE)
"""What stands after one is no name, but tells how something is."""
_PART = re.compile(
    r"\b(?:variables?|vars?|env|environment|labels?|annotations?|limits?|requests?|keys?|taints?|images?|containers?"
    r"|sidecars?|volumes?|ports?|finalizers?|arguments?|fields?|entry|entries)\b",
    re.IGNORECASE,
)
"""What is but a part of an object, and may be what `it` stands for."""
_GOES = re.compile(
    r"\b(?:delet|remov|drop|tak(?:e|ing)|get(?:ting)? rid|kill|throw|clear|unset|purg|wip|nuk)\w*.*"
    r"\b(?:it|them|that|this|those|these|one)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:the |an? |our |rolling |rollout |quick )*(?:restart|rollback|reboot|drain|removal|deletion|scaling"
    r"|update|upgrade) (?:of|for|on)\b(?!.*\b(?:please|pls|plz)\b)",
    re.IGNORECASE,
)
"""A change that is only named: `restart of web: Thursday suits me`."""
_OURS = re.compile(r"(?:i|we)\b", re.IGNORECASE)
_THEN = re.compile(r"(?<!before )(?<!by )\bthen\W*(?:please|pls)?\W*$", re.IGNORECASE)
"""Makes a condition of what stands before."""
_INTRODUCES = re.compile(r"\b(?:this|that|these|it|following|below)\b", re.IGNORECASE)
"""Before a colon: what follows is shown, and not asked for."""
_LEFT_OVER = " ,.!;-–—:()"


def _is_own(end: str, part: str) -> bool:
    """Whether a polite request must be the speaker's own: it follows from what stands before, or is a new sentence."""
    return bool(_FULL_STOP.search(end) or _SO.match(part))


def _may_be_cut(text: str) -> bool:
    """Whether a text is one line of a request, with nothing quoted in it."""
    return len(text) <= _LONGEST and "\n" not in text.strip() and not {QUOTE, '"', "`"} & {*text}


def _cut(text: str) -> list[tuple[str, str]]:
    """The parts of a text, each with what it ends with."""
    parts = _ENDS.split(" ".join(text.split()))
    return [(part, end) for part, end in zip(parts[::2], [*parts[1::2], ""], strict=True) if part.strip(_LEFT_OVER)]


class Statements:
    """Takes plain statements off what is asked for."""

    def __init__(self, directory: Directory, language: Phrases) -> None:
        self._directory = directory
        self._language = language
        self._moods = MoodReader(directory, language)

    def without(self, text: str) -> list[str]:
        """What is asked for, after a sentence about the one thing that the statements speak of; empty where none is."""
        if not _may_be_cut(text):
            return []
        pairs = _cut(text)
        told, asked = self._parted(pairs, self._told(pairs))
        return [*(self._about(told) or self._all_of(told)), asked] if asked else []

    def without_talk(self, text: str) -> list[str]:
        """As `without`, where longer talk stands around what is asked for."""
        if not _may_be_cut(text):
            return []
        reasons = Reasons(self._directory, self._language)
        pairs = _cut(reasons.without_asides(text))
        talk = reasons.told(pairs)
        told, asked = self._parted(pairs, [*map(operator.or_, talk, self._told(pairs))])
        return [*self._about(told), asked] if asked and any(talk) else []

    def _parted(self, pairs: Sequence[tuple[str, str]], is_told: Sequence[bool]) -> tuple[list[str], str]:
        """What is told, and what is asked for beside it; empty where nothing is, or where one is a condition."""
        told = [part.strip() for (part, _), is_one in zip(pairs, is_told, strict=True) if is_one]
        asked = "".join(f"{part}{end}" for (part, end), is_one in zip(pairs, is_told, strict=True) if not is_one)
        is_none = not told or not asked.strip(_LEFT_OVER) or _THEN.search(asked)
        is_of_part = _GOES.search(asked) is not None and any(_PART.search(each) for each in told)
        is_named = _NAMED.match(asked.strip()) is not None or asked.rstrip().endswith(":")
        around = " ,;-–—:" if "(" in asked else " ,;-–—:()"
        return told, "" if is_none or is_of_part or is_named else asked.strip(around)

    def _told(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """Which parts are statements; of what stands before a polite request or a question, less is asked."""
        tells = self._language.statements
        is_told = [self._is_statement(part, end, tells.plain) for part, end in pairs]
        at = next((at for at, (part, _) in enumerate(pairs) if tells.polite.search(part)), 0)
        is_sure = at > 0 and _is_own(pairs[at - 1][1], pairs[at][0])
        if all(
            self._is_statement(part, end, tells.before, before=True) or (is_sure and self._leads(part, end))
            for part, end in pairs[:at]
        ):
            is_told[:at] = [True] * at
        reads = [self._only_reads(part) for part, _ in pairs]
        if not any(is_told) and any(reads):
            loosely = [self._is_statement(part, end, tells.plain, beside_question=True) for part, end in pairs]
            is_told = loosely if all(map(operator.or_, loosely, reads)) else is_told
        return is_told

    def _about(self, told: Sequence[str]) -> list[str]:
        """A sentence about the only live thing that is spoken of."""
        named = list(dict.fromkeys(name for each in told for name in self._spoken_of(each.lower().split())))
        spaces = [word for each in told for word in each.lower().split() if word in self._directory.namespaces]
        return [" in ".join((f"describe {named[0]}", *spaces[:1]))] if len(named) == 1 else []

    def _all_of(self, told: Sequence[str]) -> list[str]:
        """The statements themselves, where they speak of several things together."""
        text = ", ".join(told)
        return [text] if joined(text, self._directory) is not None else []

    def _spoken_of(self, words: Sequence[str]) -> list[str]:
        """Live names that are no part of another one, as in `the web team`, and no grammar."""
        known, follows = self._language.words, self._language.statements.follows
        grammar = known.verbs | known.fillers | known.pronouns | self._language.too_much | self._directory.namespaces
        found = []
        for at, word in enumerate(each.strip(".,:;'").removesuffix("'s") for each in words):
            after = words[at + 1] if at + 1 < len(words) else ""
            is_whole = not after or after in self._directory.kind_words or follows.fullmatch(after)
            is_state = at > 0 and _BE.fullmatch(words[at - 1]) is not None
            if word in self._directory and word not in grammar and is_whole and not is_state:
                found.append(word)
        return found

    def _only_reads(self, part: str) -> bool:
        """Whether it asks to see something, and has no word for a change."""
        part = part.strip(_LEFT_OVER)
        return self._moods.reads(part) and not self._moods.speaks_of_change([part])

    def _leads(self, part: str, end: str) -> bool:
        """Whether it can only be said of the request behind it: no condition, no order, no words of somebody else."""
        text, moods = part.strip(_LEFT_OVER), self._language.moods
        bare = self._language.statements.leads.sub("", text).strip()
        if "?" in end or ":" in end or not bare or len(text.split()) > _LONGEST_STATEMENT:
            return False
        masked = without_names(bare, self._directory)
        if any(each.search(masked) for each in (self._language.statements.quotes, moods.told, moods.supposes)):
            return False
        denies = moods.denies.match(bare) is not None and _OURS.match(bare) is None
        return not (denies or self._moods.reads(bare)) and not any(
            each.match(bare) for each in (moods.asks, moods.change, moods.waits, moods.how_to)
        )

    def _is_statement(
        self, part: str, end: str, plain: re.Pattern[str], *, before: bool = False, beside_question: bool = False
    ) -> bool:
        """Whether it only tells something.

        Args:
            part: a part of a text.
            end: what it ends with.
            plain: the form of a statement.
            before: it stands before a polite request, which nothing in it can take back.
            beside_question: what is asked is to see something, whatever was changed before.
        """
        told, _ = sentences(part)
        text = " ".join(told)
        if "?" in end or len(told) != 1 or len(text.split()) > _LONGEST_STATEMENT:
            return False
        moods, tells = self._language.moods, self._language.statements
        bare = tells.leads.sub("", text.strip(" ,")).strip()
        if tells.surely.fullmatch(bare):
            return True
        if ":" in end and not (before and not _INTRODUCES.search(text)):
            return False
        bare = moods.since.sub("", bare)
        masked = without_names(bare, self._directory)
        doubts = [moods.told, tells.spoils] if before else [moods.told, tells.spoils, tells.spoils_behind, moods.waits]
        doubts = [*doubts, self._language.talk.quotes] if not beside_question else []
        if any(each.search(masked) for each in doubts) or moods.asks.match(bare) or moods.supposes.search(text):
            return False
        is_safe = before or beside_question
        if not is_safe and (_ARGUMENT.search(text) or moods.change.search(tells.harmless.sub("", masked))):
            return False
        if moods.change.match(bare) or self._moods.reads(bare):
            return False
        return plain.fullmatch(bare) is not None
