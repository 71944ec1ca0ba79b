"""The parts of a sentence that narrow, order or bound its answer; each is taken out of the sentence when found."""

import re
from collections.abc import Sequence

from kubegenie_tui.genie.offline.field_selectors import take_fields
from kubegenie_tui.genie.offline.intent import Details
from kubegenie_tui.genie.offline.sizes import replicas_of
from kubegenie_tui.genie.offline.spoken_states import state_of
from kubegenie_tui.genie.offline.times import span, take_ages, take_since
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR
from kubegenie_tui.genie.offline.words import QUOTE, Said, phrase

_COUNTABLE = r"pods?|nodes?|deployments?|services?|events?|warnings?|jobs?|objects?|secrets?|workloads?|restarts|ones"

_TOP = phrase(r"^(?:· )?(\d+)(?= (?:cpu|memory|mem|ram|hungriest|biggest|busiest|heaviest) )")
_MISSING = phrase(
    r"(?:(?:that|which|who) )?(?:(?:have|has|having|with|specify|define|set|do|does|are|is) )?"
    r"(?:no|not|w/o|without|missing|lacks?|lacking|miss|misses|forgot|forgets?|unset|undefined)"
    r"(?: have| having| set| define| specify)?"
    r"(?: any| an?| the| proper)?(?: resource)? (?:\.?(?:spec\.)?resources\.)?(?:(memory|mem|ram|cpu) "
    r"|(?:cpu|memory)(?:/| and | or )(?:memory|cpu) )?"
    r"(limits?|requests?|resources|readiness(?: ?-?(?:probes?|checks?))?|liveness(?: ?-?probes?)?|startup ?-?probes?"
    r"|probes?|health ?checks?|security ?contexts?)(?: set| defined| configured)?(?: (?:on|in|for) any containers?)?"
)
_LACKED = {
    "limit": "limits", "request": "requests", "resource": "resources", "probe": "probes", "health": "probes",
    "readiness": "readiness-probe", "liveness": "liveness-probe", "startup": "startup-probe",
    "security": "security-context",
}  # fmt: skip
_TAILED = phrase(r"^· (\d+)$|(?:the )?(?:last|latest|newest|final|most recent) (\d+)(?: only)?$")
_LINES = phrase(
    r"(?:the )?(?:last|latest|final|recent)? ?(\d+) (?:log |· )?(?:lines?|entries)(?: of| from)?"
    r"|(?:the )?(\d+) (?:most recent|latest|newest|last|final) (?:log |· )?(?:lines?|entries)(?: of| from)?"
    r"|--tail[ =](\d+)|tail (?:-n ?)?(\d+)(?: of)?|· (\d+) of|-n ?(\d+)"
)
_RESTARTS = (
    (
        ">",
        phrase(
            r"(?:(?:with|having|that have|which have) )?(?:more|greater|higher) than (\d+) (?:restarts?|times)"
            r"|(?:with |having |that have )over (\d+) (?:restarts?|times)"
        ),
    ),
    (
        ">=",
        phrase(
            r"(?:with |having |that have )?(?:at least|minimum) (\d+) restarts?|(\d+) or more restarts?"
            r"|(?:that |which )?(?:have |has )?(?:been )?restart(?:ed|ing|s)? at least (\d+) ?(?:times|x)?"
        ),
    ),
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
    r"|restart)(?: at all)?"
)
_MOST = phrase(
    r"most (?:often )?(?:restarted|restarting)"
    r"|(?:the )?(?:most|highest|greatest)(?: number of)? restarts"
    r"|restart(?:s|ed|ing)? (?:the )?most(?: often)?"
)
_GROUP = phrase(
    r"(?:does|do) (?:each|every) (namespace|node|box|machine|host) (?:have|run|host|hold|contain)"
    r"|(?:grouped |broken down |split )?(?:by|per|for each|for every|in each|in every|on each|on every)"
    r" (namespaces?|ns|status|node|box|machine|host|owner|phase|kind|type|images?|label [\w./-]+|team|app)"
)
_HAS_MOST = phrase(
    r"(namespaces?|nodes?|one)(?: (?:has|have|runs?|hosts?|holds?|contains?))(?: the)? (?:most|more|fewest)"
)
_NEWEST = phrase(
    r"(?:the |my )?(?:very )?(?:(?P<before>\d+) )?(?P<end>newest|latest|youngest|most recent(?:ly (?:created|started))?"
    r"|last created"
    r"|oldest)(?: (?P<after>\d+))?"
)
_SORTED = phrase(
    r"(?:and )?(?:(?:sort|order|rank)(?:ed)?(?: them| it| these| those)? by |--sort-by[ =])(?:the |their )?"
    r"(?:number of |amount of )?([a-z.][\w.-]*)(?: (?:count|usage|time)s?)?(?: (desc|descending|asc|ascending))?"
    r"|by (?:the |their )?(?:number of |amount of )?(restarts?|age|cpu|memory|mem|ram|replicas|size)"
    r"(?: (?:count|usage|time|consumption)s?)?(?: (desc|descending|asc|ascending))?"
)
_WORST_FIRST = phrase(
    r"(?:the )?(?:worst|most|highest|largest|biggest|heaviest|hungriest|greediest|fattest)(?: ones?)? (?:first|on top)"
    r"|(?:in )?descending(?: order)?"
)
_SORT_COLUMNS = {
    "memory": "MEM", "ram": "MEM", "mem": "MEM", "cpu": "CPU", "restart": "RESTARTS",
    "creation": "AGE", "restarts": "RESTARTS", "creationtimestamp": "AGE", "restartcount": "RESTARTS",
    "starttime": "AGE", "lasttimestamp": "AGE", "nodename": "NODE", "phase": "STATUS",
}  # fmt: skip
_FIRST = phrase(
    rf"(?:the )?(?:first|top|last|only|limit(?: to)?|just|worst|biggest|highest|largest|heaviest)(?: the)? (\d+)"
    rf"|(?:the )?(\d+)(?: of the)? (?:worst|biggest|highest|largest|heaviest|greediest)(?: ones?)?"
    rf"|(?<!than )(?<!over )(?<!under )(?<!least )(?<!most )(?<!exactly )"
    rf"(\d+)(?= (?:· )?(?:{_COUNTABLE}|newest|oldest|latest) )"
)
_LABELS = phrase(
    r"(?:(?:with|having|by|matching) )?(?:the )?(?:(?:labels?|selector|-l|--selector)[ =])?"
    r"([a-z0-9][\w./-]*(?:!?=)[\w./,=-]*)"
)
_SPOKEN_LABEL = phrase(
    rf"(?:where|whose|with) (?:the )?(?:label )?(app|tier|team|env|role|component) (?:is|=|equals) ({QUOTE}\d+|\S+)"
)
_NODE = phrase(
    rf"(?:running |scheduled |placed |living |located )?(?:on|from) (?:the )?(?:node|machine|host|box) ({QUOTE}\d+"
    rf"|(?!(?:with|that|which|where) )[\w.-]+)"
)
_IMAGE = phrase(
    rf"(?:running |using |with |on )?(?:an? |the )?image"
    rf" (?:with|containing|named|called|like) ({QUOTE}\d+|[\w./:@-]+)"
    rf"(?: in (?:it|its name|the name))?"
    rf"|(?:running |using |with |that (?:use|run|have) |which (?:use|run|have) |of |on )?(?:the )?image"
    rf" (?!pull|does |do |is |of |for |in |on |from |to )({QUOTE}\d+|[\w./:@-]+)"
    rf"|(?:running|using|with|(?:that |which )?(?:use|run|have)|on) (?:an? |the )?"
    rf"(?!(?:their|its|my|our|the|all|any|old|new|other|same|different|wrong|bad|which|what) )"
    rf"({QUOTE}\d+|[\w./:@-]+) images?"
    rf"|(?:still )?runs? (?:an? |the )([\w./:@-]*[:./\d][\w./:@-]*) images?"
    r"|(?:using|that use|which use|uses?|running|runs?|with) ([\w./-]*[/:][\w./:@-]+)"
)
_TYPE = phrase(
    r"(?:of|with|whose) (?:the )?type (?:is |= ?)?([\w./-]+(?: balancer| port| ip)?)"
    r"|(?:exposed|published) (?:as|via|through|by) (?:an? )?(load ?balancer|node ?port|cluster ?ip)s?"
    r"|(load ?balancer|node ?port|cluster ?ip|external ?name)s?(?= (?:type )?(?:services?|svcs?|ones) )"
)
_SERVICE_TYPES = {
    "loadbalancer": "LoadBalancer", "nodeport": "NodePort", "clusterip": "ClusterIP", "externalname": "ExternalName",
}  # fmt: skip
_GREP = phrase(
    rf"(?:and |only |but |\| )*(?:show |see |get )?(?:only )?(?:the )?lines? "
    rf"(?:with|having|like|that (?:have|say|include|match)"
    rf"|saying|including) (?:the )?(?:words? |text )?({QUOTE}\d+|\S+)"
    rf"|with ({QUOTE}\d+|\S+) in (?:it|them)|with ({QUOTE}\d+)"
    rf"|any ({QUOTE}\d+|\d[\dx]*)(?:s|'s)?(?: messages?| lines?| errors?)?"
    rf"|(?:search(?: for)?|find|look for|grep(?: for)?) (?:the (?:word|text|string|phrase) )?"
    rf"(?!the |all |me |logs?)({QUOTE}\d+|\S+)(?= (?:in|from) )"
    rf"|(?<!not )(?<!without )(?:and )?(?:grep(?: for)?(?! the | \S+ (?:logs? |· for ))|containing|matching"
    rf"|(?:that|which) contains?"
    rf"|that match|mentioning|that mention|filter(?:ed)? (?:by|for|on)"
    rf"|search(?:ing)? for|with (?:the )?(?:words?|text|string|phrase))(?: -[a-z]+)* ({QUOTE}\d+|\S+)"
)
_ABOUT_LINES = phrase(r"lines?|filter")
"""Words that are said of a log, and of nothing else."""
_ERRORS = phrase(
    r"(?:any |the |all )?(?:errors?|exceptions?|stack ?traces?)(?: lines?| messages?)?(?: in| from)?(?: the)?"
)
_PREVIOUS = phrase(
    r"(?:of |from )?(?:the |its )?(?:previous|prior|last|crashed|old) (?:(?=logs? )|run"
    r"|container(?! (?!of |for |from |in )[a-z])"
    r"|instance|crash|time)|(?:of |from )?(?:the )?last crashed (?:container|pod|run|instance)"
    r"|(?:of |from )the crash before"
    r"|previous|--previous|-p"
    r"|(?:right |just )?before (?:the|it|its|that) (?:last )?(?:restart(?:ed)?|crash(?:ed)?|died|exited)"
    r"|(?:right |just )?before (?:restarting|dying|crashing|exiting|the crash)"
)
_CONTAINER = phrase(
    r"(?:in |of |from |for )?(?:the )?(?:init ?-?container|sidecar container|sidecar(?! container )|container)"
    r" (?!of |for |in |from |logs? )([\w.-]+)"
    r"|(?:-c|--container)[ =]([\w.-]+)"
    r"|(?:the )?(?!init |seconds |minutes |hours |of |in |from |for |on )"
    r"(?!crashed |crashing |last |previous |old |which |same |the |an? |this |that |its |only |just |but |and )"
    r"([a-z0-9]+(?:-[a-z0-9]+)*) (?:side-?car )?container"
)
_BEFORE_LOGS = phrase(
    r"^(?:show |get |read |print |tail |see |me |the |of )*([a-z][a-z0-9]*(?:-[a-z0-9]+)+)(?= · (?:of|for|from|in) )"
)
_SEARCHES = phrase(r"^(?:search|look|scan|grep|check|filter|go)")
_SEARCHED = phrase(rf"for (?:the (?:word|text|string|phrase) )?({QUOTE}\d+|\S+)$")
_FOLLOW = phrase(
    r"(?:and )?(?:follow(?:ing)?|stream(?:ing)?|tail -f|live|in real ?time|continuously|as they (?:come|arrive)"
    r"|keep (?:showing|printing|watching|following|streaming|tailing)(?: me)?|watch)(?: (?:it|them))?"
)
_FOLLOW_FLAG = re.compile(r"(?<!\S)(?:-f|--follow)(?!\S)")
_NORMAL = phrase(r"(?:all|every|normal)(?= (?:the )?events)")


