"""What tables of faults have in common: each fault is found at its root with evidence, each near miss is not."""

from collections.abc import Callable

from tests.unit.diagnostics.scene import Scene

Fault = tuple[Callable[[], Scene], str, str, str]
"""A scene, the rule that fires, the root as `kind name`, and words of the cause."""
NearMiss = tuple[Callable[[], Scene], str]
"""A scene that looks like a fault, and the rule that must keep quiet."""


def check_fault(scene: Scene, rule: str, root: str, cause: str) -> None:
    """The fault alone is found, at its root, with evidence and a next step."""
    findings = scene.findings()
    assert [finding.rule for finding in findings] == [rule]
    [found] = findings
    assert f"{found.root.kind} {found.root.name}" == root
    assert cause in found.cause, found.cause
    assert found.evidence
    assert all(evidence.value for evidence in found.evidence), found.evidence
    assert found.next_steps
    assert found.affected
    assert found.title
    assert not found.title.endswith(".")


def check_near_miss(scene: Scene, rule: str) -> None:
    """The rule keeps quiet."""
    assert rule not in scene.rules()
