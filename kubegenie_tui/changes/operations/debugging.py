"""A look from inside: a container with tools beside those of a pod, and a shell on a node."""

from collections.abc import Sequence

from kubegenie_tui.changes.operations.operation import Operation, Request, Right, Targets, asking, of_kinds
from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import ChoiceField, Field, TextField
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import PatchType, Plan, Step, Verb

IMAGE = "busybox:1.37"
SHELL = "sh"
SUBRESOURCE = "ephemeralcontainers"
NO_ONE = "none: its own processes only"
LONGEST_NAME = 63
LONGEST_SECONDS = 4 * 3600
"""After this a shell on a node ends by itself: a privileged pod must not be forgotten."""
SHELL_CONTAINER = "shell"
_INTO_THE_NODE = ["nsenter", "--target", "1", "--mount", "--uts", "--ipc", "--net", "--pid", "--"]


def can_debug(kind: Kind) -> bool:
    """Whether the server adds containers to running pods."""
    return SUBRESOURCE in kind.subresources


def debug_step(pod: Target, name: str, image: str, beside: str = "", command: Sequence[str] = (SHELL,)) -> Step:
    """A container for looking around, added to a running pod; it stays until the pod goes.

    Args:
        pod: the pod.
        name: of the new container.
        image: with the tools.
        beside: the container whose processes it sees; empty for none.
        command: what it runs.
    """
    container = {"name": name, "image": image, "command": list(command), "stdin": True, "tty": True}
    if beside:
        container["targetContainerName"] = beside
    return pod.patch({"spec": {"ephemeralContainers": [container]}}, PatchType.STRATEGIC, SUBRESOURCE)


def node_shell_step(node: Target, token: str, image: str = IMAGE, namespace: str = "default") -> Step:
    """A privileged pod on a node that enters the node's own namespaces; to be deleted afterwards.

    Source of the shape: `kubectl debug node --profile=sysadmin`, entered by nsenter.
    """
    ending = f"-{token}"
    name = f"node-shell-{node.name}"[: LONGEST_NAME - len(ending)].rstrip("-.") + ending
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/managed-by": "kubegenie"}},
        "spec": {
            "nodeName": node.name,
            "restartPolicy": "Never",
            "activeDeadlineSeconds": LONGEST_SECONDS,
            "terminationGracePeriodSeconds": 0,
            "hostPID": True,
            "hostIPC": True,
            "hostNetwork": True,
            "tolerations": [{"operator": "Exists"}],
            "containers": [
                {
                    "name": SHELL_CONTAINER,
                    "image": image,
                    "command": [*_INTO_THE_NODE, SHELL, "-l"],
                    "stdin": True,
                    "stdinOnce": True,
                    "tty": True,
                    "securityContext": {"privileged": True},
                }
            ],
        },
    }
    return Step(Verb.CREATE, ObjectRef("pods", name, namespace, node.cluster), body)


def _debug_fields(targets: Targets) -> Sequence[Field]:
    names = [text_at(container, "name") for container in targets[0].containers()]
    return (
        TextField("image", "Image", IMAGE, "with the tools you need"),
        ChoiceField("beside", "Beside", (*names, NO_ONE), hint="whose processes it sees"),
        TextField("command", "Command", SHELL),
    )


async def _debug(request: Request) -> Plan:
    pod, beside = request.targets[0], request.text("beside")
    if text_at(pod.manifest, "status.phase") in ("Succeeded", "Failed"):
        raise UsageError(f"{pod.words} has ended", "a container can be added to a running pod only")
    name = f"debug-{request.token}"
    image, command = request.text("image") or IMAGE, request.text("command").split() or [SHELL]
    step = debug_step(pod, name, image, "" if beside == NO_ONE else beside, command)
    return request.plan(f"Add the container {name} ({image}) to {pod.words}", [step])


def _node_shell_fields(_: Targets) -> Sequence[Field]:
    return (
        TextField("image", "Image", IMAGE, "must have nsenter"),
        TextField("namespace", "Namespace", "default", "where the pod is made"),
    )


async def _node_shell(request: Request) -> Plan:
    node = request.targets[0]
    step = node_shell_step(node, request.token, request.text("image") or IMAGE, request.text("namespace") or "default")
    disrupts = "a privileged pod is root on the node"
    return request.plan(f"Open a shell on {node.words}", [step], disrupts, passing="when its shell is left")


def _added(plan: Plan) -> str:
    (container,) = plan.steps[0].body["spec"]["ephemeralContainers"]
    name: str = container["name"]
    return name


DEBUG = Operation(
    "debug",
    "add a debug container",
    can_debug,
    _debug,
    asking(_debug_fields),
    many=False,
    opens=_added,
    needs=Right(subresource=SUBRESOURCE),
)
NODE_SHELL = Operation(
    "node-shell",
    "shell on the node",
    of_kinds("nodes"),
    _node_shell,
    asking(_node_shell_fields),
    reads=False,
    many=False,
    opens=lambda _: SHELL_CONTAINER,
    needs=Right("create", kind_id="pods"),
)
