"""Flux on trial in staging: an operator with its kind, its rights and its lease, and what it deploys."""

from functools import partial

from kubegenie_tui.demo.state.objects import Object, name_of
from kubegenie_tui.demo.story.custom_resources import AGE, definition
from kubegenie_tui.demo.story.custom_schemas import TEXT, mapping, told, whole
from kubegenie_tui.demo.story.foundation import RBAC, namespaces
from kubegenie_tui.demo.story.manifests import deployment, manifest
from kubegenie_tui.demo.story.stage import MINUTE, Stage

SPACE, NAME, GROUP = "flux-system", "kustomize-controller", "kustomize.toolkit.fluxcd.io"
IMAGE = "ghcr.io/fluxcd/kustomize-controller:v1.8.0"
KUSTOMIZATION = whole(
    "What is applied from a directory of a source, again and again.",
    mapping(
        "What is applied, and how often.",
        ["interval", "prune", "sourceRef"],
        interval=told("How often it is applied.", pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"),
        path=told("Directory in the source."),
        prune=told("Delete what is gone from the source.", "boolean"),
        suspend=told("Leave everything as it is for now.", "boolean"),
        targetNamespace=told("Namespace of all that is applied."),
        sourceRef=mapping(
            "Where it comes from.",
            ["kind", "name"],
            kind=told("Kind of the source.", enum=["GitRepository", "OCIRepository", "Bucket"]),
            name=TEXT,
            namespace=TEXT,
        ),
    ),
)


def tell(stage: Stage) -> None:
    """Define its kind, run it, and give it work."""
    namespaces(stage, 16 * MINUTE, SPACE)
    ready = '.status.conditions[?(@.type=="Ready")].status'
    stage.create(
        15 * MINUTE,
        definition(
            GROUP, "Kustomization", "kustomizations", ["ks"], ("Ready", "string", ready), AGE, schema=KUSTOMIZATION
        ),
        *_rights(),
        _controller(),
    )
    stage.create(10 * MINUTE, *_work())
    stage.at(9 * MINUTE, partial(_lead, stage))


def _controller() -> Object:
    made = deployment(SPACE, NAME, IMAGE, 1, cpu="100m", memory="64Mi")
    made["spec"]["template"]["spec"]["serviceAccountName"] = NAME
    return made


def _rights() -> list[Object]:
    rules = [{"apiGroups": [GROUP], "resources": ["*"], "verbs": ["*"]}]
    subject = {"kind": "ServiceAccount", "name": NAME, "namespace": SPACE}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "crd-controller-flux-system"}
    return [
        manifest("v1", "ServiceAccount", NAME, SPACE),
        manifest(RBAC, "ClusterRole", "crd-controller-flux-system", rules=rules),
        manifest(RBAC, "ClusterRoleBinding", "crd-controller-flux-system", roleRef=role, subjects=[subject]),
    ]


def _work() -> list[Object]:
    failing = (
        "health check failed after 30s: timeout waiting for: [Deployment/accounts/sso-bridge status: 'InProgress']"
    )
    return [
        _kustomization("apps", "Ready", "True", "ReconciliationSucceeded", "Applied revision: main@sha1:4f1c2e7"),
        _kustomization("accounts", "Ready", "False", "HealthCheckFailed", failing),
    ]


def _kustomization(name: str, type_: str, status: str, reason: str, message: str) -> Object:
    source = {"kind": "GitRepository", "name": "platform"}
    spec = {"interval": "10m", "path": f"./{name}", "prune": True, "sourceRef": source}
    condition = {"type": type_, "status": status, "reason": reason, "message": message, "observedGeneration": 1}
    state = {"observedGeneration": 1, "conditions": [condition]}
    return manifest(f"{GROUP}/v1", "Kustomization", name, SPACE, spec=spec, status=state)


def _lead(stage: Stage) -> None:
    """The lease is held by the pod that there is."""
    pods = (name_of(pod) for pod in stage.cluster.list("pods", SPACE))
    holder = next((name for name in pods if name.startswith(NAME)), NAME)
    spec = {"holderIdentity": f"{holder}_{stage.cluster.new_uid()}", "leaseDurationSeconds": 35, "leaseTransitions": 1}
    stage.cluster.create(manifest("coordination.k8s.io/v1", "Lease", f"{NAME}-leader-election", SPACE, spec=spec))
