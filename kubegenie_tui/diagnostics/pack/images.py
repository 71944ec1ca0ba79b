"""Where images come from, and how exactly they are named."""

import re
from collections.abc import Iterator, Sequence

from kubegenie_tui.diagnostics.pack.check import WITH_PODS, Check, Fault, of_containers
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.diagnostics.pack.subject import Part, Subject
from kubegenie_tui.domain.finding import Remedy, Severity
from kubegenie_tui.domain.policy_parameters import Parameters, fits

_DIGEST = re.compile(r"@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+$")
_FROZEN, _SUCCESSOR = "k8s.gcr.io/", "registry.k8s.io/"
_CHANGEABLE = frozenset({"deployments.apps", "statefulsets.apps", "daemonsets.apps"})


def _fault(part: Part, why: str) -> Fault:
    return Fault(f"{part.path}.image", part.image, f"{part.word} {why}")


def _from_allowed(parameters: Parameters, part: Part) -> Iterator[Fault]:
    if not part.image.startswith(parameters.allowed_repos):
        yield _fault(part, f"has an image from elsewhere: {part.image}")


def _among_allowed(parameters: Parameters, part: Part) -> Iterator[Fault]:
    if not fits(part.image, parameters.allowed_images):
        yield _fault(part, f"has an image that is not among the allowed: {part.image}")


def _digest(_: Parameters, part: Part) -> Iterator[Fault]:
    if not _DIGEST.search(part.image):
        yield _fault(part, f"has an image without a digest: {part.image}")


def _tag(parameters: Parameters, part: Part) -> Iterator[Fault]:
    name, _, digest = part.image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    if not tag and not digest:
        yield _fault(part, f"has an image without a tag, which means latest: {part.image}")
    elif tag in parameters.disallowed_tags and tag:
        yield _fault(part, f"has an image with the tag {tag}: {part.image}")


def _not_from(inventory: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
    parts = [
        part
        for part in subject.parts
        if part.image.startswith(parameters.disallowed_repos) and not parameters.exempts_image(part.image)
    ]
    for part in parts:
        why = f"{part.word} has an image from where none may come: {part.image}"
        yield Fault(f"{part.path}.image", part.image, why, remedy=_moved(subject, parts))


def _moved(subject: Subject, parts: Sequence[Part]) -> Remedy | None:
    """The same images from the registry that took its place, where that ends it.

    Source: Kubernetes' blog, "k8s.gcr.io Redirect to registry.k8s.io": all images are there under the same names.
    """
    if subject.ref.kind not in _CHANGEABLE or not all(part.image.startswith(_FROZEN) for part in parts):
        return None
    images = {part.name: _SUCCESSOR + part.image.removeprefix(_FROZEN) for part in parts}
    return Remedy("image", subject.ref, images)


CHECKS = (
    Check(
        "allowed-repos",
        "each image comes from one of the allowed repositories",
        WITH_PODS,
        of_containers(_from_allowed),
        "use an image from an allowed repository",
        settings=("allowed_repos", "exempt_images"),
        unset=lambda parameters: not parameters.allowed_repos,
    ),
    Check(
        "allowed-reposv2",
        "each image is one of the allowed images",
        WITH_PODS,
        of_containers(_among_allowed),
        "use an allowed image",
        settings=("allowed_images", "exempt_images"),
        unset=lambda parameters: not parameters.allowed_images,
    ),
    Check(
        "container-image-must-have-digest",
        "each image is named with its digest, so that it never changes unseen",
        WITH_PODS,
        of_containers(_digest),
        "add the digest of the image: name:tag@sha256:…",
        Severity.INFO,
        settings=("exempt_images",),
    ),
    Check(
        "disallowed-tags",
        "each image has a tag, and none that moves",
        WITH_PODS,
        of_containers(_tag),
        "name a version that stays",
        settings=("disallowed_tags", "exempt_images"),
    ),
    Check(
        "repo-must-not-be-k8s-gcr-io",
        "no image comes from a disallowed repository: k8s.gcr.io gets no new images",
        WITH_PODS,
        _not_from,
        "take it from registry.k8s.io, or from a repository that is allowed",
        settings=("disallowed_repos", "exempt_images"),
    ),
)
