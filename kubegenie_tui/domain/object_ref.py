"""What one object of a cluster is called, wherever it is spoken of."""

import msgspec


class ObjectRef(msgspec.Struct, frozen=True):
    """One object of one cluster."""

    kind: str
    """Kind id: `pods`, `deployments.apps`."""
    name: str
    namespace: str = ""
    cluster: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @property
    def noun(self) -> str:
        """What one of its kind is called: `pod`, `ingress`; of a custom kind its id."""
        plural, _, group = self.kind.partition(".")
        if "." in group and not group.endswith(".k8s.io"):
            return self.kind
        ends = (("ies", "y"), ("sses", "ss"), ("s", ""))
        return next((plural.removesuffix(end) + new for end, new in ends if plural.endswith(end)), plural)

    @property
    def words(self) -> str:
        """How people call it: `pod shop/web-1`, `node node-1`."""
        return f"{self.noun} {self.namespace}/{self.name}" if self.namespace else f"{self.noun} {self.name}"
