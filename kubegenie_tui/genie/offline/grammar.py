"""What a sentence wants: its verb, by the words that give it away, the telling ones first."""

import re

from kubegenie_tui.genie.offline.intent import Verb
from kubegenie_tui.genie.offline.words import Said, phrase

CHANGES = (
    r"rollout (?:undo|pause|resume|restart)|force(?:fully)? ?-?(?:delete|kill|remove)|unsuspend"
    r"|scale|delete|remove|restart|kill|destroy|drain|cordon|uncordon|apply|create|deploy"
    r"|undeploy|patch|edit|set|label"
    r"|annotate|expose|autoscale|bounce|upgrade|downgrade|update|rollback|roll back|roll|undo|suspend|resume"
    r"|trigger|run|exec|evict"
    r"|stop|start|pause|unpause|increase|decrease|reduce|raise|resize|redeploy|install|uninstall|add|change|make"
    r"|turn|bump|reboot|recreate"
    r"|rename|move|taint|untaint|purge|wipe|clean(?: up)?|terminate|disable|enable|downscale|upscale|replace"
    r"|get rid of|take down|ditch|axe|zap"
    r"|shut ?down|spin up|spin down|nuke|drop|grow|shrink|double|halve|mount|attach|port-forward|forward|restore"
    r"|promote|abort|retry|rerun"
)
"""Words that begin a wish to change something."""
YES = (
    r"yes|yes please|yes do(?: it| that)?|do (?:it|that)|go ahead|go for it|make it so|confirm(?:ed)?|approved?"
    r"|apply(?: it| that| this)?"
)
"""A yes to what was proposed, which words cannot give."""
CHANGE = phrase(
    rf"^(?:do not |never |and |don't )?(?P<word>{CHANGES})(?! (?:counts?|times|history) )"
    r"|^(?:what (?:would|will|could|can) happen|what if|is it safe)(?= .*)(?P<guess>)"
    rf"|^(?P<yes>{YES})$"
)
_HOW_TO_CHANGE = phrase(rf"^how (?:do|can|could|would|should|to)(?: (?:i|you|we|one))? (?P<word>{CHANGES})")
_AND_CHANGE = phrase(
    r"(?:and|then) (?:then |please )?(?P<word>scale|delete|restart|drain|cordon|kill|remove|rollback"
    r"|undo) (?!them$|it$)\S+"
)
_HOW_TO_READ = phrase(
    r"^how (?:do|can|could|would|should|to)(?: (?:i|you|we|one))? (?=get|see|view|list|show|check|find|read"
    r"|describe|look|tail)"
)

_LOOK = (
    r"list|show|get|display|give|find|print|see|view|fetch|enumerate|search(?: for)?|look at|look for|pull up"
    r"|bring up|dump|share|provide|send|all|any"
    r"|which|what|where|who|are there|is there|do we have|do i have|do you see|watch"
)
SHOWS = phrase(
    r"^(?:and |now )?(?:show|list|get|display|give|view|see|open|pull up|bring up|go to|goto|take me to|tail"
    r"|watch|look at)"
)
_LOOKS = phrase(rf"^(?:and |now |so )?(?:{_LOOK})")

_WHOLE = (
    r"(?:the |my |this |our |whole |entire )*(?:clusters?|everything|all|things|anything|world|system|prod"
    r"|production)"
)
_FINE = r"(?:ok|okay|fine|healthy|good|well|alright|all right|up|running|green|in order|working|safe|stable|happy)"

