"""The RBAC evaluator by its rules, and the words in which it is asked and answers."""

from typing import Any

import pytest

from kubegenie_tui.domain.access.evaluate import Request, allows, decide, grants_of, who_can
from kubegenie_tui.domain.access.policy import Policy, Rule, Subject, Who, policy_of
from kubegenie_tui.domain.access.question import can_question, subject_of, who_question
from kubegenie_tui.domain.access.rows import CAN_COLUMNS, can_rows, source_of, who_rows
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import KindIndex

KINDS = KindIndex(BUILTIN_KINDS)


def rule(verbs: str, resources: str = "", groups: str = "-", names: str = "", urls: str = "") -> dict[str, Any]:
    return {
        "verbs": verbs.split(),
        "resources": resources.split(),
        "apiGroups": ["" if group == "-" else group for group in groups.split()],
        "resourceNames": names.split(),
        "nonResourceURLs": urls.split(),
    }


def role(name: str, *rules: dict[str, Any], namespace: str = "", **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": namespace, **more.pop("metadata", {})},
        "rules": list(rules),
        **more,
    }


def binding(name: str, role_kind: str, role_name: str, *subjects: str, namespace: str = "") -> dict[str, Any]:
    named = [subject_of(subject) for subject in subjects]
    told = [{"kind": s.kind, "name": s.name} | ({"namespace": s.namespace} if s.namespace else {}) for s in named]
    return {
        "metadata": {"name": name, "namespace": namespace},
        "roleRef": {"kind": role_kind, "name": role_name},
        "subjects": told,
    }


@pytest.fixture
def policy() -> Policy:
    return policy_of(
        roles=[role("deployer", rule("create patch", "deployments deployments/scale", "apps"), namespace="shop")],
        cluster_roles=[
            role("view", rule("get list watch", "pods services"), rule("get", urls="/metrics /healthz/*")),
            role("admin", rule("*", "*", "*")),
            role("one-secret", rule("get", "secrets", names="db")),
            role(
                "edit",
                rule("delete", "pods"),
                aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"to-edit": "true"}}]},
            ),
            role("edit-part", rule("delete", "pods"), metadata={"labels": {"to-edit": "true"}}),
        ],
        role_bindings=[
            binding("deploy", "Role", "deployer", "u:jane", "sa:ci/bot", namespace="shop"),
            binding("viewers", "ClusterRole", "view", "g:devs", namespace="shop"),
            binding("secret", "ClusterRole", "one-secret", "u:jane", namespace="shop"),
            binding("dangling", "Role", "gone", "u:jane", namespace="shop"),
        ],
        cluster_role_bindings=[
            binding("admins", "ClusterRole", "admin", "g:admins"),
            binding("all-view", "ClusterRole", "view", "u:ops"),
            binding("editors", "ClusterRole", "edit", "u:ed"),
        ],
    )


@pytest.mark.parametrize(
    ("who", "verb", "resource", "group", "namespace", "name", "expected"),
    [
        ("u:jane", "create", "deployments", "apps", "shop", "", True),
        ("u:jane", "create", "deployments", "apps", "other", "", False),
        ("u:jane", "create", "deployments", "apps", "", "", False),
        ("u:jane", "create", "deployments", "", "shop", "", False),
        ("u:jane", "patch", "deployments/scale", "apps", "shop", "web", True),
        ("u:jane", "patch", "deployments/status", "apps", "shop", "web", False),
        ("u:jane", "get", "secrets", "", "shop", "db", True),
        ("u:jane", "get", "secrets", "", "shop", "other", False),
        ("u:jane", "get", "secrets", "", "shop", "", False),
        ("sa:ci/bot", "create", "deployments", "apps", "shop", "", True),
        ("sa:shop/bot", "create", "deployments", "apps", "shop", "", False),
        ("g:devs", "list", "pods", "", "shop", "", True),
        ("g:devs", "list", "pods", "", "other", "", False),
        ("g:admins", "escalate", "anything/at-all", "example.com", "", "", True),
        ("g:system:masters", "delete", "nodes", "", "", "n1", True),
        ("u:ops", "watch", "services", "", "any", "", True),
        ("u:ed", "delete", "pods", "", "any", "x", True),
        ("u:nobody", "get", "pods", "", "shop", "", False),
    ],
)
def test_decisions(
    policy: Policy, who: str, verb: str, resource: str, group: str, namespace: str, name: str, expected: bool
) -> None:
    request = Request(verb, resource, group, namespace, name)
    assert (decide(policy, Who.of(subject_of(who)), request) is not None) is expected


@pytest.mark.parametrize(
    ("who", "url", "expected"),
    [
        ("u:ops", "/metrics", True),
        ("u:ops", "/metrics/x", False),
        ("u:ops", "/healthz/etcd", True),
        ("u:ops", "/healthz", False),
        ("g:devs", "/metrics", False),
    ],
)
def test_paths_are_allowed_by_cluster_role_bindings_only(policy: Policy, who: str, url: str, expected: bool) -> None:
    assert (decide(policy, Who.of(subject_of(who)), Request("get", url=url)) is not None) is expected


