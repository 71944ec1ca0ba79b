"""What change a sentence wishes for: an operation and what was said about it, or why it is no wish to propose."""

import re
import shlex
from collections.abc import Callable

from kubegenie_tui.genie.offline.grammar import CHANGES, YES
from kubegenie_tui.genie.offline.intent import Wanted, Way
from kubegenie_tui.genie.offline.words import Said, phrase

NO = "You said not to, so I propose nothing."
DECIDE = "I cannot say yes for you: where a change is proposed above, press 1 to look at it and decide."
QUESTION = "Say what you want, such as `scale checkout to 3`: I show what it would do, and you decide."
ONE_AT_A_TIME = (
    "I propose one change at a time, to objects that you name, with no condition: `restart checkout in staging`."
)
NOT_MINE = (
    "I can propose to scale, restart, roll back, pause, resume, label, annotate, expose, autoscale and delete, to set "
    "an image, requests or limits, to suspend, trigger and retry jobs, and to cordon, drain and taint nodes. For the "
    "rest there are keys: `.` on a row lists what can be done with it."
)
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
_FLAG = phrase(r"-\S*")
_IGNORED = phrase(r"--ignore-daemonsets(?:=true)?|--record|--dry-run\S*|-y|--yes|-it?")
_NUMBERS = {
    "zero": "0", "none": "0", "nothing": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
}  # fmt: skip
_PODS = r"(?:replicas?|pods?|copies|instances?)"
_NUMBER = rf"(\d+|{'|'.join(_NUMBERS)})"
_REPLICAS = phrase(
    rf"(?:to|at|=|with|--replicas[= ])? ?{_NUMBER} {_PODS}|(?:to|at|--replicas) {_NUMBER}|--replicas={_NUMBER}"
)
_OF_REPLICAS = phrase(rf"(?:the )?(?:number of )?{_PODS}(?: count)?(?: of| for| in)?(?: the)?")
_SCALES = phrase(r"^(?:scale|upscale|downscale)(?: up| down| out| in)?(?: the)?")
_IMAGE = phrase(r"(?:the )?(?:container )?images?(?: of| for| in| to)?(?: the)?")
_TO_IMAGE = phrase(r"(?:to|with|=)(?: the)?(?: image| version)? (\S*[:/]\S*)")
_TO_ANY = phrase(r"(?:to|with|=)(?: the)?(?: image)? (\S+)")
_PAIR = phrase(r"([\w./-]+=\S*)")
_AWAY = phrase(r"([a-z0-9][\w./]*(?:-[\w./]+)*-)")
_CONTAINER = phrase(r"(?:of |in |for )?(?:the )?container (\S+)|-c (\S+)")
_RESOURCE = phrase(r"(?:the )?(memory|mem|ram|cpu) (limit|request)s?(?: of| for| in)?(?: the)?")
_METADATA = phrase(r"^(?:add |set |put )?(?:the |an? )?(label|annotat)(?:e|ion)?s?(?: to| on| of| for)?(?: the)?")
_METADATA_AWAY = phrase(
    r"^(?:remove|delete|drop|take)(?: away)?(?: the)? (label|annotation)s? (\S+)(?: away)?(?: from| of| on)?(?: the)?"
)
_REVISION = phrase(r"(?:to )?(?:the )?(?:revision|version|release) (\d+)|--to-revision[= ](\d+)")
_BEFORE = phrase(
    r"(?:to )?(?:the |its )?(?:previous|last|earlier|prior)(?: one| revision| version| release| image)?"
    r"|(?:to )?(?:the )?(?:revision|version|release|one) before"
)
_BOUNDS = phrase(
    r"(?:between|from) (\d+) (?:and|to) (\d+)(?: replicas| pods)?|--min[= ](\d+) --max[= ](\d+)|(?:to|with) (\d+)-(\d+)"
)
_PERCENT = phrase(r"(?:at |by )?(?:cpu )?(?:at )?(\d+) ?(?:%|percent)(?: cpu| of cpu)?|--cpu-percent[= ](\d+)")
_PORT = phrase(r"(?:on |at |with )?(?:the )?port (\d+)|--port[= ](\d+)")
_TAINTS = phrase(r"(?:with )?([\w./-]+(?:=[\w.-]*)?:[a-z]+-?)")
_LAST = phrase(r"([a-z0-9][\w./-]*)$")
_GRACE = phrase(r"--grace-period[= ](\d+)|--(now)")
_CASCADE = phrase(r"--cascade[= ](background|foreground|orphan)")
_FORCED = phrase(r"--force(?:=true)?|force(?:fully)?|by force")


