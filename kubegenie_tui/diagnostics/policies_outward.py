"""Network policies that keep a program from addresses outside of the cluster.

Source: Kubernetes' documentation, NetworkPolicy: selectors of pods and namespaces never stand for what is outside;
only `ipBlock`, or a rule without peers, lets out to there.
"""

import ipaddress

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.calls import service_of
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.policies import POLICIES, allows_port, selecting, told
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at, texts_at

_FIELD = "spec.egress"


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, goal: tuple[str, int], evidence: list[Evidence]
) -> Finding | None:
    """The policy in the way to a host and a port, when none of the pod's policies lets it out to there."""
    host, port = goal
    policies = list(selecting(snapshot, container.pod, "Egress"))
    if not port or not policies or not _is_outside(snapshot, ref_of("pods", container.pod).namespace, host):
        return None
    if any(_lets_out(rule, host, port) for policy in policies for rule in mappings_at(policy, _FIELD)):
        return None
    policy = max(policies, key=lambda each: bool(mappings_at(each, _FIELD)))
    return container_finding(
        snapshot, workload, container,
        rule="policy-blocks",
        title=f"container {container.name} crashes: a network policy keeps it from {host}",
        cause=f"egress to {host}, port {port}, is in no rule",
        root=ref_of(POLICIES, policy),
        field=_FIELD,
        evidence=[*evidence, fact(POLICIES, policy, _FIELD, told(policy, _FIELD))],
        confidence=0.85,
        next_steps=[f"let the policy allow port {port} to {host}, by an ipBlock"],
    )  # fmt: skip


def _is_outside(snapshot: Snapshot, namespace: str, host: str) -> bool:
    """Whether it is an address of the internet, or a host that no service stands for."""
    address = _address(host)
    if address is not None:
        return address.is_global
    return "." in host and service_of(snapshot, namespace, host) is None


def _lets_out(rule: Manifest, host: str, port: int) -> bool:
    """Of a host whose address is not known any block may be."""
    peers = mappings_at(rule, "to")
    return allows_port(rule, {port}) and (not peers or any(_holds(peer, host) for peer in peers))


def _holds(peer: Manifest, host: str) -> bool:
    address, block = _address(host), text_at(peer, "ipBlock.cidr")
    if not block or address is None:
        return bool(block)
    return _is_in(address, block) and not any(_is_in(address, each) for each in texts_at(peer, "ipBlock.except"))


def _is_in(address: ipaddress.IPv4Address | ipaddress.IPv6Address, block: str) -> bool:
    try:
        return address in ipaddress.ip_network(block, strict=False)
    except ValueError:
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
