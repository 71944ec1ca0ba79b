"""Programs that end because of a certificate that they mount, and whose time is over."""

import re
from collections.abc import Sequence

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.certificates import expiry_of
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.relations.pod_spec import references_of

_COMPLAINT = re.compile(r"certificate[^\n]{0,60}\bexpired?\b|\bexpired[^\n]{0,30}certificate", re.IGNORECASE)


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str], evidence: list[Evidence]
) -> Finding | None:
    """The first Secret of the pod with such a certificate, where the program speaks of one."""
    if not any(_COMPLAINT.search(line) for line in lines):
        return None
    space = ref_of("pods", container.pod).namespace
    for reference in references_of(workload.pod_spec):
        secret = snapshot.get("secrets", space, reference.name) if reference.kind == "secrets" else None
        ends = expiry_of(secret) if secret is not None else None
        if secret is not None and ends is not None and 0 < ends < snapshot.now:
            ref, since = ref_of("secrets", secret), format_age(snapshot.now - ends)
            return container_finding(
                snapshot, workload, container,
                rule="certificate-expired",
                title=f"container {container.name} crashes: the certificate in secret {ref.name} has expired",
                cause=f"it expired {since} ago, and nothing has renewed it",
                root=ref,
                field="data[tls.crt]",
                evidence=[*evidence, fact("secrets", secret, "data[tls.crt]", f"expired {since} ago")],
                confidence=0.95,
                next_steps=["renew the certificate"],
            )  # fmt: skip
    return None
