"""Which of several workloads looks after a kind, as real projects set them up."""

from typing import Any

import pytest

from kubegenie_tui.domain.custom.attributing import Controller, by_labels, narrowed, status_writers
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef

KUSTOMIZATIONS = Kind("kustomize.toolkit.fluxcd.io", "v1", "kustomizations", "Kustomization")
REPOSITORIES = Kind("image.toolkit.fluxcd.io", "v1", "imagerepositories", "ImageRepository")
APPLICATIONS = Kind("argoproj.io", "v1alpha1", "applications", "Application", singular="application")
PROJECTS = Kind("argoproj.io", "v1alpha1", "appprojects", "AppProject", singular="appproject")
FLUX = ("helm-controller", "image-automation-controller", "image-reflector-controller", "kustomize-controller")
ARGO = ("argocd-application-controller", "argocd-applicationset-controller", "argocd-repo-server", "argocd-server")


def controller(name: str, container: str = "manager", **metadata: Any) -> Controller:
    template = {"spec": {"containers": [{"name": container}]}}
    manifest = {"metadata": {"name": name, "namespace": "ops", **metadata}, "spec": {"template": template}}
    return Controller(ObjectRef("deployments.apps", name, "ops"), manifest)


def names(found: list[Controller]) -> list[str]:
    return [each.ref.name for each in found]


def wrote(manager: str, subresource: str = "status") -> dict[str, Any]:
    return {"metadata": {"managedFields": [{"manager": manager, "subresource": subresource}]}}


def test_who_wrote_a_status_without_what_people_use() -> None:
    objects = [wrote("gotk-helm-controller"), wrote("kubectl-edit"), wrote("spec-writer", ""), {"metadata": {}}]
    assert status_writers(objects) == {"gotk-helm-controller"}


@pytest.mark.parametrize(
    ("kind", "writers", "wanted"),
    [
        (KUSTOMIZATIONS, (), ["kustomize-controller"]),
        (REPOSITORIES, (), ["image-automation-controller", "image-reflector-controller"]),
        (REPOSITORIES, ("gotk-image-reflector-controller",), ["image-reflector-controller"]),
        (REPOSITORIES, ("manager",), ["image-automation-controller", "image-reflector-controller"]),
        (APPLICATIONS, (), list(FLUX)),
    ],
)
def test_of_several_with_the_same_rights_those_that_do_it(
    kind: Kind, writers: tuple[str, ...], wanted: list[str]
) -> None:
    assert names(narrowed(kind, [controller(name) for name in FLUX], frozenset(writers))) == wanted


def test_a_container_is_a_name_too() -> None:
    both = [controller("release-a", "cert-manager-controller"), controller("release-b", "cainjector")]
    assert names(narrowed(APPLICATIONS, both, frozenset({"cert-manager-controller"}))) == ["release-a"]


def definition(**metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": "applications.argoproj.io", **metadata}}


def test_one_of_the_same_project_by_its_labels() -> None:
    whole = {"app.kubernetes.io/part-of": "argocd"}
    project = [controller(name, labels=whole) for name in ARGO]
    found = by_labels(definition(labels=whole), APPLICATIONS, [*project, controller("application")])
    assert found is not None
    assert found.ref.name == "argocd-application-controller"
    assert by_labels(definition(labels=whole), PROJECTS, project) is None  # two may be meant
    assert by_labels(definition(), APPLICATIONS, project) is None


def test_the_name_says_more_than_the_instance_and_the_owner_most() -> None:
    instance = {"app.kubernetes.io/instance": "certs"}
    named = {**instance, "app.kubernetes.io/name": "cert-manager"}
    several = [
        controller("certs-cainjector", labels={**instance, "app.kubernetes.io/name": "cainjector"}),
        controller("certs-controller", labels=named),
    ]
    found = by_labels(definition(labels=named), PROJECTS, several)
    assert found is not None
    assert found.ref.name == "certs-controller"
    owner: dict[str, Any] = {"ownerReferences": [{"uid": "u-1", "kind": "ProviderRevision"}]}
    provider = controller("provider-aws-eks-1a2b", **owner)
    found = by_labels(definition(labels=named, **owner), PROJECTS, [*several, provider])
    assert found is provider


def test_a_release_of_helm_is_a_whole() -> None:
    release = {"meta.helm.sh/release-name": "argo", "meta.helm.sh/release-namespace": "ops"}
    elsewhere = {**release, "meta.helm.sh/release-namespace": "other"}
    both = [controller("a", annotations=release), controller("b", annotations=elsewhere)]
    found = by_labels(definition(annotations=release), APPLICATIONS, both)
    assert found is both[0]
