"""What people write and paste: every fault with its line, every object as one step."""

from typing import Any

import pytest

from kubegenie_tui.changes.operations import applying, manifests_text
from kubegenie_tui.changes.operations.applying import apply_plan
from kubegenie_tui.changes.operations.manifests_text import line_of, read_documents
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.plan import Plan, Verb
from tests.ui.played_cluster import KINDS, PlayedCluster

TWO = """# what we need
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
data: {since: 2025-01-01, on: "yes", 80: http}
---

---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
"""


def planned(text: str, **how: Any) -> Plan:
    return apply_plan(PlayedCluster(), text, "web.yaml", **how)


def test_every_object_is_a_step_and_what_others_need_comes_first() -> None:
    plan = planned(TWO)
    assert plan.title == "Apply 2 objects from web.yaml"
    assert [str(step.ref) for step in plan.steps] == ["namespaces shop", "configmaps shop/web"]
    assert {step.verb for step in plan.steps} == {Verb.APPLY}
    assert plan.steps[1].body["data"] == {"since": "2025-01-01", "true": "yes", "80": "http"}


def test_documents_know_their_lines() -> None:
    assert [document.place for document in read_documents(TWO, "web.yaml")] == ["web.yaml:2", "web.yaml:9"]
    listed = "kind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n"
    assert [document.line for document in read_documents(listed)] == [4]


def test_what_a_server_gave_can_be_pasted() -> None:
    text = """{"apiVersion": "v1", "kind": "ConfigMap", "status": {}, "metadata": {"name": "web", "uid": "1",
    "resourceVersion": "5", "managedFields": [], "creationTimestamp": "2025-11-25T19:46:40Z", "labels": {"a": "b"}}}"""
    (step,) = planned(text, namespace="shop").steps
    assert step.body == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "web", "labels": {"a": "b"}, "namespace": "shop"},
    }


def test_a_name_that_the_server_makes_up_is_created_and_force_is_passed_on() -> None:
    (step,) = planned("apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}").steps
    assert (step.verb, step.ref.name, step.ref.namespace) == (Verb.CREATE, "", "default")
    (step,) = planned("apiVersion: v1\nkind: Pod\nmetadata: {name: web}", force=True).steps
    assert step.force is True


SCALER = "apiVersion: autoscaling/{}\nkind: HorizontalPodAutoscaler\nmetadata: {{name: web}}"


class TwoVersions(PlayedCluster):
    """Autoscalers are served in two versions."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds = KindIndex(kind.served_in(["v2", "v1"]) if kind.group == "autoscaling" else kind for kind in KINDS)


def test_a_document_goes_in_the_version_that_it_names_where_that_is_served() -> None:
    cluster = TwoVersions()
    for version in ("v1", "v2"):
        (step,) = apply_plan(cluster, SCALER.format(version), "web.yaml").steps
        assert step.ref.kind == "horizontalpodautoscalers.autoscaling"
        assert step.body["apiVersion"] == f"autoscaling/{version}"
    with pytest.raises(UsageError, match="the cluster serves it in autoscaling/v2, autoscaling/v1"):
        apply_plan(cluster, SCALER.format("v2beta2"), "web.yaml")


FAULTS = [
    ("", "There is no object in web.yaml"),
    ("---\n---\n", "There is no object in web.yaml"),
    ("a: b\n  c: d", r"web.yaml:2:4 is no YAML · mapping values are not allowed"),
    ("a: [1", r"web.yaml:1:6 is no YAML"),
    ("a: 1\na: 2", r'web.yaml:2:1 is no YAML · the key "a" is there twice'),
    ("- a\n- b", "web.yaml:1 is no object · it is a list"),
    ("just words", "web.yaml:1 is no object · it is text"),
    ("kind: Pod\nmetadata: {name: a}", "web.yaml:1 has no apiVersion"),
    ("apiVersion: v1\nkind: 5", "web.yaml:1 has no kind"),
    ("apiVersion: v1\nkind: Pod\nmetadata: {}", "web.yaml:1: the Pod has no metadata.name"),
    ("apiVersion: v1\nkind: Pot\nmetadata: {name: a}", "web.yaml:1: the cluster has no kind Pot in v1 · did you mean"),
    ("apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: a}", "write apiVersion: apps/v1"),
    ("apiVersion: v1\nkind: Node\nmetadata: {name: a, namespace: b}", "a Node is in no namespace"),
    (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}",
        "web.yaml:5: pods default/a is there twice · it stands at line 1 too",
    ),
    ("a: !!python/object:os.system {}", "could not determine a constructor"),
    ("a: \x00", "is no YAML"),
    ("x: &x {y: *x}", "is too large once its aliases are followed"),
    ("[" * 3000, "nests too deep|is no YAML"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS, ids=lambda each: each[:24])
def test_a_fault_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        planned(text)


def test_a_text_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{now}: &{now} [{','.join([f'*{before}'] * 10)}]\n" for before, now in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(UsageError, match="too large once its aliases are followed"):
        planned(bomb)
    monkeypatch.setattr(manifests_text, "LARGEST_TEXT", 10)
    with pytest.raises(UsageError, match=r"web.yaml is too large"):
        planned(TWO)
    monkeypatch.undo()
    monkeypatch.setattr(applying, "MOST_OBJECTS", 1)
    with pytest.raises(UsageError, match=r"web.yaml has 2 objects · the most is 1"):
        planned(TWO)


LINED = """# a comment
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replcas: 3
  template:
    spec:
      containers:
        - image: nginx
          name: web
        - name: side
          image: [1]
"""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("spec.replcas", 11),
        ("spec.template.spec.containers[1].image", 18),
        ('spec.template.spec.containers[name="side"].image', 18),
        ("spec.template.spec.containers[0].ports[3].name", 15),
        ("spec.template.spec.containers[7]", 14),
        ("spec.selector", 10),
        ("data", 6),
    ],
)
def test_a_field_has_a_line(field: str, line: int) -> None:
    assert line_of(LINED, field, 6) == line


def test_items_of_a_list_have_lines_of_their_own() -> None:
    text = "kind: List\nitems:\n- kind: A\n- kind: B\n  spec:\n    x: 1\n"
    assert line_of(text, "spec.x", 4) == 6
    assert line_of(text, "kind") == 1