def take_details(said: Said, verb: str) -> Details:
    """Everything that a sentence says about which, in what order, and how many."""
    missing = _missing(said)
    previous = verb in ("logs", "") and said.take(_PREVIOUS) is not None
    tail = _first_number(said, _LINES) or (_first_number(said, _TAILED) if verb == "logs" else 0)
    fields = take_fields(said)
    by = _sorted(said)
    terms = [
        *_restarts(said, verb),
        *take_ages(said),
        *replicas_of(said, verb),
        *_labels(said),
        *_image(said),
        *_type(said, fields.type),
    ]
    since = take_since(said, bare=verb in ("logs", "events"))
    if since and verb in ("list", "count", ""):
        terms.append(f"{'LAST' if 'RESTARTS:>0' in terms else 'AGE'}:<{span(since)}")
    sort, descending, limit = _order(said, by, terms)
    node = said.take(_NODE)
    group = said.take(_HAS_MOST) or _grouped(said, verb)
    grep = _grep(said, verb) if verb == "logs" or said.has(_ABOUT_LINES) else ""
    return Details(
        status="" if verb in ("why", "overview") else fields.status or state_of(said),
        terms=tuple(terms),
        sort=sort,
        descending=descending,
        limit=limit,
        group_by=_group(next(filter(None, group.groups()))) if group else "",
        since=since,
        tail=tail,
        grep=grep or _grep(said, verb),
        previous=previous,
        container=_container(said) if tail or verb in ("logs", "") else "",
        follow=_follows(said, verb),
        missing=missing,
        node=said.unquoted(node[1]) if node else fields.node,
        everything=said.take(_NORMAL) is not None,
        warnings=fields.warnings,
    )


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
    spoken = said.take(_SPOKEN_LABEL)
    if spoken is not None:
        return [f"{spoken[1]}={said.unquoted(spoken[2])}"]
    found: list[str] = []
    while (match := said.take(_LABELS)) is not None:
        found += match[1].replace(",", " ").split()
    return found


