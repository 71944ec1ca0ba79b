"""Short words of k9s that nothing here is called by, for who has them in the fingers."""

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
    **dict.fromkeys(("portforwards", "port-forwards"), "forwards"),
    **dict.fromkeys(("charts", "chart", "hm"), "helm"),
    **dict.fromkeys(("usr", "user"), "users"),
    **dict.fromkeys(("grp", "group"), "groups"),
    **dict.fromkeys(("aliases", "alias", "a"), "api"),
    "xrays": "xray",
}
"""Each with our word for it. What a cluster calls a kind, and a person a command, goes before."""
