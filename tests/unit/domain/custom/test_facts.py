from typing import Any

from kubegenie_tui.domain.custom.facts import definition_facts
from kubegenie_tui.domain.custom.instances import Instances
from kubegenie_tui.domain.custom.telling import kind_lines
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind

GEARS = Kind("parts.example", "v2", "gears", "Gear", short_names=("gr",))
OLD = {"name": "v1", "served": True, "storage": False, "deprecated": True, "deprecationWarning": "use v2"}
NEW = {"name": "v2", "served": True, "storage": True}


def definition(stored: list[str], *conditions: dict[str, str], versions: Any = (OLD, NEW)) -> dict[str, Any]:
    spec = {"group": "parts.example", "scope": "Namespaced", "names": {"kind": "Gear"}, "versions": list(versions)}
    status = {"storedVersions": stored, "conditions": list(conditions)}
    return {"metadata": {"name": "gears.parts.example"}, "spec": spec, "status": status}


def test_versions_in_words() -> None:
    facts = definition_facts(definition(["v2"]))
    assert [version.words for version in facts.versions] == ["v1 served, deprecated", "v2 served, stored"]
    assert list(facts.faults()) == ["v1 is deprecated: use v2"]


def test_a_stored_version_that_is_gone_is_worse_than_one_to_migrate() -> None:
    facts = definition_facts(definition(["v0", "v1", "v2"], versions=[NEW, {**OLD, "deprecated": False}]))
    assert (facts.left_over, facts.to_migrate) == (("v0",), ("v1",))
    gone, to_migrate = facts.faults()
    assert gone.startswith("v0 is stored and no longer defined")
    assert to_migrate.startswith("v1 may still be stored")


def test_each_condition_is_held_against_what_it_should_be() -> None:
    facts = definition_facts(
        definition(
            ["v2"],
            {"type": "Established", "status": "True"},
            {"type": "NamesAccepted", "status": "False", "reason": "PluralConflict", "message": "gears is in use"},
            {"type": "NonStructuralSchema", "status": "True", "reason": "Violations"},
            {"type": "Terminating", "status": "True", "reason": "InstanceDeletionInProgress"},
            {"type": "KubernetesAPIApprovalPolicyConformant", "status": "True"},
        )
    )
    assert [each.type for each in facts.bad_conditions] == ["NamesAccepted", "NonStructuralSchema", "Terminating"]
    assert next(facts.faults()) == "NamesAccepted is False: gears is in use"


def test_the_lines_of_a_kind() -> None:
    facts = definition_facts(definition(["v1", "v2"], {"type": "Established", "status": "True"}))
    lines = list(kind_lines(GEARS, facts, Instances(12, {"shop": 8, "pay": 4})))
    told = {line.label: line.text for line in lines}
    assert told["kind"] == "Gear parts.example/v2 · gears.parts.example · gr · in namespaces"
    assert told["objects"] == "12 in 2 namespaces: shop 8, pay 4"
    assert told["conditions"] == "● Established True"
    assert [line.words[0] for line in lines if line.health is Health.WARN] == ["▲", "▲"]
    assert [line.label for line in kind_lines(GEARS, None, None)] == ["kind"]


def test_counts_in_words() -> None:
    assert Instances(3).words == "3"
    assert Instances(1, least=True).words == "at least 1"
    many = {f"n{number}": 9 for number in range(7)}
    assert Instances(63, many).words == "63 in 7 namespaces: n0 9, n1 9, n2 9, n3 9, n4 9, and 2 more"
