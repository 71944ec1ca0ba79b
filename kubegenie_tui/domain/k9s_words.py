"""Words of k9s that nothing here is called by, for who has them in the fingers."""

from collections.abc import Callable, Container

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import KindIndex

_RBAC = "rbac.authorization.k8s.io"
K9S_WORDS = {
    "dp": "deployments.apps",
    "sec": "secrets",
    "jo": "jobs.batch",
    "np": "networkpolicies.networking.k8s.io",
    "cr": f"clusterroles.{_RBAC}",
    "crb": f"clusterrolebindings.{_RBAC}",
    "ro": f"roles.{_RBAC}",
    "rb": f"rolebindings.{_RBAC}",
    **dict.fromkeys(("pulses", "pu", "hz"), "pulse"),
    **dict.fromkeys(("portforwards", "portforward", "port-forwards"), "forwards"),
    **dict.fromkeys(("charts", "chart", "hm"), "helm"),
    **dict.fromkeys(("usr", "user"), "users"),
    **dict.fromkeys(("grp", "group"), "groups"),
    **dict.fromkeys(("aliases", "alias", "a"), "api"),
    **dict.fromkeys(("xrays", "x"), "xray"),
    **dict.fromkeys(("qa", "Q"), "quit"),
}
"""Each with our word for it. What a cluster calls a kind, and a person a command, goes before."""
K9S_ALONE = {
    **dict.fromkeys(("workloads", "workload", "wk"), "`:deploy`, `:sts`, `:ds` show a kind each, `:pulse` counts all"),
    **dict.fromkeys(("popeye", "pop"), "`:problems` tells what is wrong, `:policies` what is unwise"),
    **dict.fromkeys(("dir", "d"), "`:apply FILE` takes a file"),
    **dict.fromkeys(("screendumps", "screendump", "sd"), "`kubegenie get KIND` prints a table, `ctrl+s` saves a log"),
    **dict.fromkeys(
        ("benchmarks", "benchmark", "bench", "be"), "`:forward` leads a port here, for a program that loads it"
    ),
}
"""What k9s has and we have not, each with what comes near."""


def in_our_words(word: str, kinds: KindIndex, commands: Callable[[], Container[str]]) -> str:
    """The word itself where it means something here, else ours for what k9s calls so.

    Raises:
        UsageError: only k9s has it.
    """
    if word not in K9S_WORDS.keys() | K9S_ALONE.keys() or kinds.find(word) is not None or word in commands():
        return word
    if word in K9S_ALONE:
        raise UsageError(f'There is no "{word}" here, as there is in k9s', next_step=K9S_ALONE[word])
    return K9S_WORDS[word]