_TABLE: tuple[tuple[Verb, str], ...] = (
    ("hello", r"^(?:hi|hello|hey|yo|hiya|howdy|(?:good )?(?:morning|afternoon|evening)|greetings|who are you"
              r"|what are you)(?: there| genie| you)?$"),
    ("thanks", r"^(?:(?:a lot|very much|so much|for (?:the|your) help|for that) ?)*(?:(?:thanks|thank you|thx|tnx|ty"
               r"|cheers|great|cool|nice|perfect|ok|okay|got it|bye|goodbye|awesome|(?:well|nicely) done|good job"
               r"|that (?:was|is) (?:it|all)(?: for (?:now|today))?|(?:i am|we are) done|never ?mind|nvm|nm|see you)"
               r"(?: a lot| very much| so much| you| genie| then| mate| for (?:the|your) help| for that)* ?)+$"),
    ("help", r"^(?:help|help me|\?|usage|examples?|commands|what (?:can|do) (?:you|i) (?:do|ask|know)(?: .*)?"
             r"|how (?:do|can) (?:you|i) (?:work|use (?:you|this|it))"
     r"|what (?:questions|else) can .*|what do you understand)$"),
    ("where-am-i", r"(?:which|what) (?:\w+ )?(?:cluster|context|namespace|ns)"
                   r"(?: (?:and|or) (?:which |what )?(?:cluster|context|namespace|ns))? (?:am i|are we|is this|do i"
                   r"|is (?:current|selected|active|in view))(?: .*)?$"
     r"|(?:the )?current (?:context|cluster|namespace)$|^where am i(?: now)?$"
     r"|^what am i (?:connected|logged in|talking|pointed|pointing)(?: to| at| into)*$"),
    ("kinds", r"(?:all )?api-?resources?|(?:what|which|list|show|all)(?: me)?(?: all)?(?: the)? (?:kinds"
              r"|resource (?:kinds|types)|custom kinds|types of (?:objects|resources))"),
    ("who", r"^who (?:has )?(?!restarted (?:more|over|most|the most|at least))"
            r"(?:deleted?|removed?|changed?|created?|restart(?:ed)?|scaled?|deploy(?:ed)?|edit(?:ed)?"
            r"|killed|did|broke|touched|updated|made)(?: .*)?$"),
    ("meaning", r"^what (?:is|are) an? (?!new |wrong )\S+$|^what does \S+ (?:mean|stand for)|meaning of"
                r"|^what is meant by"),
    ("list", r"^(?:did|has|have) (?:any|some)(?:thing|one)?(?= restart)"),
    ("clusters", r"^compare(?: the| my| our| all| these)* clusters|^(?:and |now )?(?:(?:list|show|get|display"
                 r"|which|what"
                 r"|how many|all|do we have|are there)(?: me)?(?: other| the| my| our| all)* )?(?:clusters|contexts)"
                 r"(?: (?:do|are|have|is|can|exist).*)?$|(?:which|what)?(?: is)?(?: the)? ?version of (?:the |my "
                 r"|this )?"
                 r"(?:clusters?|kubernetes|k8s|api server)|(?:what|which)(?: kubernetes| k8s)? version (?:is|does"
                 r"|of|are)"
                 r"(?: the| my| this| our)* (?:clusters?|kubernetes|k8s|api server|server|it|we)\b.*"
                 r"|^(?:kubernetes|k8s"
                 r"|cluster|server) version$"),
    ("expiry", r"(?:tls |ssl )?cert(?:ificate)?s?(?=(?: \S+){0,4}? (?:expir\S*|ends?|run out|renew\S*|valid|old))"
               r"|expir\S*(?: \S+){0,3}? (?:tls |ssl )?cert(?:ificate)?s?|expired? tls(?: secrets)?"),
    ("changes", r"^what (?:has |have |was |were |is |got |did )?(?:\S+ )?(?:changed?|changes|new|deployed"
                r"|rolled out|updated"
                r"|released|modified|edited)(?! to )|(?:recent|latest|last|newest) (?:changes?|deploys|rollouts"
                r"|releases)"
                r"|^changes|^(?:when|how long ago) (?:was|were|did|is|has)(?= .*(?:deployed|changed?|updated"
                r"|rolled out"
                r"|released|created|edited|modified))|last deployed|rollout history|history of"
                r"|^(?:is there )?anything new"),
    ("images", r"^what (?:is|are) the (?:container )?images?(?: versions?| tags?)? (?:of|for|in|used by)|^(?:and "
               r"|now )?(?:(?:list|show|get|display|which|what"
               r"|all)(?: me)?(?: are)?(?: all)?(?: of)?(?: the)? )?"
               r"(?:container |docker )?images?(?! pull)(?: versions?| tags?)?(?: (?:do|does|is|are|run|runs|in"
               r"|of|used|for"
               r"|from|has|have|running|per|by))?(?= |$)|^(?:and )?(?:which|what) (?:versions?"
               r"|tags?)(?: of)?(?: the)?"),
    ("uses", r"^(?:is|does|do) (?:any|some)(?:thing|one|body) (?:still |else )*(?:us(?:e|ing)|mount(?:ing)?"
             r"|referenc(?:e|ing)|need(?:ing)?|depend(?:ing)? on)|^(?:and )?(?:who|what|which(?: \S+)?)(?: else)?"
             r" (?:is |are )?(?:still |really |actually |currently )*(?:uses?|using|mounts?|mounting"
             r"|references?"
             r"|referencing|refers? to|depends?(?:ing)? on|needs?|consumes?|talks? to|calls?)(?= (?!the most|most"
             r"|the least"
             r"|\S+:\S|too|so |all|up |much|more|lots|(?:the |an? )?images?\b|(?:memory|cpu|ram)\b))"
             r"|^where (?:is|are|do|does)(?= .* (?:used|mounted|referenced)$)|used by|dependents of"),
    ("needs", r"^(?:and )?(?:what|which|who)(?=(?: \S+){0,3}? (?:does|do|is|are) .* (?:use|mount|need|depend on"
              r"|reference"
              r"|read|using|mounting)$)|dependencies of"),
    ("why", r"^(?:and |but |so |tell me |explain |explain to me |do you know |know |find out |show me |see "
            r"|understand )*(?:why|how come|what (?:is|are|was|went|goes|has gone) (?:\w+ )?wrong"
     r"|what (?:is |are )?(?:causing|causes|caused|breaks|broke)|diagnose|troubleshoot|debug|investigate"
     r"|analy[sz]e|root cause|the reason|find the (?:cause|reason|problem))"),
    ("count", r"how many|how much(?! (?:memory|mem|cpu|ram|room|space|capacity|of ))"
              r"|^\S+ count(?= |$)(?<!restart count)"
              r"|(?:the )?(?:total )?(?:number|quantity) of|^count|^(?:and )?(?:the |a )?(?:total )?count of|^total"),
    ("top", r"(?:use|uses|using|used|consume|consumes|consuming|eat|eats|eating|burn|burns|burning|hog|hogs"
            r"|hogging|take|takes|taking|need|needs)"
     r" (?:up )?(?:the |too |so |that )?(?:most|least|much|more|lots of|all)?(?: of)?(?: the| my)? ?(?:memory"
     r"|cpu|ram|resources?|compute)"
     r"|(?:memory|cpu|ram|resources?) (?:usage|consumption|utili[sz]ation|use|load|hogs?|consumers?|pressure by pod)"
     r"|(?:most|highest|least|lowest|by|top|much|sorted by|peak) (?:memory|cpu|ram|resource)(?! limits?"
     r"| requests?)|(?:memory|cpu) hungry|hungriest|heaviest"
     r"|^(?:and |show |show me )?top(?= (?:pods?|nodes?|po|no|in|of|·"
     r"|\d+ (?:pods?|nodes?|cpu|memory|mem|ram)) |$| \S+$)"
     r"|(?:usage|utili[sz]ation) of|^(?:cpu|memory|ram)(?: and (?:cpu|memory|ram))? of|how (?:busy|loaded"
     r"|full) (?:is|are)|(?:the )?(?:busiest|most loaded|least loaded"
     r"|most used|fullest)|how much (?:memory|cpu|ram|room|space|capacity)(?: \S+){0,3} (?:left|free|available"
     r"|remain\S*)"
     r"|(?:free|spare|available|remaining) (?:memory|cpu|ram|capacity|room|resources)"),
    ("logs", r"logs?|log (?:lines?|output|files?)|stdout|stderr|^tail|console output|output of|what (?:does|did"
             r"|do|is|has|was)(?= (?:\S+ ){1,7}(?:say|print|log|output|write"
             r"|logging|printing|saying|logged|printed|writing|written) )"
             r"|what(?= (?:\S+ ){1,4}?(?:(?:has|have|had) )?(?:been )?(?:logged|logging|printed|printing|wrote|written"
             r"|writing|said|saying|spat out|spitting out) )"),
    ("get", r"(?:as |the |in )?(?:raw )?(?:yaml|manifest|json|definition|-o ?yaml|-o ?json)"),
    ("events", r"events?|warnings|^what (?:has been (?:happening|going on)|(?:has )?(?:happened|changed)|is going on"
               r"|is happening|went on)(?! (?:to|with) )"
               r"|recent (?:activity|changes)"),
    ("overview", rf"overview|summary|summari[sz]e|dashboard|health ?checks?|health|cluster (?:status|health"
                 rf"|state)|(?:status|state|condition) of {_WHOLE}"
     rf"|^(?:so |and )?how (?:is|are) (?:{_WHOLE}|we)(?: (?:doing|today|going|feeling|looking"
     rf"|this morning|tonight|so far|lately))*$|^(?:is"
     rf"|are) {_WHOLE} (?:\w+ )?{_FINE}"
     r"|^(?:everything|all) (?:\w+ )?(?:ok|okay|fine|good|healthy|well|alright|all right|green)$"
     rf"|^how (?:healthy|good|bad|stable|well) (?:is|are) {_WHOLE}"
     r"|^(?:is |are )?(?:there )?(?:any|some)thing (?:\w+ )?(?:on fire|burning|alarming|unusual|strange|odd"
     r"|suspicious|i"
     r" should (?:know|see|look at|worry about))|^should i (?:worry|be worried)|^what (?:should|do) i (?:look at"
     r"|fix|worry"
     r" about|need to know)|^how bad is it"
     r"|^status$|^how is it going$|^give me a report$|^report$"),
    ("why", r"^(?:what|which) (?:errors?|problems?|issues?|failures?|faults?|troubles?) (?:do|are|have|has|did|does)"
     r"|what (?:is|are) (?:the )?(?:problems?|issues?|matter|troubles?|errors?|failures?|faults?)"
     r"|what (?:happened|has happened) (?:to|with)|root causes?|the (?:cause|reason)s? (?:of|for|why)|(?:any"
     r"|some|every)thing (?:(?:that )?is )?(?:wrong|broken|failing|down|unhealthy|bad|off|not working)"
     r"|(?:any|the|all|current|open) (?:problems?|issues?|troubles?|failures?|faults?|errors?)|^(?:problems?"
     r"|issues?|errors?|faults?)|what is up with|what causes|what caused"
     r"|(?:does|do|is|are) not (?:work|start|come up|respond|working|starting|coming up|responding)|fix"
     r"|what (?:is|are) (?:failing|broken|down|crashing|not working|unhealthy|fails)"
     r"|^what (?:fails|broke|crashes|crashed)|(?:list|show|find|get|tell)(?: me)?(?: \w+)? (?:problems?|issues?"
     r"|faults?|failures?|(?:that is |what is )?wrong)|health of|^check|^how (?:is|are)(?: the| my| our)?"),
    ("describe", r"^(?:describe|details? (?:of|on|about|for)|inspect|explain)|details?|(?:tell me|know|say|more"
                 r"|something|info|information|all|everything) (?:more )?(?:about|on)"
     r"|(?:status|state|condition) of|what is the (?:status|state|condition)|^what about$"
     r"|^(?:on |in )?(?:which|what) (?:node|machine|host|box) (?:is|are|does|runs?|hosts?)|^where (?:is|are|does|do)"
     r"|^how many replicas (?:does|do|has|have|are|is)|^who owns|(?:what is )?the (?:ip|address|owner"
     r"|age)(?: address)? of"
     r"|^how old (?:is|are)"),
    ("open", r"^(?:open|go to|goto|jump to|take me to|switch to|switch|navigate to|change to|bring me to|move to"
             r"|use(?= (?:the )?(?:namespace|ns)))"),
)  # fmt: skip
_VERBS = tuple((verb, phrase(pattern)) for verb, pattern in _TABLE)
_IS_IT = phrase(r"^(?:and |so |but )?(?:is|are|was|does|do|has|have|did|can)(?! (?:there|we|i|you|any|all) )")
ARE_ALL = phrase(r"^(?:and |so |but )?(?:is|are) (?:all|every|each)(?: of)?(?: the| my| our)?")
"""What it asks for is what is not so."""
_ARE_ANY = phrase(r"^(?:and |so |but )?(?:is|are) (?:there )?(?:any|some)(?: of)?(?: the| my| our)?")
_NEEDLESS = phrase(
    rf"^(?:and |now |so |please )*(?:{_LOOK})(?: me)?(?: out)?(?: all| every| any)?(?: of)?(?: the| my"
    rf"| our)?(?: are| is)?"
)


