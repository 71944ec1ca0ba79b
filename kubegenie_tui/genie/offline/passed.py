"""Words that narrow a question and of which nothing was made: they are told, and never passed over in silence."""

from collections.abc import Sequence

from kubegenie_tui.genie.offline.words import Said, phrase

_LOOKS = frozenset({"list", "count", "top", "logs", "events", ""})
_TAKEN = "·"
_CUES = tuple(
    map(
        phrase,
        (
            r"(?:more|fewer|less|greater|higher|lower|bigger|larger|smaller) than \S+(?: (?!in |on |of |and )[a-z]+)?",
            r"(?:exactly|at least|at most|over|under|above|below) \d\S*(?: (?!in |on |of |and )[a-z]+)?",
            r"between \S+ and \S+",
            r"(?:since|until|till|before|after|around|from|at) \d[\w:.]*",
            r"(?:not|never|nor|neither|without) (?!·)\S+",
            r"or (?!not |so |what |is |are |no |just |both )\S+",
            r"(?:have|has|with|got) no \S+",
            r"(?:second|third|fourth|fifth)(?= ·)",
            r"(?:this|last|next) (?:week|month|year)",
            r"every (?:minute|hour|day|night|week|month)",
        ),
    )
)


def passed_over(said: Said, verb: str, names: Sequence[str]) -> str:
    """Those words of a question that are left of it, and were to narrow it; empty where there are none."""
    if verb not in _LOOKS or (names and not verb):
        return ""
    found = [match[0] for cue in _CUES if (match := cue.search(said.text)) is not None]
    told = (" ".join(said.unquoted(word) for word in each.split() if word != _TAKEN) for each in found)
    return ", ".join(told)
