"""How an object is called in a sentence."""

import pytest

from kubegenie_tui.domain.object_ref import ObjectRef


@pytest.mark.parametrize(
    ("kind", "noun"),
    [
        ("pods", "pod"),
        ("deployments.apps", "deployment"),
        ("ingresses.networking.k8s.io", "ingress"),
        ("ingressclasses.networking.k8s.io", "ingressclass"),
        ("networkpolicies.networking.k8s.io", "networkpolicy"),
        ("leases.coordination.k8s.io", "lease"),
        ("certificates.cert-manager.io", "certificates.cert-manager.io"),
    ],
)
def test_one_of_a_kind_is_called_by_a_word(kind: str, noun: str) -> None:
    assert ObjectRef(kind, "web", "shop").words == f"{noun} shop/web"
    assert ObjectRef(kind, "web").words == f"{noun} web"