def _image(said: Said) -> list[str]:
    match = said.take(_IMAGE)
    return [f"IMAGES:{re.escape(said.unquoted(next(filter(None, match.groups()))))}"] if match else []


def _type(said: Said, field: str) -> list[str]:
    match = said.take(_TYPE)
    if match is None and not field:
        return []
    name = next(filter(None, match.groups())) if match is not None else field
    return [f"TYPE:{re.escape(_SERVICE_TYPES.get(name.replace(' ', ''), name))}"]


def _sorted(said: Said) -> tuple[str, bool]:
    """Column, and whether the largest comes first; an empty column when no order was said."""
    by = said.take(_SORTED)
    if by is None:
        return "", False
    said.take(_WORST_FIRST)
    column, way = by[1] or by[3], by[2] or by[4] or ""
    column = column.rpartition(".")[2]
    column = _SORT_COLUMNS.get(column, column).upper()
    return column, way.startswith("desc") or (column in ("MEM", "CPU", "RESTARTS") and not way)


def _order(said: Said, by: tuple[str, bool], terms: Sequence[str]) -> tuple[str, bool, int]:
    """Column, whether the largest comes first, and how many are wanted."""
    if any(term.startswith("RESTARTS:>") for term in terms) and said.take(_WORST_FIRST):
        return "RESTARTS", True, _first_number(said, _FIRST)
    if said.take(_MOST):
        return "RESTARTS", True, _first_number(said, _FIRST)
    newest = said.take(_NEWEST)
    limit = _first_number(said, _FIRST) or _first_number(said, _TOP)
    if newest is not None:
        return "AGE", newest["end"] == "oldest", int(newest["before"] or newest["after"] or 0) or limit
    return *by, limit