def wanted(said: Said) -> Wanted:
    """The wish; its words are taken out of the sentence, so that names and places are left."""
    if said.has(_YES):
        return Wanted(reply=DECIDE)
    if said.has(_NOT):
        return Wanted(reply=NO)
    if _ASKS.match(said.raw):
        return Wanted(reply=QUESTION)
    while said.take(_IGNORED):
        pass
    found = next((way for way in (read(said) for read in _READERS) if way is not None), None)
    if found is None:
        return Wanted(reply=NOT_MINE)
    flag = _FLAG.search(said.text)
    if said.has(_TOO_MUCH):
        return Wanted(reply=ONE_AT_A_TIME)
    if flag is not None and not flag[0].startswith(("-n", "--namespace")):
        return Wanted(reply=f"I do not know {flag[0]}, so I propose nothing.")
    return found


def _first(match: re.Match[str]) -> str:
    return next(filter(None, match.groups()), "")


def _value(said: Said, pattern: re.Pattern[str]) -> str:
    match = said.take(pattern)
    return said.cased(_first(match)) if match else ""


def _image(said: Said) -> Wanted | None:
    named = said.has(_IMAGE)
    if not (named or said.has(_TO_IMAGE)):
        return None
    said.take(_VERB)
    said.take(_IMAGE)
    pair = said.take(_PAIR)
    if pair is not None:
        container, _, image = said.cased(pair[1]).partition("=")
        return Wanted((Way("image", {container: image}),))
    image = _value(said, _TO_IMAGE) or (_value(said, _TO_ANY) if named else "")
    container = _value(said, _CONTAINER)
    if not image:
        return Wanted(reply="To which image? For example: `set image of checkout to shop/checkout:2.1`.")
    return Wanted((Way("image", {container or "image": image}),))


def _resources(said: Said) -> Wanted | None:
    match = said.take(_RESOURCE)
    if match is None:
        return None
    said.take(_VERB)
    resource = "cpu" if match[1] == "cpu" else "memory"
    amount, container = _value(said, _TO_ANY), _value(said, _CONTAINER)
    if not amount:
        example = "500m" if resource == "cpu" else "512Mi"
        return Wanted(reply=f"To how much? For example: `set {resource} {match[2]} of checkout to {example}`.")
    given = {f"{resource}-{match[2]}": amount}
    return Wanted((Way("resources", given | ({"container": container} if container else {})),))


def _metadata(said: Said) -> Wanted | None:
    away = said.take(_METADATA_AWAY)
    if away is not None:
        return _pairs("label" if away[1] == "label" else "annotate", [f"{said.cased(away[2])}-"])
    match = said.take(_METADATA)
    if match is None:
        return None
    said.take(_WITH)
    pairs = []
    while pair := said.take(_PAIR) or said.take(_AWAY):
        pairs.append(said.cased(pair[1]))
    said.take(_LINKS)
    return _pairs("label" if match[1] == "label" else "annotate", pairs)


def _pairs(operation: str, pairs: list[str]) -> Wanted:
    if not pairs:
        return Wanted(reply=f"With what? For example: `{operation} pod web-0 team=payments`; `team-` takes it away.")
    return Wanted((Way(operation, {"pairs": shlex.join(pairs)}),))


def _scale(said: Said) -> Wanted | None:
    scales = said.take(_SCALES)
    if scales is None and not said.has(_REPLICAS_SAID):
        return None
    said.take(_VERB)
    match = said.take(_REPLICAS)
    said.take(_OF_REPLICAS)
    if match is None:
        match = said.take(_TO_NUMBER)
    if match is None or said.has(_BY):
        return Wanted(reply="To how many replicas? For example: `scale checkout to 3`.")
    number = _first(match)
    return Wanted((Way("scale", {"replicas": _NUMBERS.get(number, number)}),))


def _rollback(said: Said) -> Wanted | None:
    if said.take(_ROLLS_BACK) is None:
        return None
    revision = _value(said, _REVISION)
    said.take(_BEFORE)
    said.take(_BACK)
    return Wanted((Way("rollback", {"revision": revision} if revision else {}),))


def _autoscale(said: Said) -> Wanted | None:
    if said.take(_AUTOSCALES) is None:
        return None
    bounds, percent = said.take(_BOUNDS), _value(said, _PERCENT)
    if bounds is None:
        return Wanted(reply="Between how many replicas? For example: `autoscale checkout from 2 to 6 at 80%`.")
    least, most = (group for group in bounds.groups() if group)
    given = {"least": least, "most": most} | ({"cpu": percent} if percent else {})
    return Wanted((Way("autoscale", given),))


