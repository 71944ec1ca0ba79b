"""The parts of a sentence that narrow, order or bound its answer; each is taken out of the sentence when found."""

import re

from kubegenie_tui.genie.offline.intent import Details
from kubegenie_tui.genie.offline.times import span, take_ages, take_since
from kubegenie_tui.genie.offline.words import QUOTE, Said, phrase

_COUNTABLE = r"pods?|nodes?|deployments?|services?|events?|warnings?|jobs?|objects?|secrets?|workloads?|restarts|ones"

_LINES = phrase(
    r"(?:the )?(?:last|latest|final|recent)? ?(\d+) (?:log |· )?lines?(?: of| from)?|--tail[ =](\d+)|tail (\d+)"
)
_RESTARTS = (
    (">", phrase(r"(?:(?:with|having|that have|which have) )?(?:more|greater|higher) than (\d+) (?:restarts?|times)")),
    (">=", phrase(r"(?:with |having |that have )?(?:at least|minimum) (\d+) restarts?|(\d+) or more restarts?")),
    ("<", phrase(r"(?:with |having |that have )?(?:less|fewer) than (\d+) restarts?")),
    (
        ">",
        phrase(
            r"(?:that |which |who )?(?:have )?(?:been )?restart(?:ed|ing|s)? (?:more than|over) (\d+) ?(?:times|x)?"
        ),
    ),
    (">", phrase(r"restarts? ?(?:count )?(?:>|over|above|greater than|more than) ?(\d+)|over (\d+) restarts?")),
    (">=", phrase(r"restarts? ?>= ?(\d+)")),
    ("=", phrase(r"(?:with )?(?:no|zero|0) restarts|never restarted")),
)
_RESTARTED = phrase(
    r"(?:that |which )?(?:have |has |had |were |was |got |with )?(?:been |any )?(?:restarted|restarts|restarting"
    r"|restart)"
)
_MOST = phrase(
    r"(?:the )?(?:most|highest|greatest)(?: number of)? restarts|restart(?:s|ed|ing)? (?:the )?most(?: often)?"
)
_GROUP = phrase(
    r"(?:grouped |broken down |split )?(?:by|per|for each|for every|in each|in every|on each|on every)"
    r" (namespaces?|status|node|owner|phase|kind|type|label [\w./-]+|team|app)"
)
_HAS_MOST = phrase(
    r"(namespaces?|nodes?|one)(?: (?:has|have|runs?|hosts?|holds?|contains?))(?: the)? (?:most|more|fewest)"
)
_NEWEST = phrase(
    r"(?:the |my )?(?:very )?(?:(?P<before>\d+) )?(?P<end>newest|latest|youngest|most recent|last created"
    r"|oldest)(?: (?P<after>\d+))?"
)
_SORTED = phrase(r"(?:sort(?:ed)?|order(?:ed)?)(?: them)? by (?:the )?([a-z-]+)(?: (desc|descending|asc|ascending))?")
_FIRST = phrase(
    rf"(?:the )?(?:first|top|last|only|limit(?: to)?) (\d+)|(\d+)(?= (?:{_COUNTABLE}|newest|oldest|latest) )"
)
_LABELS = phrase(
    r"(?:(?:with|having|by|matching) )?(?:the )?(?:labels?|selector|-l)? ?([a-z0-9][\w./-]*(?:!?=)[\w./,=-]*)"
)
_NODE = phrase(
    rf"(?:running |scheduled |placed |living |located )?(?:on|from) (?:the )?(?:node|machine|host) ({QUOTE}\d+"
    rf"|[\w.-]+)"
)
_IMAGE = phrase(
    r"(?:running |using |with |that (?:use|run) |which (?:use|run) |of )?(?:the )?image"
    r" (?!pull|does |do |is |of |for )([\w./:@-]+)"
    r"|(?:using|that use|which use|running) ([\w./-]*[/:][\w./:@-]+)"
)
_TYPE = phrase(r"(?:of|with|whose) (?:the )?type (?:is )?([\w./-]+)")
_GREP = phrase(
    rf"(?:and )?(?:grep(?: for)?|containing|that contain|which contain|matching|that match|mentioning"
    rf"|that mention|filtered (?:by|for)"
    rf"|search(?:ing)? for|with the (?:word|text)) ({QUOTE}\d+|\S+)"
)
_ERRORS = phrase(
    r"(?:any |the |all )?(?:errors?|exceptions?|stack ?traces?)(?: lines?| messages?)?(?: in| from)?(?: the)?"
)
_PREVIOUS = phrase(
    r"(?:of |from )?(?:the |its )?(?:previous|prior|last|crashed|old) (?:(?=logs? )|run|container(?! [a-z])"
    r"|instance|crash|time)"
    r"|previous|--previous|-p|before (?:the|it|its|that) (?:last )?(?:restart(?:ed)?|crash(?:ed)?)|before restarting"
)
_CONTAINER = phrase(
    r"(?:in |of |from |for )?(?:the )?(?:init |sidecar )?container ([\w.-]+)|-c ([\w.-]+)|the ([\w-]+) container"
)
_NORMAL = phrase(r"(?:all|every|normal)(?= (?:the )?events)")

