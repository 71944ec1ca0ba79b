"""Every rule by its id, with what it finds. The reference page: `python -m kubegenie_tui.diagnostics.rules`."""

import sys
from collections.abc import Iterable, Iterator

from kubegenie_tui.diagnostics.pack.audit import CHECKS, OWN
from kubegenie_tui.diagnostics.pack.check import Check
from kubegenie_tui.domain.policy_parameters import parameters_of
from kubegenie_tui.domain.policy_settings import PolicySettings

RULES: dict[str, dict[str, str]] = {
    "Configuration": {
        "missing-secret": "A Secret that a pod refers to does not exist.",
        "missing-secret-key": "A Secret exists, but has no such key.",
        "missing-configmap": "A ConfigMap that a pod refers to does not exist.",
        "missing-configmap-key": "A ConfigMap exists, but has no such key.",
        "configmap-empty": "A ConfigMap that a workload reads is empty.",
        "configmap-changed": "A ConfigMap was changed after pods had made their variables of it.",
        "config-file-broken": "A file of a ConfigMap is no valid JSON, YAML or TOML, and the program cannot read it.",
        "configmap-full": "A ConfigMap is near the size from which on it is refused.",
        "missing-variable": "The program says that an environment variable is missing.",
        "variable-not-replaced": "A variable names another one that comes after it, or that is not there.",
        "service-link": "A program takes a variable that Kubernetes sets for a service for its own.",
        "missing-service-account": "The service account of the pods does not exist.",
        "runs-as-root-refused": "The image runs as root, and the pod forbids that.",
    },
    "Images": {
        "image-not-found": "The registry has no image or tag of this name.",
        "image-not-found-or-private": "The registry tells no image of this name to strangers.",
        "image-pull-unauthorized": "The registry refuses the credentials, or there are none.",
        "missing-pull-secret": "A workload names a pull secret that does not exist, or is of another type.",
        "image-pull-rate-limited": "The registry has been asked too often.",
        "image-registry-unknown": "The registry's host is not known.",
        "image-registry-unreachable": "The registry does not answer.",
        "image-registry-untrusted": "The registry's certificate is not trusted.",
        "image-never-pulled": "The image is not on the node, and may not be pulled.",
        "invalid-image-name": "The name is no image's name.",
        "image-pull-failed": "The image cannot be pulled for another reason.",
    },
    "Programs": {
        "command-not-found": "The command is not in the image.",
        "grace-too-short": "A preStop hook lasts as long as the pod is given to end.",
        "container-cannot-start": "The runtime cannot start the container.",
        "crash-loop": "The program ends with an error again and again.",
        "exits-at-once": "The program ends well, at once or again and again, where it should run on.",
        "out-of-memory": "The program is killed for using more memory than its limit.",
        "permission-denied": "The program may not read or write a file.",
        "read-only-filesystem": "The program writes to a file system that is read-only.",
        "no-space-left": "The program finds its disk full.",
        "file-missing": "The program finds no file where it expects one.",
        "port-in-use": "Another program has the port already.",
        "login-refused": "What the program logs in to refuses its credentials.",
        "not-allowed": "The cluster's rules refuse the program's service account.",
        "unknown-host": "The program asks for a host name that is not known.",
        "wrong-port": "The program calls a port that the service does not have.",
        "calls-itself": "The program calls its own pod for what a service serves.",
        "dns-of-node": "The pods ask the DNS of their node, which knows no services.",
        "dependency-down": "What the program calls has no ready pod.",
        "dependency-asleep": "What the program calls is scaled to 0.",
        "errors-logged": "A program that is ready logs the same error again and again; only who asks about it is told.",
        "init-waits": "An init container does not come to an end, and holds the pod back.",
        "pod-setup-fails": "The kubelet cannot set the pod up.",
    },
    "Probes": {
        "readiness-probe-fails": "Pods run, but the readiness probe finds them not ready.",
        "liveness-probe-fails": "The liveness probe has running containers killed.",
        "startup-probe-fails": "The startup probe ends containers before they are up.",
        "readiness-gate": "Nobody opens a readiness gate of pods that run.",
    },
    "Placing": {
        "request-too-large": "No node is large enough for what a pod requests.",
        "insufficient-cpu": "No node has the cpu left that a pod requests.",
        "insufficient-memory": "No node has the memory left that a pod requests.",
        "insufficient-resource": "No node has another resource left that a pod requests, such as a GPU.",
        "missing-device-claim": "A device claim of a pod, its template or its class does not exist.",
        "missing-node": "Pods are bound by name to a node that does not exist.",
        "node-selector": "No node has the labels that the pod's node selector wants.",
        "node-affinity": "No node fits the pod's node affinity.",
        "untolerated-taint": "The nodes have taints that the pod does not tolerate.",
        "pod-affinity": "No node runs a pod that this one must share a node or a zone with.",
        "anti-affinity": "Each node already runs a pod that this one must not share a node with.",
        "topology-spread": "The spread constraint leaves no node.",
        "host-port-taken": "The host port is taken on every node.",
        "too-many-pods": "Every node has as many pods as it may.",
        "node-cordoned": "The nodes that would do are cordoned.",
        "ephemeral-storage": "No node has the ephemeral storage that is requested.",
        "scheduler-silent": "Pods name a scheduler that does not look at them.",
        "scheduling-gated": "A gate holds the pods back from the scheduler.",
        "unschedulable": "The scheduler finds no node for another reason.",
    },
    "Making pods": {
        "quota-exceeded": "A quota is used up.",
        "quota-needs-resources": "A quota wants requests or limits that the pods do not set.",
        "limit-range": "A limit range refuses what the pods ask for.",
        "missing-priority-class": "The PriorityClass that pods name does not exist.",
        "missing-runtime-class": "The RuntimeClass that pods name does not exist.",
        "pod-security": "The namespace's pod security level refuses the pods.",
        "webhook-denied": "An admission webhook refuses the pods.",
        "webhook-down": "An admission webhook does not answer.",
        "pod-refused": "The API server refuses the pods for another reason.",
        "daemonset-nowhere": "No node has the labels that a DaemonSet wants.",
        "rollout-paused": "The rollout is paused.",
        "update-held": "The partition or the strategy of a StatefulSet keeps an update from all of its pods.",
        "rollout-late": "The rollout makes no progress.",
        "scaled-to-zero": "What is asked about has 0 replicas.",
        "statefulset-service": "The service that gives the pods of a StatefulSet their names does not exist.",
        "evicted": "Pods were evicted from their node.",
        "stuck-terminating": "A deleted object stays, for a finalizer or a node holds it.",
    },
    "Storage": {
        "missing-claim": "A claim that a pod refers to does not exist.",
        "claim-unbound": "A claim finds no volume.",
        "volume-failed": "A volume could not be reclaimed.",
        "volume-released": "A volume is kept, and its claim is gone.",
        "several-default-classes": "More than one StorageClass is the default.",
        "claim-in-use": "Several pods want a claim that one node or one pod alone may use.",
        "claim-lost": "The volume of a claim is gone.",
        "missing-storage-class": "The storage class of a claim does not exist.",
        "missing-csi-driver": "The driver of a storage class is not installed.",
        "no-default-storage-class": "A claim names no class, and there is no default.",
        "provisioning-failed": "The provisioner cannot make the volume.",
        "volume-elsewhere": "The volume is in another zone or on another node.",
    },
    "Network": {
        "service-selects-nothing": "The service's selector fits no pod.",
        "service-wrong-port": "The service sends to a port that the pods do not have.",
        "service-selects-others": "The service's selector also fits pods that serve none of its ports.",
        "service-of-old-version": "A service leads to a version that is scaled to 0, while another one runs.",
        "service-wrong-protocol": "The service sends by another protocol than the pods take.",
        "service-without-selector": "A service selects no pods, and has no addresses of its own for its ports.",
        "external-name": "A service is another name for itself, maybe through others, or for one that does not exist.",
        "service-events": "A controller complains about a service again and again.",
        "load-balancer-pending": "A service of type LoadBalancer gets no address.",
        "policy-blocks": "A network policy keeps traffic away that is meant to come.",
        "policy-selects-nothing": "A network policy guards no pod.",
        "policy-closes": "Network policies let nobody in to any port of a service.",
        "missing-backend": "An ingress or a route leads to a service that does not exist.",
        "wrong-backend-port": "An ingress or a route leads to a port that the service does not have.",
        "missing-gateway-class": "The class of a gateway does not exist.",
        "gateway-class-unclaimed": "No controller has taken on a gateway class.",
        "missing-gateway": "The gateway of a route does not exist.",
        "reference-not-granted": "A route leads to a service of another namespace, which does not grant it that.",
        "gateway-refuses": "The gateway of a route takes none from its namespace.",
        "missing-ingress-class": "The class of an ingress does not exist.",
        "ingress-overlap": "Two ingresses lead one address to different services.",
        "missing-certificate": "The TLS Secret of an ingress or a gateway does not exist.",
        "certificate-incomplete": "The Secret of an ingress or a gateway holds no readable certificate, or no key.",
        "certificate-expired": "A certificate has expired.",
        "certificate-expires": "A certificate expires soon.",
        "certificate-other-key": "The key of a TLS Secret is not that of its certificate.",
        "certificate-other-host": "A certificate is for another host than the ingress.",
    },
    "Scaling and budgets": {
        "autoscaler-target": "The target of an autoscaler does not exist.",
        "autoscalers-overlap": "Two autoscalers are about the same workload.",
        "autoscaler-unable": "An autoscaler may not read or set how many replicas its target has.",
        "autoscaler-blind": "An autoscaler has no metric to go by, or its target no requests.",
        "budget-selects-nothing": "A disruption budget is about no pod.",
        "autoscaler-at-limit": "An autoscaler would add pods, and may not.",
        "budgets-overlap": "Two disruption budgets are about the same pods, which then cannot be evicted.",
        "budget-uncounted": "Kubernetes cannot count the pods of a disruption budget, so it allows no eviction.",
        "budget-blocks": "A disruption budget allows no disruption at all.",
    },
    "Jobs": {
        "job-failed": "A job has failed as often as it may, or ran too long.",
        "job-suspended": "A job is suspended, or runs no pods at a time.",
        "cronjob-suspended": "A cron job is suspended.",
        "cronjob-never-due": "The schedule of a cron job names days that none of its months has.",
        "cronjob-replaces": "A CronJob ends each run before it is done, to begin the next.",
        "cronjob-deadline": "The starting deadline of a cron job is too short to be met.",
    },
    "Nodes": {
        "node-not-ready": "A node is not ready.",
        "node-pressure": "A node lacks memory, disk or process ids.",
        "node-problem": "Something on a node reports a problem of it, such as a deadlock of its kernel.",
    },
    "Rights": {
        "missing-role": "The role that a binding names does not exist.",
        "missing-subject": "The service accounts that a binding names do not exist.",
    },
    "Custom resources": {
        "conversion-webhook-down": "Objects of a kind cannot be read, for nobody converts their versions.",
        "api-service-down": "Nobody answers for an API that the cluster is extended by.",
        "monitor-selects-nothing": "A ServiceMonitor or a PodMonitor finds nothing, or names a port that is not there.",
        "prometheus-configuration": "The configuration of a Prometheus is refused, or gives it nothing to scrape.",
        "several-operator-groups": "A namespace has more than one OperatorGroup, so that OLM installs nothing there.",
        "operator-source": "A catalog or an extension of OLM names an image or a kind of source that cannot be had.",
        "policy-reported": "A policy engine reports that an object breaks a policy.",
        "missing-reference": "A custom resource names an object that does not exist.",
        "condition-false": "A condition or phase of any custom resource tells of a fault; what it misses is followed.",
    },
}  # fmt: skip
"""By group, by id."""