def change_asked(said: Said) -> str:
    """The word for a change that the sentence asks for, or asks how to do; empty when it asks for none."""
    for pattern in (_HOW_TO_CHANGE, CHANGE, _AND_CHANGE):
        match = pattern.search(said.text)
        if match is not None:
            return next(filter(None, match.groupdict().values()), "change")
    return ""


def take_verb(said: Said, *, names_kind: bool) -> Verb:
    """What is wanted; empty when no word says so. `names_kind`: whether a kind is named in the sentence."""
    said.take(_HOW_TO_READ)
    if names_kind and (said.take(ARE_ALL) or said.take(_ARE_ANY)):
        return "list"
    asks_is = said.has(_IS_IT)
    for verb, pattern in _VERBS:
        match = pattern.search(said.text)
        if match is None or (names_kind and _speaks_of_kinds(said, verb, match)):
            continue
        said.take(pattern)
        return verb
    if asks_is:
        return "why"
    return "list" if said.take(_NEEDLESS) else ""


def _speaks_of_kinds(said: Said, verb: Verb, match: re.Match[str]) -> bool:
    """Whether `which pods have problems` and `are all pods fine` ask for the pods, and not for the whole."""
    if verb == "overview":
        return match[0].startswith(("is ", "are "))
    about_all = match[0].startswith(("what", "anything", "something", "everything"))
    return verb == "why" and match.start() > 1 and said.has(_LOOKS) and not about_all