STATES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (state, phrase(rf"(?:(?:that|which|who) )?(?:(?:is|are|were|was|being|in"
                   rf"|have been) )?(?:the )?(?:{pattern})(?: (?:state|status|phase))?"))
    for state, pattern in (
        ("image-pull", r"(?:err)?image ?-?pull(?: ?-?(?:back-?off|errors?|failures?))?|(?:can"
                       r"|could) not pull(?: (?:its|their|the|an?))?(?: images?)?"
         r"|(?:with )?(?:bad|wrong|missing) images?|imagepullbackoff|errimagepull|invalidimagename"
         r"|failing to pull(?: images?)?"),
        ("empty", r"(?:with(?:out)? |have |has |having )?(?:no |zero |0 |any )?(?:ready |live "
                  r"|running )?(?:endpoints?"
                  r"|backends?)|(?:with(?:out)?|have|has|having) (?:no|zero|0|any) (?:ready |live "
                  r"|running )?(?:replicas"
                  r"|pods?|instances?)|without (?:replicas|pods|instances)|scaled (?:down )?to (?:0|zero)"),
        ("crashloop", r"(?:in )?(?:a )?crash ?-?loop(?:ing|s)?(?: ?back-?off)?|crashloopbackoff|crash(?:ing|ed"
                      r"|es)|keep(?:s|ing)? (?:crashing|restarting|dying)"),
        ("oomkilled", r"oom ?-?kill(?:ed|s)?|ooming|oom|(?:ran |running |run )?out of memory"
                      r"|killed for (?:lack of )?memory"),
        ("not-running", r"not (?:currently )?running"),
        ("not-ready", r"not (?:yet |all |fully )?(?:ready|available|up)|unready|un-ready|notready|not-ready"
                      r"|unavailable|incomplete"),
        ("unhealthy", r"unhealthy|not (?:healthy|ok|fine|well|working|good)|failing|broken|sick|troubled"
                      r"|degraded|in trouble|misbehaving|faulty|down"
         r"|(?:have |having |has |with )(?:any )?(?:problems?|issues?|errors?|troubles?)|bad"),
        ("unbound", r"unbound|not bound"),
        ("cordoned", r"cordoned|scheduling ?disabled|drained"),
        ("suspended", r"suspended|paused"),
        ("pending", r"(?:stuck )?(?:in )?pending|unscheduled|unschedulable|not (?:yet )?scheduled"
                    r"|waiting(?: to be scheduled)?|(?:can|could) not be scheduled"),
        ("evicted", r"evicted"),
        ("terminating", r"(?:stuck )?(?:in )?terminating|being deleted|going away"),
        ("completed", r"completed|succeeded|finished|done"),
        ("failed", r"failed|errored|in error"),
        ("bound", r"bound"),
        ("healthy", r"healthy|ok|okay|fine|well|good|working"),
        ("running", r"running|up and running"),
        ("ready", r"ready"),
    )
)  # fmt: skip
"""States by the ways they are spoken of, the longer and the negated before those they contain."""


