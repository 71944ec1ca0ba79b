"""What a sentence that is no wish does with change: it asks to see, denies, asks how, supposes, tells of the past."""

import re
from collections.abc import Sequence

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.clauses import QUOTE, clause_of
from kubegenie_tui.genie.wishes.phrases import Phrases

_LONGEST_CONTEXT = 14
"""Words of a sentence beside a wish that only gives a reason for it."""

_ASKED = re.compile(r"\?[\s!?.…)]*$")
_SOMEBODY = re.compile(
    r"\b(?:i|we|you|one|somebody|someone|to|possible|commands?|harm|risk|danger|point|sense)\b", re.IGNORECASE
)

_ARTICLE = re.compile(r"^(?:the|our|my) ", re.IGNORECASE)
_SINCE = re.compile(r"\bsince (?:the|our|my|its|a|last) (?:\d\S* )?\S+(?: (?:of|at|around|on) \S+)?", re.IGNORECASE)
"""Tells since when something is so, which puts nothing off."""

NO = "You said not to, so I propose nothing."
QUESTION = "Say what you want, such as `scale checkout to 3`: I show what it would do, and you decide."
LOGGED = "That reads like a line of a log, which is data: I propose nothing from it."
FRAMED = "That is a quotation, or said to somebody else, so I propose nothing. Say it without that to have it proposed."
LATER = "I propose what is to be done now, with no condition, to objects that you name: `restart checkout in staging`."


def ends_as_question(text: str, language: Phrases) -> bool:
    """Whether it ends with a question mark and no word of it is polite: `kubectl delete pod web-0?`."""
    return _ASKED.search(text) is not None and not language.asks_politely.search(text)


def without_names(text: str, directory: Directory) -> str:
    """A text with a dot for each name of a live thing, which is no grammar."""
    return " ".join(word if word.strip(".,").lower() not in directory else "·" for word in text.split())


def _is_left_over(bare: str, sentence: str, directory: Directory, change: re.Pattern[str]) -> bool:
    """Whether it names a live thing to be changed, at once or behind a colon, though it is no wish by itself."""
    _, _, rest = sentence.partition(": ")
    if rest and " " in rest and change.search(rest):
        return True
    words = [word.strip("'\",.").lower() for word in bare.split()]
    is_order = bool(words) and change.match(f"{words[0]} ") is not None
    return is_order and not words[0].endswith("s") and any(word in directory for word in words[1:])


