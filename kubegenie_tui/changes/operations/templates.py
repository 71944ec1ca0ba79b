"""Texts to begin a new object with: the fields people need, with values that work."""

from textwrap import indent

from kubegenie_tui.domain.errors import UsageError

_WORKLOAD = """  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: nginx:1.29
          ports: [{containerPort: 80}]
          resources:
            requests: {cpu: 50m, memory: 64Mi}
            limits: {memory: 128Mi}
"""
_JOB = """template:
  spec:
    restartPolicy: Never
    containers:
      - name: work
        image: busybox:1.37
        command: [sh, -c, "echo done"]
"""


def _object(api_version: str, kind: str, name: str, rest: str) -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: {name}\n{rest}"


TEMPLATES: dict[str, str] = {
    "deployment": _object("apps/v1", "Deployment", "web", f"spec:\n  replicas: 2\n{_WORKLOAD}"),
    "statefulset": _object("apps/v1", "StatefulSet", "web", f"spec:\n  serviceName: web\n  replicas: 1\n{_WORKLOAD}"),
    "daemonset": _object("apps/v1", "DaemonSet", "web", f"spec:\n{_WORKLOAD}"),
    "job": _object("batch/v1", "Job", "work", "spec:\n  backoffLimit: 2\n" + indent(_JOB, "  ")),
    "cronjob": _object(
        "batch/v1",
        "CronJob",
        "work",
        'spec:\n  schedule: "0 3 * * *"\n  jobTemplate:\n    spec:\n' + indent(_JOB, "      "),
    ),
    "pod": _object(
        "v1",
        "Pod",
        "web",
        "spec:\n  containers:\n    - name: web\n      image: nginx:1.29\n      ports: [{containerPort: 80}]\n",
    ),
    "service": _object(
        "v1", "Service", "web", "spec:\n  selector: {app: web}\n  ports:\n    - port: 80\n      targetPort: 80\n"
    ),
    "ingress": _object(
        "networking.k8s.io/v1",
        "Ingress",
        "web",
        "spec:\n  rules:\n    - host: web.example.com\n      http:\n        paths:\n          - path: /\n"
        "            pathType: Prefix\n            backend: {service: {name: web, port: {number: 80}}}\n",
    ),
    "networkpolicy": _object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "web",
        "spec:\n  podSelector:\n    matchLabels: {app: web}\n  policyTypes: [Ingress]\n  ingress:\n"
        "    - from: [{podSelector: {}}]\n      ports: [{port: 80}]\n",
    ),
    "configmap": _object("v1", "ConfigMap", "settings", "data:\n  LOG_LEVEL: info\n"),
    "secret": _object("v1", "Secret", "credentials", "type: Opaque\nstringData:\n  password: change-me\n"),
    "namespace": _object("v1", "Namespace", "team-a", ""),
    "persistentvolumeclaim": _object(
        "v1",
        "PersistentVolumeClaim",
        "data",
        "spec:\n  accessModes: [ReadWriteOnce]\n  resources:\n    requests: {storage: 1Gi}\n",
    ),
    "poddisruptionbudget": _object(
        "policy/v1",
        "PodDisruptionBudget",
        "web",
        "spec:\n  minAvailable: 1\n  selector:\n    matchLabels: {app: web}\n",
    ),
    "serviceaccount": _object("v1", "ServiceAccount", "web", ""),
    "role": _object(
        "rbac.authorization.k8s.io/v1",
        "Role",
        "reader",
        'rules:\n  - apiGroups: [""]\n    resources: [pods]\n    verbs: [get, list, watch]\n',
    ),
    "rolebinding": _object(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        "reader",
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}\n"
        "subjects:\n  - {kind: ServiceAccount, name: web}\n",
    ),
}
"""By the kind's name in lower case."""


def template(kind_name: str, namespace: str = "") -> str:
    """The text to begin with; into this namespace unless the kind has none.

    Raises:
        UsageError: there is none for this kind.
    """
    text = TEMPLATES.get(kind_name.lower())
    if text is None:
        import difflib

        near = difflib.get_close_matches(kind_name.lower(), TEMPLATES, n=2)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(TEMPLATES)}"
        raise UsageError(f'There is no template for "{kind_name}"', next_step=hint)
    if not namespace or kind_name.lower() == "namespace":
        return text
    head, name, rest = text.partition("metadata:\n")
    first, line_end, others = rest.partition("\n")
    return f"{head}{name}{first}{line_end}  namespace: {namespace}\n{others}"
