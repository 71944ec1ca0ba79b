"""What a diagnosis finds: a fault, what it rests on, and the object that has to change."""

from collections.abc import Iterable
from enum import IntEnum
from fnmatch import fnmatchcase
from typing import Any, Protocol

import msgspec

from kubegenie_tui.domain.object_ref import ObjectRef


class Severity(IntEnum):
    """How much it hurts; the highest is the worst."""

    INFO = 0
    NOTICE = 1
    WARNING = 2
    CRITICAL = 3


class Evidence(msgspec.Struct, frozen=True):
    """A fact that can be looked up."""

    ref: ObjectRef
    field: str
    """Path in the object, `status.phase`; `log` and `event` for what stands beside it."""
    value: str


class Remedy(msgspec.Struct, frozen=True):
    """An operation that ends a fault for certain, to be proposed to a person."""

    operation: str
    """Id of an operation: `rollback`."""
    ref: ObjectRef
    given: dict[str, str] = {}
    """What it needs to know, by field id."""
    patch: dict[str, Any] = {}
    """For `patch`: what is merged into the object."""
    is_strategic: bool = False
    """Whether lists of `patch` are merged by the names in them, as `kubectl patch` does without a type."""


class Rooted(Protocol):
    """What a rule found, by its root."""

    @property
    def rule(self) -> str:
        """Id of the rule."""

    @property
    def root(self) -> ObjectRef:
        """The object to change."""


def is_ignored(finding: Rooted, patterns: Iterable[str]) -> bool:
    """Whether a person does not want to be told: a pattern is `RULE` or `RULE:NAMESPACE/NAME` of the root."""
    for pattern in patterns:
        rule, _, root = pattern.partition(":")
        where = f"{finding.root.namespace}/{finding.root.name}"
        if fnmatchcase(finding.rule, rule) and (not root or fnmatchcase(where, root)):
            return True
    return False


class Finding(msgspec.Struct, frozen=True):
    """One fault with one root."""

    rule: str
    """Id of the rule that found it: `missing-secret-key`."""
    severity: Severity
    title: str
    """What is wrong, as a sentence without a full stop."""
    cause: str
    """Why, as a sentence without a full stop."""
    root: ObjectRef
    """The object to change, which often is not the one that shows the symptom."""
    field: str = ""
    """The field of `root` to change."""
    evidence: tuple[Evidence, ...] = ()
    affected: tuple[ObjectRef, ...] = ()
    """Everything that suffers from it."""
    confidence: float = 0.9
    """From 0 to 1: 1 is proven by the objects, 0.5 a good guess."""
    next_steps: tuple[str, ...] = ()
    remedy: Remedy | None = None
    """What would end it, where that is certain; None where a person has to judge."""
