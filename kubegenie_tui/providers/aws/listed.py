"""Several things on one line, as a person types them into a form."""

ADD_ONS = ("vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent")
"""What a cluster has as a rule."""


def words(text: str) -> tuple[str, ...]:
    """What stands between the commas."""
    return tuple(each.strip() for each in text.split(",") if each.strip())
