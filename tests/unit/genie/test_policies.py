"""The policy checks as the chat and a model get them: who breaks what, what holds, and what was not run."""

from typing import Any

import msgspec
import pytest

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import Forbidden, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.policy_settings import PolicySettings
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.policies import audit_policies
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.tools.toolbox import Toolbox
from kubegenie_tui.kube.objects import ObjectList
from kubegenie_tui.llm.backend import CallReady
from tests.unit.diagnostics.served import Object, container, deployment, ingress, pod, served
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.played_reader import PlayedReader
from tests.unit.genie.test_answers import talk

LATEST = container(image="registry.example/web:latest")


class Store(PlayedReader):
    """A cluster of whole objects; of pods it only tells how many there are where `many` is set."""

    def __init__(self, objects: dict[str, list[Object]], *, many: int = 0) -> None:
        super().__init__()
        self._objects = objects
        self._many = many
        self.forbidden_lists: set[tuple[str, str]] = set()

    def own_pods(self, *rows: Row) -> None:
        self._rows["pods"] = list(rows)

    async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
        if (kind.id, namespace) in self.forbidden_lists:
            raise Forbidden("You may not", verb="list", resource=kind.plural)
        if kind.id in ("pods", "replicasets.apps") and self._many:
            assert how["limit"] == 1, "pods of a large cluster are not read whole"
            return ObjectList([], remaining=self._many)
        items = self._objects.get(kind.id, [])
        here = [item for item in items if namespace in ("", item["metadata"].get("namespace"))]
        return ObjectList(here)

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        for item in self._objects.get(kind.id, []):
            if item["metadata"]["name"] == name:
                return item
        return await super().get(kind, name, namespace)


def scope_of(reader: PlayedReader, **rest: Any) -> Scope:
    return Scope(reader, Focus("prod"), Redactor(), **rest)


async def test_offenders_are_named_by_check_for_a_model(prod: Scope) -> None:
    text = await called(prod, namespace="shop", checks=["tls-required", "replica-limit", "disallowed-tags"])
    assert "VIOLATING: checkout (ingress shop/checkout): it does not rule out plain HTTP" in text
    assert "VIOLATING: wishlist (deployment shop/wishlist): it wants 2 replicas, which is not 3 to 50" in text
    assert "replica-limit [info]: each Deployment has as many replicas as is allowed; broken by 2 of 9" in text
    assert "holds: disallowed-tags, 11 objects" in text


async def test_a_model_passes_on_what_the_person_wants(prod: Scope) -> None:
    checks, parameters = ["allowed-repos", "replica-limit"], {"allowed_repos": "docker.io/", "replicas": "1-100"}
    text = await called(prod, namespace="shop", checks=checks, parameters=parameters)
    assert "VIOLATING: cart (deployment shop/cart): container cart has an image from elsewhere" in text
    assert "VIOLATING: redis" not in text
    assert "holds: replica-limit" in text
    text = await called(prod, namespace="shop", checks=["allowed-repos"])
    assert "not run: allowed-repos: set [policy] allowed_repos to run it" in text
    with pytest.raises(UsageError, match="no parameter"):
        await called(prod, checks=[], parameters={"repos": "a"})


async def test_small_models_write_lists_as_text_and_null_for_nothing(prod: Scope) -> None:
    text = await called(prod, namespace="shop", checks="replica-limit, disallowed-tags", parameters=None)
    assert "2 objects break 1 of 2 policy checks in namespace shop" in text
    assert "21 policy checks" in await called(prod, namespace="shop", checks=None)


async def called(scope: Scope, **arguments: Any) -> str:
    box = Toolbox(scope)
    await box.open()
    result = await box.run(CallReady("1", "audit_policy", msgspec.json.encode(arguments).decode()))
    return result.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("check policies in shop", ["policy checks in namespace shop", "**tls-required** (2 of 2)", "Not run, for "]),
        ("which pods use the latest tag?", ["**No object breaks disallowed-tags in all namespaces, "]),
        (
            "which containers have no limits in shop",
            ["**11 of 11 objects break container-limits", "| deployment cart |"],
        ),
        ("does checkout break any policies?", ["Deployment `checkout` breaks 5 of 21 policies"]),
    ],
)
async def test_sentences_are_answered_without_a_model(prod: Scope, question: str, expected: list[str]) -> None:
    assert isinstance(prod.reader, ClusterAgent)
    text, _ = await talk(Agents({"prod-eu": prod.reader}), question)
    assert [words for words in expected if words not in text] == []


