import pytest

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.kind_groups import group_kinds, plural_title

CERTIFICATES = Kind("cert-manager.io", "v1", "certificates", "Certificate")
GATEWAYS = Kind("gateway.networking.k8s.io", "v1", "gateways", "Gateway")
FLOWS = Kind("flowcontrol.apiserver.k8s.io", "v1", "flowschemas", "FlowSchema", namespaced=False)


def test_what_people_look_for_first_stands_first() -> None:
    groups = group_kinds(BUILTIN_KINDS)
    assert [group.title for group in groups][:4] == ["Workloads", "Network", "Config", "Storage"]
    assert groups[0].kinds[0].plural == "pods"


def test_custom_resources_are_grouped_by_their_api_group() -> None:
    groups = {group.title: group for group in group_kinds([*BUILTIN_KINDS, CERTIFICATES, GATEWAYS, FLOWS])}
    assert groups["cert-manager.io"].kinds == (CERTIFICATES,)
    assert groups["cert-manager.io"].custom
    assert groups["gateway.networking.k8s.io"].custom
    assert FLOWS in groups["More"].kinds


def test_every_listable_kind_is_somewhere_once() -> None:
    kinds = [*BUILTIN_KINDS, CERTIFICATES, GATEWAYS, FLOWS]
    shown = [kind.id for group in group_kinds(kinds) for kind in group.kinds]
    assert len(shown) == len(set(shown))
    assert {kind.id for kind in kinds} - set(shown) <= {"endpoints", "podtemplates", "events.events.k8s.io"}


def test_what_cannot_be_listed_is_left_out() -> None:
    reviews = Kind(
        "authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview", verbs=frozenset({"create"})
    )
    assert group_kinds([reviews]) == ()


@pytest.mark.parametrize(
    ("kind", "plural", "title"),
    [
        ("Pod", "pods", "Pods"),
        ("NetworkPolicy", "networkpolicies", "NetworkPolicies"),
        ("Ingress", "ingresses", "Ingresses"),
        ("Endpoints", "endpoints", "Endpoints"),
        ("StorageClass", "storageclasses", "StorageClasses"),
        ("PodMetrics", "pods", "PodMetrics"),
    ],
)
def test_the_kind_as_people_say_it_for_many(kind: str, plural: str, title: str) -> None:
    assert plural_title(Kind("", "v1", plural, kind)) == title
