"""What a namespace asks of each container, pod and claim in it (LimitRange): defaults, and what it refuses.

Pods and claims that a plan makes itself are refused in the server's dry run; those that a workload makes are not
looked at there, so they are here.
"""

from collections.abc import AsyncIterator, Iterator, Sequence

from kubegenie_tui.changes.surroundings import Surroundings
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.plan import Note, StepPreview
from kubegenie_tui.domain.pod_resources import LIMITS, REQUESTS, Amounts, amount, asked_by, asked_by_pod, containers_of
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS


async def limit_notes(steps: Sequence[StepPreview], around: Surroundings) -> AsyncIterator[Note]:
    """What limit ranges refuse of the pods and claims that workloads of a plan would make."""
    for step in steps:
        ref, spec = step.step.ref, new_pod_spec(step)
        if not spec or ref.kind == "pods":
            continue
        ranges = await around.all("limitranges", ref.namespace)
        spec = with_defaults(spec, ranges)
        for each in ranges:
            for why in (*_refusals(spec, each), *_claim_refusals(step.after, each)):
                name = text_at(each, "metadata.name")
                yield Note(Health.BAD, f"limit range {name} refuses what {ref.name} makes: {why}")


def new_pod_spec(step: StepPreview) -> Manifest:
    """What pods are made of that a workload does not have yet: it is new, grows, or makes others; empty for none."""
    path = TEMPLATE_PATHS.get(step.step.ref.kind, "")
    if not path or step.after is None:
        return {}
    before, after = mapping_at(step.before, path), mapping_at(step.after, path)
    was, will = (amount(mapping_at(each, "spec").get("replicas", 1)) for each in (step.before, step.after))
    return after if before != after or will > was else {}


def with_defaults(spec: Manifest, ranges: Sequence[Manifest]) -> Manifest:
    """A pod spec with the requests and limits that admission gives containers which have none."""
    items = [item for each in ranges for item in mappings_at(each, "spec.limits") if item.get("type") == "Container"]
    if not items:
        return spec
    filled = {
        name: [_filled(each, items) for each in mappings_at(spec, name)] for name in ("containers", "initContainers")
    }
    return spec | filled


def _filled(container: Manifest, items: Sequence[Manifest]) -> Manifest:
    resources = mapping_at(container, "resources")
    limits, requests = mapping_at(resources, LIMITS), mapping_at(resources, REQUESTS)
    requests = {**limits, **requests}
    for item in items:
        requests = {**mapping_at(item, "defaultRequest"), **requests}
        limits = {**mapping_at(item, "default"), **limits}
    return container | {"resources": {**resources, REQUESTS: requests, LIMITS: limits}}


def _refusals(spec: Manifest, limit_range: Manifest) -> Iterator[str]:
    for item in mappings_at(limit_range, "spec.limits"):
        match item.get("type"):
            case "Container":
                for each in containers_of(spec):
                    told = f"container {text_at(each, 'name')}"
                    yield from _faults(told, item, asked_by(each, REQUESTS), asked_by(each, LIMITS))
            case "Pod":
                yield from _faults("a pod", item, asked_by_pod(spec, REQUESTS), asked_by_pod(spec, LIMITS))


def _claim_refusals(manifest: Manifest | None, limit_range: Manifest) -> Iterator[str]:
    for item in mappings_at(limit_range, "spec.limits"):
        if item.get("type") == "PersistentVolumeClaim":
            for each in mappings_at(manifest, "spec.volumeClaimTemplates"):
                asked = {name: amount(text) for name, text in mapping_at(each, "spec.resources.requests").items()}
                yield from _faults(f"claim {text_at(each, 'metadata.name')}", item, asked, {}, claims=True)


def _faults(who: str, item: Manifest, requests: Amounts, limits: Amounts, *, claims: bool = False) -> Iterator[str]:
    """Source: Kubernetes documentation, limit ranges; a maximum needs a limit, a minimum a request, a ratio both."""
    for name, least in mapping_at(item, "min").items():
        if name not in requests:
            yield f"{who} requests no {name}, at least {least} is asked for"
        elif min(requests[name], limits.get(name, requests[name])) < amount(least):
            yield f"{who} has less {name} than {least}"
    for name, most in mapping_at(item, "max").items():
        if name not in limits and not claims:
            yield f"{who} has no limit of {name}, at most {most} is allowed"
        elif max(requests.get(name, 0), limits.get(name, 0)) > amount(most):
            yield f"{who} has more {name} than {most}"
    yield from _disproportions(who, item, requests, limits)


def _disproportions(who: str, item: Manifest, requests: Amounts, limits: Amounts) -> Iterator[str]:
    for name, given in mapping_at(item, "default").items():
        if name in limits and requests.get(name, 0) > limits[name]:
            yield f"{who} requests more {name} than the limit of {given} that it is given"
    for name, most in mapping_at(item, "maxLimitRequestRatio").items():
        if not requests.get(name) or not limits.get(name):
            yield f"{who} has no request and limit of {name}, their ratio is limited to {most}"
        elif limits[name] / requests[name] > amount(most):
            yield f"{who} has a limit of {name} more than {most} times its request"