async def test_policies_are_no_faults(prod: Scope) -> None:
    result = await diagnose_scope(prod, "*")
    assert not [finding for finding in result.data.findings if finding.rule.startswith("policy/")]


async def test_settings_ignore_skip_and_exempt(prod: Scope) -> None:
    plain = (await audit_policies(prod, "shop")).data
    policy = PolicySettings(skip="automount-*", exempt_images="registry.northwind.example/*")
    told = msgspec.structs.replace(prod, policy=policy, ignored=("policy/tls-required:shop/checkout",))
    verdict = (await audit_policies(told, "shop")).data
    assert verdict.ignored == 1
    assert "automount-serviceaccount-token" in verdict.not_run
    fewer = {
        finding.root.name for finding in verdict.findings if finding.rule == "policy/container-limits-and-requests"
    }
    assert fewer == {"checkout-db", "redis"}
    assert len(verdict.findings) < len(plain.findings)


async def test_of_a_large_cluster_only_pods_that_stand_alone_are_read() -> None:
    sets = [served("ReplicaSet", "lone-77", {"template": {"spec": {"containers": [LATEST]}}})]
    pods = [pod(LATEST, name="bare"), pod(LATEST, name="kafka-0"), pod(LATEST, name="kafka-1")]
    reader = Store({"deployments.apps": [deployment(LATEST)], "pods": pods, "replicasets.apps": sets}, many=9_999)
    reader.own_pods(
        row("web-5d4-a", "ReplicaSet/web-5d4"),
        row("web-5d4-b", "ReplicaSet/web-5d4"),
        row("lone-77-a", "ReplicaSet/lone-77"),
        row("kafka-0", "StrimziPodSet/kafka"),
        row("kafka-1", "StrimziPodSet/kafka"),
        row("bare"),
    )
    verdict = (await audit_policies(scope_of(reader), "*", ["disallowed-tags"])).data
    assert {f.root.name for f in verdict.findings} == {"web", "lone-77", "kafka-0", "bare"}


def row(name: str, owner: str = "") -> Row:
    return Row(f"uid-{name}", "shop", name, 0, "1", (), owner=owner, owner_uid=owner and f"uid-{owner}")


async def test_a_host_is_looked_for_in_all_namespaces_where_that_is_allowed() -> None:
    reader = Store({"ingresses.networking.k8s.io": [ingress(), ingress("other", namespace="staging")]})
    verdict = (await audit_policies(scope_of(reader), "shop", ["unique-ingress-host"])).data
    [finding] = verdict.findings
    assert finding.root.name == "front"
    assert [ref.namespace for ref in finding.affected] == ["shop", "staging"]
    reader.forbidden_lists = {("ingresses.networking.k8s.io", "")}
    verdict = (await audit_policies(scope_of(reader), "shop", ["unique-ingress-host"])).data
    assert (verdict.findings, verdict.unread, verdict.checked) == ((), (), 1)


async def test_what_may_not_be_read_is_told() -> None:
    reader = Store({"services": []})
    reader.forbidden_lists = {("clusterrolebindings.rbac.authorization.k8s.io", "shop")}
    result = await audit_policies(scope_of(reader), "shop", ["disallow-anonymous"])
    assert "could not be read: clusterrolebindings.rbac.authorization.k8s.io" in result.text


async def test_credentials_in_what_is_shown_are_masked() -> None:
    held = served(
        "Service", "web", {"selector": {"app": "web"}}, metadata={"annotations": {"key": "password=hunter2hunter2"}}
    )
    settings = PolicySettings(required_annotations="key=^none$")
    result = await audit_policies(scope_of(Store({"services": [held]}), policy=settings), "shop", ["must-have-set-*"])
    [finding] = result.data.findings
    assert "hunter2" not in str(finding)
