"""How many replicas or containers something is to have: `deployments with fewer than 2 replicas`."""

import re

from kubegenie_tui.genie.offline.words import Said, phrase

_OF_REPLICAS = phrase(
    r"(?:(?:that |which )?(?:with|having|have|has|run|runs|running) )?(?:(more than|over|at least|fewer than|less than"
    r"|under|at most|exactly|only|just) )?([1-9]\d?|one|two|three|four|five)(?: or (more|less|fewer))?"
    r" (?:replicas?|instances?|copies|containers?)"
)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_OF_PODS = phrase("pods?|deployments?|deploys|stateful ?sets?|sts|replica ?sets?|workloads|applications|apps")
_NOT_OF_PODS = phrase("nodes?|namespaces?|services?|each|per|how many")


def replicas_of(said: Said, verb: str) -> list[str]:
    """A term for how many they have, as the column READY tells it behind its slash: `3/5`."""
    has_them = verb in ("list", "count", "") and said.has(_OF_PODS) and not said.has(_NOT_OF_PODS)
    match = said.take(_OF_REPLICAS) if has_them else None
    if match is None:
        return []
    way, number = f"{match[1] or ''} {match[3] or ''}", _NUMBERS.get(match[2]) or int(match[2])
    if re.search("more|over|least", way):
        return [f"READY:/({_from(number + (match[1] in ('more than', 'over')))})$"]
    least = 0 if re.search("fewer|less|under|most", way) else number
    most = number - (match[1] in ("fewer than", "less than", "under"))
    return [f"READY:/({'|'.join(str(each) for each in range(least, most + 1))})$"]


def _from(least: int) -> str:
    """A pattern of the numbers from one on."""
    digits = len(str(least))
    return "|".join([*(str(each) for each in range(least, 10**digits)), f"[0-9]{{{digits + 1},}}"])
