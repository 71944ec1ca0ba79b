"""Requests and limits of containers: that they are there, and how high."""

from collections.abc import Callable, Iterator, Mapping

from kubegenie_tui.diagnostics.pack.check import WITH_PODS, Check, Fault, of_containers
from kubegenie_tui.diagnostics.pack.subject import Part
from kubegenie_tui.domain.finding import Severity
from kubegenie_tui.domain.policy_parameters import Most, Parameters
from kubegenie_tui.domain.quantity import parse_quantity

_LISTS = ("initContainers", "containers")
"""Ephemeral containers have no resources of their own."""
_BOTH = ("cpu", "memory")
Judged = Callable[[Parameters, Part], Iterator[Fault]]


def _lacks(part: Part, sort: str, resource: str) -> Fault:
    return Fault(f"{part.path}.resources.{sort}s.{resource}", "not set", f"{part.word} has no {resource} {sort}")


def _missing(limits: tuple[str, ...], requests: tuple[str, ...]) -> Judged:
    """Containers without these."""

    def judged(_: Parameters, part: Part) -> Iterator[Fault]:
        yield from (_lacks(part, "limit", each) for each in limits if each not in part.limits)
        yield from (_lacks(part, "request", each) for each in requests if each not in part.requests)

    return judged


def _bounded(sort: str, *resources: str) -> Judged:
    """Containers without these limits or requests, or with more than is allowed."""

    def judged(parameters: Parameters, part: Part) -> Iterator[Fault]:
        found, most = (part.limits, parameters.limits) if sort == "limit" else (part.requests, parameters.requests)
        for resource in resources:
            if resource not in found:
                yield _lacks(part, sort, resource)
            elif resource in most:
                yield from _above(part, sort, resource, str(found[resource]), most[resource])

    return judged


def _above(part: Part, sort: str, resource: str, said: str, most: Most) -> Iterator[Fault]:
    if _value(said) > most.value:
        why = f"{part.word} has a {resource} {sort} of {said}, more than {most.text}"
        yield Fault(f"{part.path}.resources.{sort}s.{resource}", said, why)


def _ratios(*resources: str) -> Judged:
    """Containers whose limits are too far above their requests, or that lack one of the two."""

    def judged(parameters: Parameters, part: Part) -> Iterator[Fault]:
        for resource in resources:
            if resource not in part.limits:
                yield _lacks(part, "limit", resource)
            elif resource not in part.requests:
                yield _lacks(part, "request", resource)
            else:
                yield from _far_apart(part, resource, parameters.ratios[resource])

    return judged


def _far_apart(part: Part, resource: str, ratio: float) -> Iterator[Fault]:
    limit, request = _value(str(part.limits[resource])), _value(str(part.requests[resource]))
    if limit > ratio * request:
        said = f"{part.limits[resource]} for a request of {part.requests[resource]}"
        why = f"{part.word} has a {resource} limit of {said}, more than {ratio:g} times as much"
        yield Fault(f"{part.path}.resources.limits.{resource}", str(part.limits[resource]), why)


def _value(said: str) -> float:
    """A quantity; 0 for what is none, which no API server lets in."""
    try:
        return parse_quantity(said)
    except ValueError:
        return 0.0


def _bounds(most: Mapping[str, Most], *resources: str) -> bool:
    return any(resource in most for resource in resources)


def _all_limits(parameters: Parameters) -> str:
    return "" if _bounds(parameters.limits, *_BOTH) else "container-limits-and-requests"


def _memory_limit(parameters: Parameters) -> str:
    return "container-limits" if _bounds(parameters.limits, *_BOTH) else "container-limits-and-requests"


def _all_requests(parameters: Parameters) -> str:
    return "" if _bounds(parameters.requests, *_BOTH) else "container-limits-and-requests"


_STEP = "set it in the container's resources"

CHECKS = (
    Check(
        "container-cpu-requests-memory-limits-and-requests",
        "each container has a cpu request, a memory request and a memory limit",
        WITH_PODS,
        of_containers(_missing(("memory",), _BOTH), *_LISTS),
        _STEP,
        settings=("exempt_images",),
        covered_by=lambda _: "container-limits-and-requests",
    ),
    Check(
        "container-limits",
        "each container has a cpu and a memory limit, none too high",
        WITH_PODS,
        of_containers(_bounded("limit", *_BOTH), *_LISTS),
        _STEP,
        settings=("cpu_limit", "memory_limit", "exempt_images"),
        covered_by=_all_limits,
    ),
    Check(
        "container-limits-and-requests",
        "each container has requests and limits of cpu and memory",
        WITH_PODS,
        of_containers(_missing(_BOTH, _BOTH), *_LISTS),
        _STEP,
        settings=("exempt_images",),
    ),
    Check(
        "container-limits-ignore-cpu",
        "each container has a memory limit, not too high",
        WITH_PODS,
        of_containers(_bounded("limit", "memory"), *_LISTS),
        _STEP,
        settings=("memory_limit", "exempt_images"),
        covered_by=_memory_limit,
    ),
    Check(
        "container-requests",
        "each container has a cpu and a memory request, none too high",
        WITH_PODS,
        of_containers(_bounded("request", *_BOTH), *_LISTS),
        _STEP,
        settings=("cpu_request", "memory_request", "exempt_images"),
        covered_by=_all_requests,
    ),
    Check(
        "ephemeral-storage-limit",
        "each container has a limit of ephemeral storage, not too high",
        WITH_PODS,
        of_containers(_bounded("limit", "ephemeral-storage"), *_LISTS),
        _STEP,
        Severity.INFO,
        settings=("ephemeral_storage_limit", "exempt_images"),
    ),
    Check(
        "memory-and-cpu-ratios",
        "no container's limits are too far above its requests, of cpu and of memory",
        WITH_PODS,
        of_containers(_ratios(*_BOTH), *_LISTS),
        "bring request and limit nearer to each other",
        Severity.INFO,
        settings=("memory_ratio", "cpu_ratio", "exempt_images"),
    ),
    Check(
        "memory-ratio-only",
        "no container's memory limit is too far above its memory request",
        WITH_PODS,
        of_containers(_ratios("memory"), *_LISTS),
        "bring request and limit nearer to each other",
        Severity.INFO,
        settings=("memory_ratio", "exempt_images"),
        covered_by=lambda _: "memory-and-cpu-ratios",
    ),
)
