"""States by the ways they are spoken of: `in a crash loop`, `stuck on image pulls`."""

import re

from kubegenie_tui.genie.offline.words import Said, phrase

_NO = (
    r"(?:without (?:any )?|(?:with |have |has |having |are |is )?(?:no|zero|0) |not (?:have|having)(?: any)? "
    r"|lack(?:s|ing)? )"
)
STATES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (state, phrase(rf"(?:(?:that|which|who) )?(?:(?:is|are|were|was|being|in"
                   rf"|have been) )?(?:the )?(?:{pattern})(?: (?:state|status|phase))?"))
    for state, pattern in (
        ("image-pull", r"(?:err)?image ?-?pull(?: ?-?(?:back-?off|errors?|failures?))?|(?:can"
                       r"|could) not pull(?: (?:its|their|the|an?))?(?: images?)?"
         r"|(?:with )?(?:bad|wrong|missing) images?|imagepullbackoff|errimagepull|invalidimagename"
         r"|failing to pull(?: images?)?"
         r"|(?:hang(?:ing)?|stuck|wait(?:ing)?) (?:on|in|at|for|with) (?:the |an? |their )?image ?pulls?"),
        ("empty", rf"{_NO}(?:ready |live |running )?(?:endpoints?|backends?|replicas|pods?|instances?)"
                  r"|scaled (?:down )?to (?:0|zero)"),
        ("crashloop", r"(?:in )?(?:a )?crash ?-?loop(?:ing|s)?(?: ?back-?off)?|crashloopbackoff|crash(?:ing|ed"
                      r"|es|$)|keep(?:s|ing)? (?:crashing|restarting|dying)"),
        ("oomkilled", r"oom ?-?kill(?:ed|s)?|ooming|oom|(?:ran |running |run )?out of memory"
                      r"|killed for (?:lack of )?memory"),
        ("not-running", r"not (?:currently )?running"),
        ("not-ready", r"not (?:yet |all |fully )?(?:ready|available|up)|unready|un-ready|notready|not-ready"
                      r"|unavailable|incomplete"),
        ("unhealthy", r"unhealthy|not (?:healthy|ok|fine|well|working|good)|fail(?:ing)?|broken|sick|troubled"
                      r"|degraded|in trouble|under (?:(?:memory|disk|pid|cpu|heavy) )?pressure|misbehaving|faulty|down"
         r"|(?:have |having |has |with )(?:any )?(?:problems?|issues?|errors?|troubles?)|bad"),
        ("unbound", r"unbound|not bound|never (?:got |been |was |were )?bound"),
        ("cordoned", r"cordoned|(?:where |with )?scheduling (?:is )?(?:disabled|off)"
                     r"|unschedulable(?= nodes)|scheduling ?disabled|drained"),
        ("suspended", r"suspended|paused"),
        ("pending", r"(?:stuck )?(?:in )?(?:pending|container ?creating)|unscheduled|unschedulable"
                    r"|not (?:yet )?scheduled"
                    r"|waiting(?: to be scheduled)?|(?:can|could) not be scheduled"),
        ("evicted", r"evicted"),
        ("terminating", r"(?:stuck )?(?:in )?terminating|being deleted|going away"),
        ("completed", r"completed|succeeded|finished|done|(?:complete|succeed|finish)$"),
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


def state_of(said: Said) -> str:
    """The state that is spoken of, taken out of the sentence; empty for none."""
    return next((state for state, pattern in STATES if said.take(pattern)), "")