@pytest.mark.parametrize(
    ("resources", "wanted", "expected"),
    [
        (("*",), "pods/exec", True),
        (("pods",), "pods/exec", False),
        (("pods/exec",), "pods/exec", True),
        (("*/exec",), "pods/exec", True),
        (("*/exec",), "exec", False),
        (("pods/*",), "pods/exec", False),
    ],
)
def test_subresources(resources: tuple[str, ...], wanted: str, expected: bool) -> None:
    assert allows(Rule(("*",), ("",), resources), Request("create", wanted)) is expected


def test_an_aggregated_role_tells_its_parts_and_is_what_the_server_filled_in(policy: Policy) -> None:
    (grant,) = [each for each in who_can(policy, Request("delete", "pods", "", "shop")) if each.subject.name == "ed"]
    assert grant.role.parts == ("edit-part",)
    empty = policy_of(
        cluster_roles=[role("edit", aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]})],
        cluster_role_bindings=[binding("x", "ClusterRole", "edit", "u:ed")],
    )
    assert decide(empty, Who.of(subject_of("u:ed")), Request("delete", "pods")) is None


def test_who_can_names_each_subject_once_with_its_reason(policy: Policy) -> None:
    found = who_can(policy, Request("create", "deployments", "apps", "shop"))
    assert [(str(grant.subject), source_of(grant)) for grant in found] == [
        ("u:jane", "shop/deploy → deployer"),
        ("g:admins", "admins → admin"),
        ("g:system:masters", "group system:masters"),
        ("sa:ci/bot", "shop/deploy → deployer"),
    ]
    assert [row.cells[0] for row in who_rows(found)] == ["User", "Group", "Group", "ServiceAccount"]


def test_who_can_everywhere_leaves_out_what_holds_in_one_namespace(policy: Policy) -> None:
    assert "g:devs" not in [str(grant.subject) for grant in who_can(policy, Request("list", "pods"))]


def test_what_may_be_done_is_one_row_for_each_resource_and_scope(policy: Policy) -> None:
    jane = Who.of(subject_of("u:jane"))
    rows = {row.name: row for row in can_rows(grants_of(policy, jane, "shop"), KINDS)}
    assert set(rows) == {"deployments.apps", "deployments/scale.apps", "secrets"}
    titles = [column.title for column in CAN_COLUMNS]
    cells = dict(zip(titles, rows["secrets"].cells, strict=True))
    assert (cells["GET"], cells["LIST"], cells["ONLY"], cells["WHERE"]) == ("✓", None, "db", "shop")
    assert cells["FROM"] == "shop/secret → one-secret"
    assert not list(grants_of(policy, jane, "other"))
    assert list(grants_of(policy, jane, "", everywhere=True))


def test_everything_is_told_as_everything(policy: Policy) -> None:
    (row,) = can_rows(grants_of(policy, Who.of(subject_of("g:admins")), "shop"), KINDS)
    assert row.name == "*.*"
    assert row.cells[:7] == ("✓",) * 7


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("u:jane", Subject("User", "jane")),
        ("jane@example.com", Subject("User", "jane@example.com")),
        ("g:devs", Subject("Group", "devs")),
        ("g:system:masters", Subject("Group", "system:masters")),
        ("system:admin", Subject("User", "system:admin")),
        ("sa:shop/web", Subject("ServiceAccount", "web", "shop")),
        ("u:system:serviceaccount:shop:web", Subject("ServiceAccount", "web", "shop")),
        ("system:serviceaccount:shop:web", Subject("ServiceAccount", "web", "shop")),
    ],
)
def test_subjects(word: str, expected: Subject) -> None:
    assert subject_of(word) == expected


@pytest.mark.parametrize("word", ["sa:web", "sa:/web", "sa:shop/", "u:", "g:"])
def test_subjects_that_are_none(word: str) -> None:
    with pytest.raises(UsageError):
        subject_of(word)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("delete pods", Request("delete", "pods", "", "shop")),
        ("delete po -n other", Request("delete", "pods", "", "other")),
        ("list deploy -A", Request("list", "deployments", "apps", "")),
        ("create pods/exec", Request("create", "pods/exec", "", "shop")),
        ("get secrets/db", Request("get", "secrets", "", "shop", "db")),
        ("get secrets db", Request("get", "secrets", "", "shop", "db")),
        ("delete nodes", Request("delete", "nodes", "", "")),
        ("get /metrics", Request("get", url="/metrics")),
    ],
)
def test_questions(line: str, expected: Request) -> None:
    assert who_question(line, "shop", KINDS).request == expected


@pytest.mark.parametrize("line", ["", "pods", "delete nothing", "delete pods -n", "a b c d"])
def test_questions_that_are_none(line: str) -> None:
    with pytest.raises(UsageError):
        who_question(line, "shop", KINDS)


def test_about_whom() -> None:
    assert can_question("", "shop").subject is None
    assert can_question("me -A", "shop").namespace == ""
    assert can_question("u:jane -n x", "shop").namespace == "x"
    with pytest.raises(UsageError):
        can_question("u:a u:b", "")


def test_of_resources_in_several_groups_only_what_is_served_is_told() -> None:
    found = policy_of(
        cluster_roles=[role("r", rule("get", "pods deployments gadgets", "- apps"))],
        cluster_role_bindings=[binding("b", "ClusterRole", "r", "u:jane")],
    )
    rows = can_rows(grants_of(found, Who.of(subject_of("u:jane")), ""), KINDS)
    assert [row.name for row in rows] == ["deployments.apps", "gadgets", "gadgets.apps", "pods"]