_HEAD = """# Rules of diagnosis

This page is made from the code: `python -m kubegenie_tui.diagnostics.rules > docs/reference/rules.md`.

`kubegenie diagnose`, `why` in the chat and the tool `diagnose` find faults by these rules. Each finding names its rule,
its evidence and the one object that has to change; faults with one root are one finding.
"""


_PACK = """
## Policies

The checks of the policy pack are asked for by themselves: `kubegenie diagnose --policies`, `:policies`, or the tool
`audit_policy`. A diagnosis does not tell of them. They decide as those of the
[OPA Gatekeeper library](https://open-policy-agent.github.io/gatekeeper-library/website/) do, and go by the settings of
`[policy]` that are named beside them. One with a * is run only when its first setting is set.
"""
_OWN = """
### Beyond the library

These are of its own. One with a ° tells of what most clusters have, and is run only when it is asked for by name:
`kubegenie diagnose --policies unused-configmap,small-volume`.
"""
_COLUMNS = """
| rule | what is wanted | severity | settings |
|---|---|---|---|"""


def ids() -> frozenset[str]:
    """Every rule, those of the policy pack among them."""
    return frozenset((*(rule for group in RULES.values() for rule in group), *(each.rule for each in CHECKS.values())))


def reference() -> str:
    """The page, Markdown."""
    parts = [_HEAD]
    for title, rules in RULES.items():
        parts.append(f"## {title}\n\n| rule | finds |\n|---|---|")
        parts += [f"| `{rule}` | {what} |" for rule, what in rules.items()]
        parts.append("")
    return "\n".join([*parts[:-1], *_pack(), ""])


def _pack() -> Iterator[str]:
    yield from (_PACK.rstrip("\n"), _COLUMNS, *_rows(each for each in CHECKS.values() if each.name not in OWN))
    yield from (_OWN.rstrip("\n"), _COLUMNS, *_rows(OWN.values()))


def _rows(checks: Iterable[Check]) -> Iterator[str]:
    unset = parameters_of(PolicySettings())
    for check in checks:
        star = "°" if check.by_name else "*" if check.unset(unset) else ""
        settings = ", ".join(f"`{name}`" for name in check.settings)
        yield f"| `{check.rule}`{star} | {check.what} | {check.severity.name.lower()} | {settings} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
