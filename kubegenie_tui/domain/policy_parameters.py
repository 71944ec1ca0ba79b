"""The settings of the policy checks made ready to compare with: quantities, ranges, patterns."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

import msgspec

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.expression import Expression
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.policy_settings import PolicySettings
from kubegenie_tui.domain.quantity import parse_quantity

_RANGE = re.compile(r"(\d+)\s*(?:-|\.\.|to)\s*(\d+)")
NO_ADDRESS = "none"
PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
MARKABLE = (
    "namespaces", "pods", "services", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch",
    "cronjobs.batch", "ingresses.networking.k8s.io",
)  # fmt: skip
"""Kinds of which labels and annotations can be wanted."""


class Most(msgspec.Struct, frozen=True):
    """The highest quantity that is allowed."""

    text: str
    value: float


class Range(msgspec.Struct, frozen=True):
    """Whole numbers from one to another."""

    least: int
    most: int

    def __str__(self) -> str:
        return f"{self.least} to {self.most}"


class Mark(msgspec.Struct, frozen=True):
    """A label or an annotation that has to be there."""

    key: str
    pattern: Expression | None = None
    """What its value has to match, searched for in it; None for any value."""


class Parameters(msgspec.Struct, frozen=True):
    """What the checks compare with."""

    skip: tuple[str, ...]
    exempt_namespaces: tuple[str, ...]
    exempt_images: tuple[str, ...]
    allowed_repos: tuple[str, ...]
    allowed_images: tuple[str, ...]
    disallowed_repos: tuple[str, ...]
    disallowed_tags: tuple[str, ...]
    limits: Mapping[str, Most]
    """By resource: `cpu`, `memory`, `ephemeral-storage`; those that are not bounded are not here."""
    requests: Mapping[str, Most]
    ratios: Mapping[str, float]
    probes: tuple[str, ...]
    replicas: Range
    autoscaler_replicas: Range
    autoscaler_spread: int
    external_ips: tuple[str, ...] | None
    """None when nothing was said; empty when none is allowed."""
    anonymous_roles: tuple[str, ...]
    labels: tuple[Mark, ...]
    labelled_kinds: frozenset[str]
    owner: Mark | None
    annotations: tuple[Mark, ...]
    annotated_kinds: frozenset[str]

    def is_exempt(self, namespace: str) -> bool:
        """Whether a namespace is left out unless it is asked for."""
        return any(fnmatchcase(namespace, pattern) for pattern in self.exempt_namespaces)

    def exempts_image(self, image: str) -> bool:
        """Whether containers of an image need not hold to the checks."""
        return fits(image, self.exempt_images)


def fits(image: str, patterns: tuple[str, ...]) -> bool:
    """Whether an image is one of those: exact, or beginning so where a pattern ends with `*`."""
    return any(image.startswith(p[:-1]) if p.endswith("*") else image == p for p in patterns)


def parameters_of(settings: PolicySettings) -> Parameters:
    """The settings, read.

    Raises:
        UsageError: one of them cannot be used; it begins with its name.
    """
    read = _Reader(settings)
    addresses = read.words("external_ips")
    return Parameters(
        read.words("skip"),
        read.words("exempt_namespaces"),
        read.words("exempt_images"),
        read.words("allowed_repos"),
        read.words("allowed_images"),
        read.words("disallowed_repos"),
        read.words("disallowed_tags"),
        read.most({"cpu": "cpu_limit", "memory": "memory_limit", "ephemeral-storage": "ephemeral_storage_limit"}),
        read.most({"cpu": "cpu_request", "memory": "memory_request"}),
        {"cpu": read.ratio("cpu_ratio"), "memory": read.ratio("memory_ratio")},
        read.among("probes", PROBES),
        read.range("replicas"),
        read.range("autoscaler_replicas"),
        read.number("autoscaler_spread"),
        tuple(each for each in addresses if each != NO_ADDRESS) if addresses else None,
        read.words("anonymous_roles"),
        read.marks("required_labels"),
        read.kinds("labelled_kinds"),
        read.owner(),
        read.marks("required_annotations"),
        read.kinds("annotated_kinds"),
    )


def with_given(settings: PolicySettings, given: Mapping[str, str]) -> PolicySettings:
    """The settings with some of them told otherwise for one question.

    Raises:
        UsageError: there is no such setting.
    """
    known = PolicySettings.__struct_fields__
    for name in given:
        if name not in known:
            raise UsageError(f'"{name}" is no parameter of the policy checks', next_step=f"known: {', '.join(known)}")
    return msgspec.structs.replace(settings, **given)


class _Reader:
    """Reads one text after the other, and says which of them is wrong."""

    def __init__(self, settings: PolicySettings) -> None:
        self._settings = settings

    def text(self, name: str) -> str:
        found: str = getattr(self._settings, name)
        return found.strip()

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(word for part in self.text(name).split(",") if (word := part.strip()))

    def most(self, names: Mapping[str, str]) -> dict[str, Most]:
        return {resource: self._quantity(name) for resource, name in names.items() if self.text(name)}

    def _quantity(self, name: str) -> Most:
        try:
            return Most(self.text(name), parse_quantity(self.text(name)))
        except ValueError:
            raise self._wrong(name, "it is no quantity", "write 500m, 2, 512Mi or 4Gi") from None

    def ratio(self, name: str) -> float:
        try:
            ratio = float(self.text(name))
        except ValueError:
            ratio = 0.0
        if not 1 <= ratio < float("inf"):
            raise self._wrong(name, "a limit is at least its request", "write a number from 1 on, such as 2")
        return ratio

    def number(self, name: str) -> int:
        if not self.text(name).isdecimal():
            raise self._wrong(name, "it is no whole number", "write one, such as 1")
        return int(self.text(name))

    def range(self, name: str) -> Range:
        match = _RANGE.fullmatch(self.text(name))
        if match is None or int(match[1]) > int(match[2]):
            raise self._wrong(name, "it is no range of whole numbers", "write the least and the most, such as 3-50")
        return Range(int(match[1]), int(match[2]))

    def among(self, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        words = self.words(name)
        for word in words:
            if word not in known:
                raise self._wrong(name, f"there is no {word}", f"there are {', '.join(known)}")
        return words

    def marks(self, name: str) -> tuple[Mark, ...]:
        return tuple(self._mark(name, *word.partition("=")[::2]) for word in self.words(name))

    def owner(self) -> Mark | None:
        pattern = self.text("owner_pattern")
        return self._mark("owner_pattern", self.text("owner_label"), pattern) if pattern else None

    def _mark(self, name: str, key: str, pattern: str) -> Mark:
        try:
            return Mark(key.strip(), Expression(pattern) if pattern else None)
        except UsageError as error:
            raise self._wrong(name, f"{error.what}: {error.why}", "mend it") from None

    def kinds(self, name: str) -> frozenset[str]:
        index, found = KindIndex(BUILTIN_KINDS), set()
        for word in self.words(name):
            try:
                kind = index.resolve(word).id
            except UsageError:
                kind = ""
            if kind not in MARKABLE:
                raise self._wrong(name, f"{word} are not looked at", f"there are {', '.join(MARKABLE)}")
            found.add(kind)
        return frozenset(found)

    def _wrong(self, name: str, why: str, next_step: str) -> UsageError:
        return UsageError(f'policy.{name} is "{self.text(name)}"', why, next_step)
