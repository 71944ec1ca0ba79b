"""Slips in what is referred to: a binding that names another account, a key that is misspelt where it is kept."""

import pytest

from kubegenie_tui.domain.finding import Finding
from tests.unit.diagnostics.scene import Object, Scene, container, crashed, named, waiting

RBAC = "rbac.authorization.k8s.io"


def told(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, f"{finding.root.kind} {finding.root.name}", finding.field


def in_own_words(subject: str) -> Scene:
    """A program that tells in its own words that its account is not allowed something."""
    subjects = [{"kind": "ServiceAccount", "name": subject, "namespace": "shop"}]
    binding = named("readers", "RoleBinding", roleRef={"kind": "Role", "name": "reader"}, subjects=subjects)
    scene = Scene(state=crashed(1)).add(f"rolebindings.{RBAC}", binding)
    scene.add(f"roles.{RBAC}", named("reader", "Role", rules=[])).add("serviceaccounts", named("robot"))
    return scene.log("FATAL: cannot list configmaps as system:serviceaccount:shop:robot: forbidden")


def test_a_refusal_in_a_programs_own_words_leads_to_the_binding_with_a_slip() -> None:
    root = ("not-allowed", f"rolebindings.{RBAC} readers", "subjects[0].name")
    assert root in [told(each) for each in in_own_words("robto").findings()]
    [found] = in_own_words("robot").findings()
    assert told(found)[:2] == ("not-allowed", "deployments.apps web")


def asking_for(key: str, *, others: tuple[str, ...]) -> Scene:
    """A container that waits for a key of a Secret that has `POSTGRES_PASWORD`, and other workloads with their keys."""

    def needs(name: str) -> Object:
        source = {"secretKeyRef": {"name": "db", "key": name}}
        return {"containers": [container(env=[{"name": "PASSWORD", "valueFrom": source}])]}

    said = f"couldn't find key {key} in Secret shop/db"
    scene = Scene(state=waiting("CreateContainerConfigError", said), spec=needs(key))
    scene.add("secrets", named("db", "Secret", data={"POSTGRES_PASWORD": ""}))
    for number, other in enumerate(others):
        spec = {"replicas": 1, "template": {"spec": needs(other)}}
        scene.add("statefulsets.apps", named(f"other-{number}", "StatefulSet", spec=spec, status={"readyReplicas": 1}))
    return scene


def test_a_key_that_several_ask_for_is_misspelt_where_it_is_kept() -> None:
    found = asking_for("POSTGRES_PASSWORD", others=("POSTGRES_PASSWORD",)).findings()
    assert ("missing-secret-key", "secrets db", "data.POSTGRES_PASWORD") in [told(each) for each in found]


@pytest.mark.parametrize("others", [(), ("POSTGRES_PASWORD",), ("POSTGRES_PASSWORD", "POSTGRES_PASWORD")])
def test_a_key_that_one_asks_for_or_that_others_know_is_misspelt_by_who_asks(others: tuple[str, ...]) -> None:
    found = asking_for("POSTGRES_PASSWORD", others=others).findings()
    assert "deployments.apps web" in [told(each)[1] for each in found if each.rule == "missing-secret-key"]


def refused_by_a_range(most: str) -> Scene:
    said = f'pods "web-1" is forbidden: maximum memory usage per Container is {most}, but limit is 64Mi'
    failed = {"type": "ReplicaFailure", "status": "True", "message": said}
    template = {"spec": {"containers": [container()]}}
    made = named("web-1", "ReplicaSet", spec={"replicas": 1, "template": template}, status={"conditions": [failed]})
    limits = named("bounds", "LimitRange", spec={"limits": [{"type": "Container", "max": {"memory": most}}]})
    return Scene().add("replicasets.apps", made).add("limitranges", limits)


def test_a_bound_in_thousandths_of_a_byte_is_the_ranges_slip() -> None:
    root = ("limit-range", "limitranges bounds", "spec.limits[0].max.memory")
    assert root in [told(each) for each in refused_by_a_range("512m").findings()]
    others = [told(each)[1] for each in refused_by_a_range("32Mi").findings() if each.rule == "limit-range"]
    assert others == ["replicasets.apps web-1"]
