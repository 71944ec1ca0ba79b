"""Notes are known again by rule and object, whatever a controller called its pods this time."""

import pytest

from kubegenie_tui.domain.conversation import Symptom
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.incident import lasting_name, note_about, noted, recalled, symptom_meant
from kubegenie_tui.domain.object_ref import ObjectRef

AT = 1_793_700_000.0
DB = ObjectRef("secrets", "checkout-db", "shop", "prod")
CHECKOUT = ObjectRef("deployments.apps", "checkout", "shop", "prod")
POD = ObjectRef("pods", "checkout-7c9f4d8b5f-x2xkq", "shop", "prod")


def finding(rule: str, root: ObjectRef, *affected: ObjectRef) -> Finding:
    return Finding(rule, Severity.CRITICAL, "checkout crashes", "the key is missing", root, affected=affected)


@pytest.mark.parametrize(
    ("kind", "name", "lasting"),
    [
        ("pods", "checkout-7c9f4d8b5f-x2xkq", "checkout-*"),
        ("pods", "backup-29871234-hz4tc", "backup-*"),
        ("pods", "kube-proxy-x2xkq", "kube-proxy-*"),
        ("pods", "redis-0", "redis-*"),
        ("pods", "checkout", "checkout"),
        ("pods", "web-state", "web-state"),
        ("replicasets.apps", "checkout-7c9f4d8b5f", "checkout-*"),
        ("jobs.batch", "backup-29871234", "backup-*"),
        ("deployments.apps", "web-x2xkq", "web-x2xkq"),
        ("secrets", "checkout-db", "checkout-db"),
    ],
)
def test_names_that_controllers_make_up_are_known_again(kind: str, name: str, lasting: str) -> None:
    assert lasting_name(ObjectRef(kind, name, "shop")) == lasting


def test_a_note_comes_back_with_its_rule_on_the_same_object_or_in_the_same_namespace() -> None:
    note = note_about("prod", "the vault was sealed", AT, "missing-secret-key", DB)
    other = ObjectRef("secrets", "cart-db", "shop")
    assert recalled([note], finding("missing-secret-key", DB)) == [note]
    assert recalled([note], finding("missing-secret-key", other)) == [note]
    assert recalled([note], finding("missing-secret-key", CHECKOUT, DB)) == [note]
    assert recalled([note], finding("oom-killed", DB)) == []
    assert recalled([note], finding("missing-secret-key", ObjectRef("secrets", "checkout-db", "staging"))) == []


def test_a_note_on_an_object_alone_comes_back_with_any_of_its_faults() -> None:
    note = note_about("prod", "ask Ada", AT, ref=POD)
    again = ObjectRef("pods", "checkout-5d4f6c7b8-zz9zz", "shop", "prod")
    assert recalled([note], finding("oom-killed", again)) == [note]
    assert recalled([note], finding("missing-secret-key", DB, again)) == [note]
    assert recalled([note], finding("missing-secret-key", DB)) == []


def test_of_cluster_objects_only_the_same_one_brings_it_back_and_a_rule_alone_any() -> None:
    node = ObjectRef("nodes", "node-1")
    note = note_about("prod", "bad disk", AT, "node-pressure", node)
    assert recalled([note], finding("node-pressure", node)) == [note]
    assert recalled([note], finding("node-pressure", ObjectRef("nodes", "node-2"))) == []
    general = note_about("prod", "see the runbook", AT, "node-pressure")
    assert recalled([general], finding("node-pressure", ObjectRef("nodes", "node-2"))) == [general]
    assert recalled([note_about("prod", "of the cluster", AT)], finding("node-pressure", node)) == []


def test_it_is_told_with_its_day_and_with_its_object_when_that_is_another() -> None:
    note = note_about("prod", "the vault was sealed", AT, "missing-secret-key", DB)
    assert noted(note, finding("missing-secret-key", DB)) == "Noted on 2026-11-03: the vault was sealed"
    told = noted(note, finding("missing-secret-key", ObjectRef("secrets", "cart-db", "shop")))
    assert told == "Noted on 2026-11-03 about secret shop/checkout-db: the vault was sealed"
    earlier = note_about("prod", "earlier", AT - 1, "missing-secret-key", DB)
    assert recalled([earlier, note], finding("missing-secret-key", DB)) == [note, earlier]


def test_a_note_is_about_the_finding_on_what_is_looked_at_else_about_the_worst() -> None:
    worst = Symptom("oom-killed", ObjectRef("deployments.apps", "cart", "shop"))
    mine = Symptom("missing-secret-key", DB, affected=(CHECKOUT, POD))
    assert symptom_meant([worst, mine], ObjectRef("pods", "checkout-5d4f6c7b8-zz9zz", "shop", "prod")) == mine
    assert symptom_meant([worst, mine], ObjectRef("pods", "web-0", "shop")) == worst
    assert symptom_meant([worst, mine], None) == worst
    assert symptom_meant([], POD) is None