def _grouped(said: Said, verb: str) -> re.Match[str] | None:
    """How they are grouped; those `in every namespace` are grouped where they are counted only."""
    match = _GROUP.search(said.text)
    if match is None or (match[0].startswith(("in ", "on ")) and verb != "count"):
        return None
    return said.take(_GROUP)


def _group(said: str) -> str:
    words = {
        "namespaces": "namespace",
        "ns": "namespace",
        "one": "namespace",
        "nodes": "NODE",
        "phase": "STATUS",
        "image": "IMAGES",
        "images": "IMAGES",
        "status": "STATUS",
        **dict.fromkeys(("node", "box", "machine", "host"), "NODE"),
        "team": "label:team",
    }
    if said.startswith("label "):
        return f"label:{said[6:]}"
    return words.get(said, "label:app" if said == "app" else said)


def _missing(said: Said) -> str:
    match = said.take(_MISSING)
    if match is None:
        return ""
    what = next(name for start, name in _LACKED.items() if match[2].startswith(start))
    resource = {"mem": "memory", "ram": "memory"}.get(match[1] or "", match[1] or "")
    return f"{resource}-{what}" if resource and what in ("limits", "requests") else what


def _container(said: Said) -> str:
    match = said.take(_CONTAINER)
    if match is not None:
        return str(next(filter(None, match.groups())))
    before = _BEFORE_LOGS.search(said.text)
    if before is None or before[1] in GRAMMAR:
        return ""
    said.take(_BEFORE_LOGS)
    return before[1]


def _follows(said: Said, verb: str) -> bool:
    if verb not in ("logs", ""):
        return False
    return said.take(_FOLLOW) is not None or _FOLLOW_FLAG.search(said.raw) is not None


def _grep(said: Said, verb: str) -> str:
    if verb not in ("logs", ""):
        return ""
    match = said.take(_GREP) or (said.take(_SEARCHED) if said.has(_SEARCHES) else None)
    if match is not None:
        return said.cased(next(filter(None, match.groups())))
    if said.take(_ERRORS):
        return r"error|exception|fatal|panic|fail"
    return ""
