"""Objects as an API server gives them back: with the defaults that it puts in."""

from typing import Any

Object = dict[str, Any]
MODEST: Object = {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "1Gi"}
_PROBE: Object = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}


def probe(port: int = 8080) -> Object:
    return {"httpGet": {"path": "/", "port": port, "scheme": "HTTP"}, **_PROBE}


def container(name: str = "app", **said: Any) -> Object:
    """One that no check finds fault with, unless told otherwise; None takes a field away."""
    whole = {
        "name": name,
        "image": f"registry.example/{name}:1.4@sha256:{'ab' * 32}",
        "resources": {"limits": MODEST, "requests": MODEST},
        "readinessProbe": probe(),
        "livenessProbe": probe(),
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        **said,
    }
    return {field: value for field, value in whole.items() if value is not None}


def pod_spec(*containers: Object, **said: Any) -> Object:
    return {
        "containers": list(containers) or [container()],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "serviceAccountName": "default",
        "serviceAccount": "default",
        "automountServiceAccountToken": False,
        "securityContext": {},
        "schedulerName": "default-scheduler",
        **said,
    }


def served(kind: str, name: str, spec: Object | None = None, *, namespace: str = "shop", **rest: Any) -> Object:
    uid = f"{kind}/{namespace}/{name}"
    metadata = {"name": name, "uid": uid, "resourceVersion": "1", "creationTimestamp": "2025-11-25T19:00:00Z"}
    place = {"namespace": namespace} if namespace else {}
    return {"metadata": metadata | place | rest.pop("metadata", {}), **({"spec": spec} if spec else {}), **rest}


def deployment(*containers: Object, name: str = "web", replicas: int = 3, **said: Any) -> Object:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod_spec(*containers, **said)}
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "template": template,
        "strategy": rolling,
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
    }
    return served("Deployment", name, spec)


def pod(*containers: Object, name: str = "alone", owner: tuple[str, str] | None = None, **said: Any) -> Object:
    """`owner`: kind and name of what controls it."""
    metadata: Object = {"labels": {"app": name}}
    if owner is not None:
        kind, by = owner
        metadata["ownerReferences"] = [{"kind": kind, "name": by, "uid": f"{kind}/shop/{by}", "controller": True}]
    spec = pod_spec(*containers, nodeName="node-1", **said)
    return served("Pod", name, spec, metadata=metadata, status={"phase": "Running"})


def service(name: str = "web", **said: Any) -> Object:
    ports = [{"protocol": "TCP", "port": 80, "targetPort": 8080}]
    families = {"ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "internalTrafficPolicy": "Cluster"}
    spec = {"type": "ClusterIP", "clusterIP": "10.96.0.7", "selector": {"app": name}, "sessionAffinity": "None"}
    return served("Service", name, {**spec, "ports": ports, **families, **said})


def ingress(name: str = "front", *, host: str = "shop.example", namespace: str = "shop", **said: Any) -> Object:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    annotations = said.pop("annotations", {"kubernetes.io/ingress.allow-http": "false"})
    spec = {
        "ingressClassName": "nginx",
        "rules": [{"host": host, **rule} if host else rule],
        "tls": [{"hosts": ["shop.example"], "secretName": "shop-tls"}],
        **said,
    }
    spec = {field: value for field, value in spec.items() if value is not None}
    return served("Ingress", name, spec, namespace=namespace, metadata={"annotations": annotations})


def autoscaler(least: int | None = 3, most: int = 10, target: str = "web") -> Object:
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
        "minReplicas": least,
        "maxReplicas": most,
        "metrics": [cpu],
    }
    return served("HorizontalPodAutoscaler", "web", {k: v for k, v in spec.items() if v is not None})


def budget(**said: Any) -> Object:
    return served("PodDisruptionBudget", "web-budget", {"selector": {"matchLabels": {"app": "web"}}, **said})


def binding(subject: str, role: str = "view", *, namespace: str = "") -> Object:
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
    subjects = [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": subject}]
    return served("ClusterRoleBinding", "all", namespace=namespace, roleRef=reference, subjects=subjects)


def role(name: str, *verbs: str) -> Object:
    rules = [{"apiGroups": [""], "resources": ["pods", "endpoints"], "verbs": list(verbs)}]
    return served("ClusterRole", name, namespace="", rules=rules)