class MoodReader:
    """Judges sentences with the live names in mind, which are no grammar."""

    def __init__(self, directory: Directory, language: Phrases) -> None:
        self._directory = directory
        self._language = language

    def reads(self, sentence: str) -> bool:
        """Whether a sentence asks to see something."""
        return bool(
            self._language.moods.reads.match(sentence)
            or self._language.moods.reads.match(clause_of(sentence, self._language).text)
        )

    def forbids(self, sentence: str) -> bool:
        """Whether it says no more than not to: `no, don't do it`."""
        return self._language.moods.nay.fullmatch(sentence.strip(" .!,")) is not None

    def leaves(self, sentence: str) -> bool:
        """Whether it says no more than to leave something as it is: `leave it`."""
        moods = self._language.moods
        return bool(moods.denies.match(sentence) or moods.nay.fullmatch(sentence.strip(" .!,")))

    def asks_how(self, sentence: str) -> bool:
        """Whether it asks how somebody does something, or what would come of it."""
        how_to, bare = self._language.moods.how_to, clause_of(sentence, self._language).text
        return bool((how_to.match(sentence) or how_to.match(bare)) and _SOMEBODY.search(sentence))

    def is_doubtful(self, sentence: str) -> bool:
        """Whether what reads like a wish is denied, supposed, for later, a question, or only names a change."""
        bare, moods = clause_of(sentence, self._language).text, self._language.moods
        masked = self._masked(bare)
        if moods.negated.search(masked) or moods.supposes.search(masked) or moods.waits.search(masked):
            return True
        return self._only_names(sentence, bare) or moods.asks.match(bare) is not None

    def _only_names(self, sentence: str, bare: str) -> bool:
        is_asked = self._language.asks_politely.search(sentence) or self._language.moods.wants.search(sentence)
        return self._language.moods.named.fullmatch(bare) is not None and not is_asked

    def why_not(self, told: Sequence[str]) -> str:
        """Why nothing is proposed, as a sentence."""
        moods = self._language.moods
        for sentence in told:
            bare = clause_of(sentence, self._language).text
            if moods.denies.match(sentence) or moods.negated.search(self._masked(sentence)):
                return NO
            if moods.how_to.match(sentence) or moods.asks.match(bare) or moods.supposes.match(bare):
                return QUESTION
        return LATER

    def spoils(self, sentence: str, *, after: bool) -> bool:
        """Whether a sentence that is no wish takes back, or makes doubtful, the wishes beside it."""
        bare = clause_of(sentence, self._language).text
        amen = self._language.amen
        if not re.search(r"\w", bare) or amen.fullmatch(bare) or amen.fullmatch(sentence.strip(" .!")):
            return False
        moods = self._language.moods
        masked = _SINCE.sub("", self._masked(sentence))
        if after or moods.negated.search(masked) or _is_left_over(bare, sentence, self._directory, moods.change):
            return True
        is_polite = self._language.polite.sub("", f"{bare}, .") == "."
        if not is_polite and (moods.supposes.search(masked) or moods.waits.search(masked)):
            return True
        return QUOTE in sentence or bool(moods.told.search(sentence)) or len(sentence.split()) > _LONGEST_CONTEXT

    def are_plain(self, parts: Sequence[str]) -> bool:
        """Whether none of the parts of a text denies, supposes, waits, asks how, or tells of what is over."""
        moods = self._language.moods
        for part in parts:
            bare, masked = clause_of(part, self._language).text, self._masked(part)
            anywhere = (moods.negated, moods.supposes, moods.waits, moods.past)
            if moods.denies.match(part) or moods.how_to.match(bare) or any(each.search(masked) for each in anywhere):
                return False
        return True

    def states(self, text: str) -> bool:
        """Whether it tells, in words of no one else, in what state something is."""
        moods = self._language.moods
        text = moods.since.sub("", text)
        text = moods.fails.sub(" fails", text) if self.tells_of_failure(text) else text
        is_told = moods.told.search(text) or moods.asks.match(text) or QUOTE in text
        is_plain = self.are_plain([text]) and self._opens_plainly(text)
        return is_plain and not is_told and moods.states.search(text) is not None

    def _opens_plainly(self, text: str) -> bool:
        """Whether all words before what it is about are known: `provided web is slow` is a condition."""
        words, moods = self._language.words, self._language.moods
        for each in clause_of(text, self._language).text.lower().split():
            word = each.strip("'\",.")
            if word in self._directory or word in words.pronouns or moods.states.fullmatch(word):
                return True
            if word not in words.openers and word not in self._directory.kind_words:
                return False
        return True

    def is_listed(self, text: str, told: Sequence[str]) -> bool:
        """Whether a text is cut into sentences as what is pasted is, more often than what is said."""
        return "\n" in text.strip() or (";" in text and not all(self.states(each) for each in told[:-1]))

    def is_question(self, text: str) -> bool:
        """As `ends_as_question`."""
        return ends_as_question(text, self._language)

    def asks(self, part: str) -> bool:
        """Whether it is a question, and no request."""
        return self._language.moods.asks.match(clause_of(part, self._language).text) is not None

    def speaks_of_change(self, told: Sequence[str]) -> bool:
        """Whether any sentence has a word for changing something."""
        return any(self._language.moods.change.search(sentence) for sentence in told)

    def is_withheld(self, told: Sequence[str], quoted: Sequence[str]) -> bool:
        """Whether a change is spoken of that is not wished for: denied, asked about, supposed, over, or quoted."""
        if any(self.reads(each) and not self._language.moods.how_to.match(each) for each in told[1:]):
            return False
        is_read = self.reads(told[0]) and not self._language.moods.how_to.match(told[0])
        if is_read and len(told) > 1 and all(self.leaves(each) for each in told[1:]):
            return False
        if any(self._withholds(sentence) for sentence in told):
            return True
        return not is_read and any(" " in each and self._language.moods.change.search(each) for each in quoted)

    def _withholds(self, sentence: str) -> bool:
        if not self._language.moods.change.search(sentence) or self.tells_of_failure(sentence):
            return False
        how_to = self._language.moods.how_to
        if how_to.match(sentence) or how_to.match(clause_of(sentence, self._language).text):
            return True
        if self.reads(sentence) or sentence.split()[0].lower() in self._directory.kind_words:
            return False
        masked, moods = self._masked(sentence), self._language.moods
        return bool(
            moods.denies.match(sentence)
            or moods.told.search(sentence)
            or moods.negated.search(masked)
            or moods.supposes.search(masked)
            or moods.past.search(masked)
            or moods.waits.search(masked)
        )

    def tells_of_failure(self, sentence: str) -> bool:
        """Whether it tells that something live does not do what it should: `web won't start`."""
        match = self._language.moods.fails.search(sentence)
        subject = _ARTICLE.sub("", sentence[: match.start()]).split() if match else []
        return bool(subject) and subject[0].lower() in self._directory

    def _masked(self, sentence: str) -> str:
        """The sentence without the names of live things, and without values, which are data."""
        return " ".join(
            "·" if at and ("=" in word or word.strip(",.").lower() in self._directory) else word
            for at, word in enumerate(sentence.split())
        )