OPPOSITES = {
    "ready": "not-ready",
    "running": "not-running",
    "healthy": "unhealthy",
    "bound": "unbound",
    "unhealthy": "healthy",
    "completed": "failed",
}
"""What to look for when it is asked whether all are so."""


def take_details(said: Said, verb: str) -> Details:
    """Everything that a sentence says about which, in what order, and how many."""
    tail = _first_number(said, _LINES)
    terms = [*_restarts(said, verb), *take_ages(said), *_labels(said), *_image(said), *_type(said)]
    since = take_since(said)
    if since and verb in ("list", "count", ""):
        terms.append(f"{'LAST' if 'RESTARTS:>0' in terms else 'AGE'}:<{span(since)}")
    sort, descending, limit = _order(said)
    node = said.take(_NODE)
    group = said.take(_HAS_MOST) or said.take(_GROUP)
    container = said.take(_CONTAINER) if verb == "logs" else None
    return Details(
        status="" if verb in ("why", "overview") else state_of(said),
        terms=tuple(terms),
        sort=sort,
        descending=descending,
        limit=limit,
        group_by=_group(group[1]) if group else "",
        since=since,
        tail=tail,
        grep=_grep(said, verb),
        previous=verb == "logs" and said.take(_PREVIOUS) is not None,
        container=next(filter(None, container.groups()), "") if container else "",
        node=said.unquoted(node[1]) if node else "",
        everything=said.take(_NORMAL) is not None,
    )


def state_of(said: Said) -> str:
    """The state that is spoken of, taken out of the sentence; empty for none."""
    return next((state for state, pattern in STATES if said.take(pattern)), "")


def _first_number(said: Said, pattern: re.Pattern[str]) -> int:
    match = said.take(pattern)
    return int(next(filter(None, match.groups()), "0")) if match else 0


def _restarts(said: Said, verb: str) -> list[str]:
    for sign, pattern in _RESTARTS:
        match = said.take(pattern)
        if match is not None:
            return [f"RESTARTS:{sign}{next(filter(None, match.groups()), '0')}"]
    if verb in ("list", "count", "") and not said.has(_MOST) and said.take(_RESTARTED):
        return ["RESTARTS:>0"]
    return []


def _labels(said: Said) -> list[str]:
    match = said.take(_LABELS)
    return match[1].replace(",", " ").split() if match else []


def _image(said: Said) -> list[str]:
    match = said.take(_IMAGE)
    return [f"IMAGES:{re.escape(next(filter(None, match.groups())))}"] if match else []


def _type(said: Said) -> list[str]:
    match = said.take(_TYPE)
    return [f"TYPE:{re.escape(match[1])}"] if match else []


def _order(said: Said) -> tuple[str, bool, int]:
    """Column, whether the largest comes first, and how many are wanted."""
    if said.take(_MOST):
        return "RESTARTS", True, _first_number(said, _FIRST)
    newest = said.take(_NEWEST)
    limit = _first_number(said, _FIRST)
    if newest is not None:
        return "AGE", newest["end"] == "oldest", int(newest["before"] or newest["after"] or 0) or limit
    by = said.take(_SORTED)
    if by is None:
        return "", False, limit
    column = {"memory": "MEM", "ram": "MEM", "cpu": "CPU", "restart": "RESTARTS", "creation": "AGE"}.get(by[1], by[1])
    numeric = column in ("MEM", "CPU", "RESTARTS", "restarts")
    return column.upper(), (by[2] or "").startswith("desc") or (numeric and not by[2]), limit


def _group(said: str) -> str:
    words = {
        "namespaces": "namespace",
        "one": "namespace",
        "nodes": "NODE",
        "phase": "STATUS",
        "status": "STATUS",
        "node": "NODE",
        "team": "label:team",
    }
    if said.startswith("label "):
        return f"label:{said[6:]}"
    return words.get(said, "label:app" if said == "app" else said)


def _grep(said: Said, verb: str) -> str:
    if verb not in ("logs", ""):
        return ""
    match = said.take(_GREP)
    if match is not None:
        return said.unquoted(match[1])
    if said.take(_ERRORS):
        return r"error|exception|fatal|panic|fail"
    return ""
