"""Pods that ask the DNS of their node, which knows no services of the cluster.

Source: Kubernetes' documentation, "DNS for Services and Pods", Pod's DNS Policy: with `hostNetwork` ClusterFirst falls
back to Default.
"""

import msgspec

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import mapping_at, text_at


def explain(snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence]) -> Finding | None:
    """The DNS policy of a container that does not find a service which is there."""
    policy, on_host = text_at(container.pod, "spec.dnsPolicy"), mapping_at(container.pod, "spec").get("hostNetwork")
    if policy == "Default":
        why, right = "dnsPolicy Default", "ClusterFirstWithHostNet" if on_host else "ClusterFirst"
    elif on_host is True and policy in ("", "ClusterFirst"):
        why, right = "hostNetwork without dnsPolicy ClusterFirstWithHostNet", "ClusterFirstWithHostNet"
    else:
        return None
    field = f"{workload.spec_path}.dnsPolicy"
    found = container_finding(
        snapshot, workload, container,
        rule="dns-of-node",
        title=f"container {container.name} crashes: it asks the DNS of its node, which knows no services",
        cause=f"its pods have {why}, so that they ask the DNS of their node and not the cluster's",
        field=field,
        evidence=[*evidence, fact("pods", container.pod, "spec.dnsPolicy", policy or "ClusterFirst")],
        confidence=0.92,
        next_steps=[f"set dnsPolicy to {right}"],
    )  # fmt: skip
    return msgspec.structs.replace(found, remedy=corrections.of_template(workload, {"dnsPolicy": right}))
