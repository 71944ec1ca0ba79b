"""The log subresource: one container's output, from where the client wants it, and on as it comes."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.statuses import bad_request, invalid
from kubegenie_tui.demo.api.streaming import Answer, Pieces
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, name_of, namespace_of
from kubegenie_tui.demo.world.logs import Line, last_words, said, span, spoken
from kubegenie_tui.domain.quantity import parse_time

FOLLOW_SECONDS = 0.25
PLAIN = "text/plain"
_PULLING = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}
"""What a kubelet says instead of the reason."""


def log(cluster: Cluster, call: Call, pod: Object) -> Answer:
    """Answer `pods/NAME/log`.

    Raises:
        Refusal: no such container, it has not run, or an option that makes no sense.
    """
    container = container_of(pod, call.query.get("container", ""))
    status = status_of(pod, container)
    _check(call)
    if not pod["spec"].get("nodeName"):
        return Answer(b"", PLAIN, status=204)
    previous = call.flag("previous")
    run = span(status, cluster.clock.now(), previous=previous) if status else None
    if run is None or status is None:
        raise bad_request(_nothing(pod, container, status, previous=previous))
    begun, until, end = run
    lines = spoken(pod, container, begun, until, end)
    text = _text(_chosen(call, lines, cluster.clock.now()), timestamps=call.flag("timestamps"))
    if call.flag("follow") and not previous and "running" in status["state"]:
        return Answer(following(cluster, call, pod, container, text, until), PLAIN)
    return Answer(text[: call.number("limitBytes")], PLAIN)


def _check(call: Call) -> None:
    for option, lowest, words in (
        ("tailLines", 0, "must be greater than or equal to 0"),
        ("sinceSeconds", 1, "must be greater than 0"),
        ("limitBytes", 1, "must be greater than 0"),
    ):
        value = call.number(option)
        if value is not None and value < lowest:
            raise invalid("PodLogOptions", call.name, ("FieldValueInvalid", f"Invalid value: {value}: {words}", option))


def container_of(pod: Object, name: str) -> Object:
    """The container a client means.

    Raises:
        Refusal: none of that name, or none where one of several must be chosen.
    """
    containers = pod["spec"]["containers"]
    every = [*containers, *(pod["spec"].get("ephemeralContainers") or ())]
    default = (pod["metadata"].get("annotations") or {}).get("kubectl.kubernetes.io/default-container", "")
    wanted = name or default or (containers[0]["name"] if len(containers) == 1 else "")
    found: Object | None = next((each for each in every if each["name"] == wanted), None)
    if found:
        return found
    if name:
        raise bad_request(f"container {name} is not valid for pod {name_of(pod)}")
    names = " ".join(each["name"] for each in containers)
    raise bad_request(f"a container name must be specified for pod {name_of(pod)}, choose one of: [{names}]")


def status_of(pod: Object, container: Object) -> Object | None:
    """The status of a container."""
    told = pod.get("status") or {}
    known = [*(told.get("containerStatuses") or ()), *(told.get("ephemeralContainerStatuses") or ())]
    return next((each for each in known if each["name"] == container["name"]), None)


def runs(pod: Object, container: Object) -> bool:
    """Whether a container runs."""
    status = status_of(pod, container)
    return status is not None and "running" in status["state"]


def _nothing(pod: Object, container: Object, status: Object | None, *, previous: bool) -> str:
    name = container["name"]
    if previous and status:
        return f'previous terminated container "{name}" in pod "{name_of(pod)}" not found'
    reason = ((status or {}).get("state") or {}).get("waiting", {}).get("reason", "ContainerCreating")
    return f'container "{name}" in pod "{name_of(pod)}" is waiting to start: {_PULLING.get(reason, reason)}'


def _chosen(call: Call, lines: list[Line], now: float) -> list[Line]:
    since, tail = call.number("sinceSeconds"), call.number("tailLines")
    moment = parse_time(call.query.get("sinceTime", ""))
    if since is not None:
        moment = int(now - since)
    if moment:
        lines = [line for line in lines if line[0] >= moment]
    return lines if tail is None else lines[-tail:] if tail else []


def _text(lines: Iterable[Line], *, timestamps: bool) -> bytes:
    return "".join(f"{_stamp(at)} {text}\n" if timestamps else f"{text}\n" for at, text in lines).encode()


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


async def following(
    cluster: Cluster, call: Call, pod: Object, container: Object, first: bytes, reached: float
) -> Pieces:
    """`first`, and then what a container says from the moment `reached` on, until it ends."""
    yield first
    running = True
    while running:
        await asyncio.sleep(FOLLOW_SECONDS)
        current = cluster.get("pods", name_of(pod), namespace_of(pod))
        status = status_of(current, container) if current else None
        run = span(status, cluster.clock.now(), previous=False) if status else None
        if status is None or run is None:
            return
        running = "running" in status["state"]
        begun, until, end = run
        lines = [*said(pod, container, begun, reached, until), *last_words(container, until, end)]
        yield _text(lines, timestamps=call.flag("timestamps"))
        reached = until
