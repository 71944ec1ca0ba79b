"""A sentence in a form that can be matched: lower case, one space between words, contractions and politeness undone."""

import re

QUOTE = "\ue000"
"""Stands before the number of a quoted text, which is a name or data and never grammar."""

_QUOTED = re.compile(r"""(?<![\w])(?:"([^"]+)"|'([^']+)'|`([^`]+)`|“([^”]+)”)(?![\w])""")
_SORT_PATH = re.compile(r"""(--sort-by)[ =]['"]?\{?(?:[.\w]|\[[\d*]+\])*\.(\w+)\}?['"]?(?!\S)""")
"""How kubectl is told an order, `'{.status.containerStatuses[0].restartCount}'`: we call it by its last field."""
_CONTRACTIONS = (
    (r"\b(?:can't|cannot|cant)\b", "can not"),
    (r"\bwon'?t\b", "will not"),
    (r"n't\b", " not"),
    (r"\b(do|does|did|is|are|was|were|has|have|should|would|could)nt\b", r"\1 not"),
    (r"\b(what|who|where|how|why|when|that|it|there|here)'s\b", r"\1 is"),
    (
        r"\b(what|who|where|how|why|that)s\b"
        r"(?= (?:up|a|an|broken|inside|in|not|running|failing|down|wrong|the|going|with|my|this|that))",
        r"\1 is",
    ),
    (r"\b(you|we|they)'re\b", r"\1 are"),
    (r"\bwhatever (?=is|are)", "everything that "),
    (r"(?<= )w/(?!o\b) ?(?=\w)", "with "),
    (r"(?<=\bwrong )w(?= )", "with"),
    (r"^\s*ls (?=[a-z])", "list "),
    (
        r"^\s*(?:(?:docker|podman|nerdctl|crictl)(?:[- ]compose)?|docker container) (?:ps|ls)\b(?: -\w+)*",
        "list pods",
    ),
    (r"^\s*(?:docker|podman|nerdctl|crictl)(?:[- ]compose)? stats\b", "top pods"),
    (r"^\s*(?:docker|podman|nerdctl|crictl)(?:[- ]compose)? (?=logs |inspect |images\b|events\b)", ""),
    (r"^\s*docker (node|service|volume|config|secret) (?:ls|list)\b", r"list \1s"),
    (r"^\s*helm (?:history|hist) (?=\S)", "rollout history of "),
    (r"^\s*oc projects\b", "list namespaces"),
    (
        r"^\s*((?:(?:list|show|get|which|what|all|any|the|me|our|are there|do we have) +)*)"
        r"(load ?balancer|node ?port)s\b",
        r"\1services of type \2",
    ),
    (r"^\s*(?:(?:oc|kubectl|k) )?adm top\b", "top"),
    (r"^\s*(?:stern|kubetail|ktail|kail) (?=\S)", "follow logs of "),
    (r"^\s*(?:(?:oc|kubectl|k) )?(get|list|show) all\W*$", r"\1 all pods"),
    (r"^\s*(?:cnt|nr of) (?=[a-z])", "count "),
    (r"\bctx\b", "context"),
    (
        r"^.{0,60}?\b(?:wants?|needs?|likes?|ha(?:ve|s)) to (?:know|find out|see|understand|learn)"
        r" (?=(?:who|what|which|why|where|how (?:many|much|often|long))\b)",
        "",
    ),
    (
        r"[,.?!;]+ +(?:the )?(?:(?:first|top) )?(\d+|two|three|four|five|six|seven|eight|nine|ten|twenty)(?: of them)?"
        r" (?:is|are|will be|would be) (?:enough|plenty|sufficient|fine)\W*$",
        r" first \1",
    ),
    (
        r"[.?!] +(?:i (?:only |just )?(?:need|want) )?(?:only |just )?(?:the )?(first|top|last)"
        r" (\d+|two|three|four|five|six|seven|eight|nine|ten|twenty)(?: of them| ones?)?\W*$",
        r" \1 \2",
    ),
    (
        r"[,.?!;]+ +(?:just |only )?(?:the )?(?:last|latest) (\d+|ten|twenty|fifty|hundred) lines?"
        r" (?:is|are|will be|would be|will do|would do|suffices?)(?: enough| plenty| sufficient| fine)?\W*$",
        r" last \1 lines",
    ),
    (r",? while (?:i|we) (?:was|were) (?:away|out|asleep|gone|sleeping|off|on \w+|at \w+)\b", ""),
    (r"(?<=\S) as well(?=\W*$)", " too"),
    (r"\bimg pull err(?:or)?s?\b", "image pull errors"),
    (r"^\s*wtf (?=is|are|happened|went)", "what "),
    (r"\brollout hist\b", "rollout history"),
    (r"\bprev\b(?= (?:logs?|container|pod|run|instance|ones?)\b)", "previous"),
    (r"^\s*hm (?=\w+ (?:do|are|is|does|in|have)\b)", "how many "),
    (r"^\s*wats\b", "what is"),
    (r"(?<=\w),? because (?:i|we) .*$", ""),
    (r"^\s*hows (?=the |my |our |cluster)", "how is "),
    (r"\bthats\b", "that is"),
    (r"\b(i|you|we|they)'(?:d|re|ve|ll|m)\b", r"\1"),
    (r"\bim(?= (?:\w+ing|done|not|in|on|at|just|new|back)\b)", "i"),
    (r"(?<=\S) rn(?=\W*$)", " right now"),
    (r"(?<!\S)[:;]-?[()]+(?!\S)", " "),
    (r"\b(?:lets|let's|let us)\b", "let us"),
    (r"\bgimme\b", "give me"),
    (r"\blemme\b", "let me"),
    (r"\bwanna\b", "want to"),
    (r"\bgonna\b", "going to"),
    (r"\bgotta\b", "have to"),
    (r"(?<=\w)'s\b", " "),
    (r"(?<=s)'(?= )", " "),
)
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100,
    "a hundred": 100, "a dozen": 12, "dozen": 12, "once": 1, "twice": 2, "thrice": 3,
}  # fmt: skip
_NUMBER_BEFORE = re.compile(
    rf"\b({'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?= (?:restarts?|times|minutes?|mins?|hours?"
    r"|days?|weeks?|seconds?|(?:log )?lines?|entries|pods?|nodes?"
    r"|replicas?|newest|oldest|latest|youngest|biggest|largest|most|worst|hungriest|busiest|heaviest"
    r"|hottest)\b)"
    r"|(?:(?<= top )|(?<= first )|(?<= last )|(?<= just )|(?<= only )|(?<= worst )|(?<= biggest )|(?<= highest )"
    r"|(?<= largest )|(?<= heaviest )|(?<= oldest )|(?<= newest )|(?<= latest ))"
    r"(two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)\b"
)
_POLITE = re.compile(
    r"^ (?:(?:hey|hi|hello|ok|okay|so|well|now|genie|kubegenie|please|pls|plz|kindly|just|quickly|and then|then"
    r"|also|maybe"
    r"|first(?:ly)?(?: of all| off)?(?= (?:tell|show|give|list|explain|describe|check|why|what|which|who|how) )"
    r"|(?:wait|hold on|hang on|sec|one sec)(?= (?:what|which|why|who|how|where|is|are|show|list|tell) )"
    r"|(?:tell|show|let) me(?: know)?(?= (?:who|which) )"
    r"|excuse me|sorry|thanks|(?:good )?(?:morning|evening)(?= (?:how|what|is|are|any|show|list) )"
    r"|hmm|um|uh|oh|right|alright|actually|basically"
    r"|(?:can|could|would|will|may|might) (?:you|(?:we|i)(?! (?:create|delete|update|patch|list|watch|edit|modify"
    r"|remove|exec|scale|restart|drain|cordon|evict|impersonate|deploy|write|get|read|access)"
    r" (?!the |an? |some |my |your |more |all |me |its |logs? |events? )))(?: please| kindly| maybe| just| quickly)?"
    r"|(?:it )?would be (?:really |so |very )?(?:great|nice|good|lovely|helpful|interesting|cool)"
    r" (?:to(?= (?:see|know|look|get|show|list|find))|if you could)"
    r"|would it be possible to|(?:would|do) you mind to"
    r"|for (?:the|our|my) \w+(?: on the \w+)?(?=(?: i| we) (?:need|want) )"
    r"|would you mind|do me a favou?r and|i (?:would |really )?(?:like|want|need|love|wish)(?: you)?(?: to)?"
    r"|i am trying to|i have to|you (?:should|must|can)|be so kind (?:and|as to)|is it possible to|it is possible to"
    r"|let us|let me|(?:can|could|would) (?:someone|somebody|anyone)|help me(?: to)?"
    r"(?= (?:see|understand|figure|know|debug|diagnose|list|find|show|get|look))|go ahead and|try to|we need to) )+"
)
_TWICE = re.compile(r"(?:(?<=more than )|(?<=at least ))(?:twice|once|thrice)\b")
_COMMAND = re.compile(
    r"^ (?:kubectl|oc|k)(?= )|(?<= )(?:-f|--follow|-w|--watch|--no-headers"
    r"|-o (?:wide|name|(?:jsonpath|go-template|custom-columns)=\S*))(?= )"
)
_END = re.compile(
    r"(?: (?:please|pls|plz|thanks|thank you|thx|for me|right now|now|at the moment|currently|exactly|then|again"
    r"|from now on|from here on"
    r"|if you can|if possible|asap|genie|kubegenie|quickly|or what|anyway|here|instead|though|tho))+ $"
)


