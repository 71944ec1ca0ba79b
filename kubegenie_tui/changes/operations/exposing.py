"""What stands in front of a workload or over it: a Service, an autoscaler."""

from collections.abc import Sequence

from kubegenie_tui.changes.operations.operation import Operation, Request, Right, Targets, asking, of_kinds
from kubegenie_tui.changes.operations.scaling import MOST_REPLICAS, NO_SCALE, can_scale, replicas_of
from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import ChoiceField, Field, NumberField, TextField
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb

TYPES = ("ClusterIP", "NodePort", "LoadBalancer")
HIGHEST_PORT = 65_535
_OF_ITS_PLACE = "topology.kubernetes.io/"
"""Labels that a server gives to a pod for the node it is put on: the next pod has others."""
_EXPOSABLE = of_kinds(
    "pods", "deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "replicationcontrollers"
)


def expose_step(target: Target, name: str, port: int, target_port: int | str, service_type: str = "ClusterIP") -> Step:
    """A Service that leads to the pods of a workload, or to one pod.

    Raises:
        UsageError: no equality selector tells which pods those are.
    """
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": target.namespace},
        "spec": {
            "selector": _selector(target),
            "ports": [{"port": port, "targetPort": target_port, "protocol": "TCP"}],
            "type": service_type,
        },
    }
    return Step(Verb.CREATE, ObjectRef("services", name, target.namespace, target.cluster), body)


def _selector(target: Target) -> Manifest:
    selector = mapping_at(target.manifest, "spec.selector")
    if target.kind.id == "pods":
        labels = mapping_at(target.manifest, "metadata.labels")
        found = {key: value for key, value in labels.items() if not key.startswith(_OF_ITS_PLACE)}
    elif target.kind.id == "replicationcontrollers":
        found = selector
    elif selector.get("matchExpressions"):
        raise UsageError(f"{target.words} selects by expressions", "a Service selects by equal labels only")
    else:
        found = mapping_at(selector, "matchLabels")
    if not found:
        raise UsageError(f"{target.words} has no labels that a Service could select by", next_step="label it first")
    return found


def autoscale_step(target: Target, least: int, most: int, cpu: int) -> Step:
    """An autoscaler between two numbers of replicas, by the use of CPU in percent of what is requested.

    Raises:
        UsageError: the most is less than the least.
    """
    if most < least:
        raise UsageError(f"At most {most} is less than at least {least}")
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": cpu}},
    }
    body = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": target.name, "namespace": target.namespace},
        "spec": {
            "scaleTargetRef": {
                "apiVersion": target.kind.api_version,
                "kind": target.kind.kind,
                "name": target.name,
            },
            "minReplicas": least,
            "maxReplicas": most,
            "metrics": [metric],
        },
    }
    ref = ObjectRef("horizontalpodautoscalers.autoscaling", target.name, target.namespace, target.cluster)
    return Step(Verb.CREATE, ref, body)


def _ports(target: Target) -> list[int]:
    return [
        port
        for container in target.containers()
        for each in mappings_at(container, "ports")
        if (port := number_at(each, "containerPort")) is not None
    ]


def _expose_fields(targets: Targets) -> Sequence[Field]:
    port = next(iter(_ports(targets[0])), None)
    return (
        NumberField("port", "Port", port, "where the Service listens", least=1, most=HIGHEST_PORT),
        TextField(
            "target-port", "Port of the pods", str(port or ""), "number or name; empty for the same", required=False
        ),
        TextField("name", "Name", targets[0].name),
        ChoiceField("type", "Type", TYPES),
    )


async def _expose(request: Request) -> Plan:
    target, port = request.targets[0], request.number("port")
    if port is None:
        raise UsageError(f"Which port of {target.words}?", next_step="for example: expose 80")
    inner = request.text("target-port")
    step = expose_step(
        target,
        request.text("name") or target.name,
        port,
        int(inner) if inner.isdigit() else inner or port,
        request.text("type") or TYPES[0],
    )
    return request.plan(f"Expose {target.words} as service {step.ref.name} on port {port}", [step])


async def _autoscale_fields(cluster: ClusterReader, targets: Targets) -> Sequence[Field]:
    now = await replicas_of(cluster, targets[0]) or 1
    return (
        NumberField("least", "At least", now, "replicas", least=1, most=MOST_REPLICAS),
        NumberField("most", "At most", max(2 * now, 2), "replicas", least=1, most=MOST_REPLICAS),
        NumberField("cpu", "CPU percent", 80, "of what the containers request", least=1, most=1000),
    )


async def _autoscale(request: Request) -> Plan:
    least, most, cpu = (request.number(field) for field in ("least", "most", "cpu"))
    if least is None or most is None or cpu is None:
        raise UsageError("An autoscaler needs both bounds", next_step="for example: autoscale 2 6 80")
    steps = [autoscale_step(target, least, most, cpu) for target in request.targets]
    what = request.targets[0].words if len(steps) == 1 else f"{len(steps)} {request.targets[0].kind.plural}"
    return request.plan(f"Scale {what} by itself between {least} and {most}", steps)


EXPOSE = Operation(
    "expose",
    "expose by a service",
    _EXPOSABLE,
    _expose,
    asking(_expose_fields),
    many=False,
    needs=Right("create", kind_id="services"),
)
AUTOSCALE = Operation(
    "autoscale",
    "autoscale",
    can_scale,
    _autoscale,
    _autoscale_fields,
    lacks=NO_SCALE,
    needs=Right("create", kind_id="horizontalpodautoscalers.autoscaling"),
)
