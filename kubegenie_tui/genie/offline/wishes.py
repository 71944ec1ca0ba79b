"""What is said to a wish for change of which not every word was understood: nothing is proposed on half of them."""

import re

from kubegenie_tui.genie.offline.grammar import CHANGES, YES
from kubegenie_tui.genie.offline.words import Said, phrase
from kubegenie_tui.genie.wishes.moods import NO, QUESTION

DECIDE = "I cannot say yes for you: where a change is proposed above, press 1 to look at it and decide."
ONE_AT_A_TIME = (
    "I propose one change at a time, to objects that you name, with no condition: `restart checkout in staging`."
)
NOT_MINE = (
    "I can propose to scale, restart, roll back, pause, resume, label, annotate, expose, autoscale, create, apply, "
    "patch and delete, to set an image, environment variables, requests or limits, to suspend, trigger and retry jobs, "
    "and to cordon, drain and taint nodes. For the rest there are keys: `.` on a row lists what can be done with it."
)
REFUSED = frozenset({NO, QUESTION, DECIDE, ONE_AT_A_TIME})
"""Replies to what was understood, and is not to be done."""
_YES = phrase(rf"^(?:{YES})$")
_NOT = phrase(r"^(?:do not|never|not|don't)")
_ASKS = re.compile(
    r"\s*(?:and |so |but )?(?:can|may|could|might|should|must|shall|do|does|is|are|was|would|will|did)\s+"
    r"(?:i|we|it|they|he|she|one|anyone|someone)\b"
    r"|\s*(?:how|what|why|when|which|who|where)\b",
    re.IGNORECASE,
)
_TOO_MUCH = phrase(
    r"all|every|everything|everyone|each|both|any|except|but|besides|other than|unless|if|when|until|once|after"
    r"|before|then|or|not|without|instead|never|half|most|some"
    rf"|and (?:also |please )?(?:{CHANGES})(?= )"
)
_HINTS = tuple(
    (phrase(pattern), hint)
    for pattern, hint in (
        (r"^(?:auto-?scale)", "Between how many replicas? For example: `autoscale checkout from 2 to 6 at 80%`."),
        (r"^(?:scale|upscale|downscale)", "To how many replicas? For example: `scale checkout to 3`."),
        (r"(?:memory|mem|ram|cpu) (?:limits?|requests?)",
         "To how much? For example: `set memory limit of checkout to 512Mi`."),
        (r"^expose", "On which port? For example: `expose checkout on port 80`."),
        (r"^(?:label|add label)", "With what? For example: `label pod web-0 team=payments`; `team-` takes it away."),
        (r"^annotate", "With what? For example: `annotate pod web-0 note=checked`; `note-` takes it away."),
        (r"^(?:un)?taint", "With what? For example: `taint node-1 dedicated=gpu:NoSchedule`; "
                           "`dedicated-` takes it away."),
        (r"^(?:set|change|update)(?: the)? (?:image|version|tag)",
         "To which image? For example: `set image of checkout to shop/checkout:2.1`."),
        (r"^(?:create|make|add)",
         "Say its kind, its name and where: `create deployment web with image nginx:1.29 in shop`."),
        (r"^apply", "Paste what is to be applied behind it: `apply this:` and the YAML."),
        (r"^patch",
         "Name the object and the patch: `patch deployment web with {\"spec\": {\"minReadySeconds\": 10}}`."),
    )
)  # fmt: skip


def reply_to(said: Said) -> str:
    """Why nothing is proposed, and how to say it."""
    if said.has(_YES):
        return DECIDE
    if said.has(_NOT):
        return NO
    if _ASKS.match(said.raw):
        return QUESTION
    if said.has(_TOO_MUCH):
        return ONE_AT_A_TIME
    return next((hint for pattern, hint in _HINTS if said.has(pattern)), NOT_MINE)