class Said:
    """A sentence while it is being understood: what is understood is taken out of it."""

    def __init__(self, text: str) -> None:
        self.raw = text
        self.quotes: list[str] = []
        self.whole = ""
        """The same with its politeness."""
        self.text = self._normal(text)

    def _normal(self, text: str) -> str:
        text = text.replace(QUOTE, " ").replace("’", "'").replace("‘", "'")
        text = _QUOTED.sub(self._keep, _SORT_PATH.sub(r"\1=\2", text)).lower()
        for pattern, instead in _CONTRACTIONS:
            text = re.sub(pattern, instead, text)
        text = re.sub(r"(?:[?;()\[\]{}]|!(?!=))+|,(?![\w./-]+=)|[.:](?=\s|$)|(?<=\s)[.:](?=\s)", " ", f" {text} ")
        text = re.sub(r"\s+", " ", text)
        text = _TWICE.sub(lambda m: f"{_NUMBERS[m[0]]} times", text)
        text = _NUMBER_BEFORE.sub(lambda m: str(_NUMBERS[m[1] or m[2]]), text)
        self.whole = text
        text = _POLITE.sub(" ", text) if _POLITE.sub(" ", text).strip() else text
        text = _COMMAND.sub(" ", text)
        return _END.sub(" ", text) if len(text.split()) > 2 else text

    def _keep(self, match: re.Match[str]) -> str:
        self.quotes.append(next(group for group in match.groups() if group))
        return f" {QUOTE}{len(self.quotes) - 1} "

    def unquoted(self, word: str) -> str:
        """What a word stands for."""
        return self.quotes[int(word[1:])] if word.startswith(QUOTE) else word

    def cased(self, word: str) -> str:
        """A word as it was written, for what is no grammar: the value of a label, an image."""
        word, lowered = self.unquoted(word), self.raw.lower()
        place = lowered.find(word) if len(lowered) == len(self.raw) else -1
        return word if place < 0 else self.raw[place : place + len(word)]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first place where a pattern of `phrase` matches; it is taken out of the sentence."""
        match = pattern.search(self.text)
        if match is not None:
            self.text = f"{self.text[: match.start()]}·{self.text[match.end() :]}"
        return match

    def has(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern of `phrase` matches anywhere."""
        return pattern.search(self.text) is not None

    def words(self) -> list[str]:
        """What is left, word by word; `·` where something was taken out."""
        return self.text.split()


def phrase(pattern: str) -> re.Pattern[str]:
    """A pattern of whole words; `^` and `$` mean the whole sentence's ends."""
    pattern = pattern.replace("^", "(?<=^ )").replace("$", "(?= $)")
    return re.compile(rf"(?<= )(?:{pattern})(?= )")