def _expose(said: Said) -> Wanted | None:
    if said.take(_EXPOSES) is None:
        return None
    port = _value(said, _PORT)
    if not port:
        return Wanted(reply="On which port? For example: `expose checkout on port 80`.")
    return Wanted((Way("expose", {"port": port}),))


def _taint(said: Said) -> Wanted | None:
    match = said.take(_TAINTS_NODE)
    if match is None:
        return None
    taints = []
    while taint := said.take(_TAINTS) or said.take(_AWAY):
        taints.append(said.cased(taint[1]))
    if not taints and match[0].startswith("un"):
        taints = [key] if (key := _value(said, _LAST)) else []
    if not taints:
        return Wanted(
            reply="With what? For example: `taint node-1 dedicated=gpu:NoSchedule`; `dedicated-` takes it away."
        )
    if match[0].startswith("un"):
        taints = [taint if taint.endswith("-") else f"{taint}-" for taint in taints]
    return Wanted((Way("taint", {"taints": shlex.join(taints)}),))


def _delete(said: Said) -> Wanted | None:
    forced = said.take(_FORCE_DELETES)
    if forced is None and said.take(_DELETES) is None:
        return None
    given: dict[str, str] = {}
    grace, cascade = _value(said, _GRACE), _value(said, _CASCADE)
    if said.take(_FORCED) or forced is not None or grace:
        given["grace"] = grace if grace.isdigit() else "1" if grace else "0"
    if cascade:
        given["propagation"] = cascade.capitalize()
    return Wanted((Way("delete", given),))


def _drain(said: Said) -> Wanted | None:
    if said.take(_DRAINS) is None:
        return None
    return Wanted((Way("drain", {"force": "yes"} if said.take(_FORCED) else {}),))


def _plainly(pattern: str, *ways: Way) -> Callable[[Said], Wanted | None]:
    """Verbs that need no more than a name."""
    compiled = phrase(pattern)

    def read(said: Said) -> Wanted | None:
        return Wanted(ways) if said.take(compiled) else None

    return read


_VERB = phrase(rf"^(?:{CHANGES})(?: the)?")
_WITH = phrase(r"with")
_BACK = phrase(r"back")
_BY = phrase(r"by")
_LINKS = phrase(r"and(?= (?:·|and)|$)|with")
_TO_NUMBER = phrase(rf"(?:to|at) {_NUMBER}|{_NUMBER}$")
_REPLICAS_SAID = phrase(rf"{_PODS}(?=.* to \d)|\d+ {_PODS}$|\d+ {_PODS}(?= )")
_ROLLS_BACK = phrase(
    r"^(?:rollout undo|roll ?back|roll(?= .* back )|undo(?: the)?(?: last| latest)? (?:rollout|deployment|release))"
    r"(?: the)?(?: rollout| release)?(?: of)?(?: the)?"
)
_AUTOSCALES = phrase(r"^autoscale(?: the)?")
_EXPOSES = phrase(r"^expose(?: the)?")
_TAINTS_NODE = phrase(r"^(?:un)?taint(?: the)?(?: nodes?)?")
_DELETES = phrase(r"^(?:delete|remove|kill|destroy|terminate|purge|nuke|drop|get rid of)(?: the)?")
_FORCE_DELETES = phrase(r"^force(?:fully)? ?-?(?:delete|kill|remove)(?: the)?")
_DRAINS = phrase(r"^drain(?: the)?(?: nodes?)?")
_READERS: tuple[Callable[[Said], Wanted | None], ...] = (
    _rollback,
    _plainly(r"^(?:rollout restart|restart|bounce|redeploy|reboot)(?: the)?", Way("restart")),
    _plainly(r"^(?:rollout )?pause(?: the)?(?: rollout)?(?: of)?(?: the)?", Way("pause"), Way("suspend")),
    _plainly(
        r"^(?:rollout )?(?:resume|unpause|unsuspend)(?: the)?(?: rollout)?(?: of)?(?: the)?",
        Way("resume"),
        Way("unsuspend"),
    ),
    _plainly(r"^suspend(?: the)?", Way("suspend")),
    _plainly(r"^(?:trigger|run)(?: the)?", Way("trigger"), Way("retry")),
    _plainly(r"^(?:retry|rerun)(?: the)?", Way("retry"), Way("trigger")),
    _plainly(r"^cordon(?: the)?(?: nodes?)?", Way("cordon")),
    _plainly(r"^uncordon(?: the)?(?: nodes?)?", Way("uncordon")),
    _plainly(r"^evict(?: the)?", Way("evict")),
    _plainly(r"^stop(?: the)?", Way("suspend"), Way("scale", {"replicas": "0"})),
    _drain,
    _taint,
    _autoscale,
    _expose,
    _metadata,
    _resources,
    _image,
    _scale,
    _delete,
)
