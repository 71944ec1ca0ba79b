"""The cases of all rules, the nodes and kinds that they need, and the rules that only scenes can show."""

from kubegenie_tui.domain.kind import Kind
from tests.cluster.faults import Object, deployment
from tests.cluster.rule_cases_around_pods import AROUND_PODS
from tests.cluster.rule_cases_of_pods import OF_PODS
from tests.cluster.rule_cases_of_settings import OF_SETTINGS
from tests.cluster.rule_cases_over_time import OVER_TIME
from tests.cluster.rule_parts import APP, GATEWAY, OWN, Case, in_pool

CASES = OF_PODS | AROUND_PODS | OVER_TIME | OF_SETTINGS
CUSTOM = (
    Kind(GATEWAY, "v1", "gatewayclasses", "GatewayClass", namespaced=False),
    Kind(GATEWAY, "v1", "gateways", "Gateway"),
    Kind(GATEWAY, "v1", "httproutes", "HTTPRoute"),
    Kind(GATEWAY, "v1beta1", "referencegrants", "ReferenceGrant"),
    Kind("monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor"),
    Kind("monitoring.coreos.com", "v1", "podmonitors", "PodMonitor"),
    Kind("cert-manager.io", "v1", "issuers", "Issuer"),
    Kind("cert-manager.io", "v1", "certificates", "Certificate"),
    Kind("kustomize.toolkit.fluxcd.io", "v1", "kustomizations", "Kustomization"),
    Kind("wgpolicyk8s.io", "v1alpha2", "policyreports", "PolicyReport"),
    Kind("operators.coreos.com", "v1", "operatorgroups", "OperatorGroup"),
    Kind("operators.coreos.com", "v1alpha1", "catalogsources", "CatalogSource"),
)
"""Kinds that are defined for the cases, with the names of the real ones and without their schemas."""
NODES: dict[str, Object] = {
    "node-2": {"metadata": {"labels": {"pool": "disk"}}},
    "node-3": {"metadata": {"labels": {"pool": "cpu"}}},
    "node-4": {"metadata": {"labels": {"pool": "memory"}}},
    "node-5": {"metadata": {"labels": {"pool": "own"}}, "spec": {"taints": [{**OWN, "value": "ledger"}]}},
    "node-6": {"metadata": {"labels": {"pool": "closed"}}, "spec": {"unschedulable": True}},
    "node-7": {"metadata": {"annotations": {"sim/fault": "MemoryPressure"}}, "spec": {"taints": [OWN]}},
    "node-8": {"metadata": {"annotations": {"sim/fault": "NotReady"}}, "spec": {"taints": [OWN]}},
    "node-9": {"metadata": {"labels": {"pool": "full"}}},
}
"""What is changed of nodes before anything runs; where a node is to fail, nothing is placed."""
PROBLEM = {"type": "KernelDeadlock", "status": "True", "reason": "DockerHung", "message": "task docker:7 blocked"}
"""What node-problem-detector would say of node-7."""
ONE_POD = {"allocatable": {"pods": "1"}}
"""All that node-9 has room for."""
ON_NODES: dict[str, Case] = {
    "insufficient-cpu": Case(APP, (in_pool("cpu", {"cpu": "5"}, 2),), (in_pool("cpu", {"cpu": "10m"}),)),
    "insufficient-memory": Case(
        APP, (in_pool("memory", {"memory": "18Gi"}, 2),), (in_pool("memory", {"memory": "1Mi"}),),
    ),
    "ephemeral-storage": Case(
        APP, (in_pool("disk", {"ephemeral-storage": "60Gi"}, 2),), (in_pool("disk", {"ephemeral-storage": "1Gi"}),),
    ),
    "untolerated-taint": Case(
        APP, (in_pool("own"),), (in_pool("own", tolerations=[{**OWN, "operator": "Exists"}]),),
    ),
    "too-many-pods": Case(APP, (in_pool("full", replicas=2),), (in_pool("disk", replicas=2),)),
    "node-cordoned": Case("nodes node-6", (in_pool("closed"),), (deployment("app"),)),
}  # fmt: skip
"""Cases that need nodes of their own."""
AT_NODES = {"node-not-ready": "node-8", "node-problem": "node-7", "node-pressure": "node-7", "node-cordoned": "node-6"}
"""The one node at which a rule finds a fault, among healthy ones."""
ONLY_IN_MEMORY: dict[str, str] = {
    "errors-logged": "only who asks about one object is told; it has a test of its own",
    "cronjob-replaces": "its time has to come twice, which takes two minutes of the control plane's",
    "conversion-webhook-down": "a kind that cannot be read would be there for all; it has a test of its own",
}
"""Rules whose faults cannot be made on the control plane that all tests share, and why: scenes show them alone."""
