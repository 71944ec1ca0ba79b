from typing import Any

from kubegenie_tui.domain.access.policy import Binding, Policy, Role, Rule, Subject
from kubegenie_tui.domain.custom.olm import PLANS, catalog_notes, operators_v0, owned_kinds
from kubegenie_tui.domain.custom.operators import (
    Operator,
    account_of,
    kinds_written_by,
    lapsed,
    leader_of,
    lease_of,
    version_of,
    with_workloads,
    workload_state,
)
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind

GEARS = Kind("parts.example", "v1", "gears", "Gear")
WHEELS = Kind("parts.example", "v1", "wheels", "Wheel")
OTHERS = Kind("else.example", "v1", "others", "Other")
ACCOUNT = Subject("ServiceAccount", "maker", "ops")


def policy(*rules: Rule, namespace: str = "") -> Policy:
    role = Role("maker", "", rules)
    return Policy({("", "maker"): role}, (Binding("maker", namespace, ("", "maker"), (ACCOUNT,)),))


def written(*rules: Rule, namespace: str = "") -> list[str]:
    found = kinds_written_by(policy(*rules, namespace=namespace), ACCOUNT, [GEARS, WHEELS, OTHERS])
    return [kind.plural for kind in found]


def test_kinds_whose_status_an_account_may_write() -> None:
    assert written(Rule(("update",), ("parts.example",), ("gears/status",))) == ["gears"]
    assert written(Rule(("*",), ("parts.example",), ("*",)), namespace="ops") == ["gears", "wheels"]
    assert written(Rule(("get", "list"), ("parts.example",), ("*",))) == []
    assert written(Rule(("patch",), ("parts.example",), ("gears",))) == []
    assert written(Rule(("*",), ("*",), ("*",))) == []  # whoever may do everything is no operator by that
    assert kinds_written_by(policy(), Subject("ServiceAccount", "other", "ops"), [GEARS]) == []
    all_of_it = policy(Rule(("*",), ("*",), ("*",)))
    assert kinds_written_by(all_of_it, ACCOUNT, [GEARS, WHEELS], by_any_rule=True) == [GEARS, WHEELS]


def workload(wanted: int | None, ready: int, **spec: Any) -> dict[str, Any]:
    status = {"readyReplicas": ready} if wanted is not None else {"desiredNumberScheduled": 2, "numberReady": ready}
    pods = {"serviceAccountName": "maker", "containers": [{"image": "r.example:5000/maker:v2@sha256:00"}], **spec}
    return {
        "metadata": {"name": "maker", "namespace": "ops"},
        "spec": {"template": {"spec": pods}, **({"replicas": wanted} if wanted is not None else {})},
        "status": status,
    }


def test_how_a_workload_does() -> None:
    assert workload_state(workload(1, 1)) == (Health.OK, "running", "1/1")
    assert workload_state(workload(2, 1)) == (Health.WARN, "1 of 2 pods are ready", "1/2")
    assert workload_state(workload(1, 0))[0] is Health.BAD
    assert workload_state(workload(0, 0))[1].startswith("scaled to nothing")
    assert workload_state(workload(None, 2))[2] == "2/2"


def test_account_version_and_leader() -> None:
    made = workload(1, 1)
    assert account_of(made) == ACCOUNT
    assert account_of({"metadata": {"namespace": "ops"}}).name == "default"
    assert version_of(made) == "v2"
    assert version_of({**made, "metadata": {"labels": {"app.kubernetes.io/version": "2.1"}}}) == "2.1"


def lease(namespace: str, holder: str, name: str = "maker", renewed: str = "", lasts: int = 15) -> dict[str, Any]:
    spec = {"holderIdentity": holder, "leaseDurationSeconds": lasts, **({"renewTime": renewed} if renewed else {})}
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}


def test_the_leader_is_who_holds_the_lease_that_was_renewed_last() -> None:
    made = workload(1, 1)
    old = lease("ops", "maker-2-b_0c1", renewed="2026-01-01T00:00:00.000000Z")
    new = lease("ops", "maker-3-c_0c1", "other", renewed="2026-01-01T00:05:00.000000Z")
    assert leader_of(lease_of(made, [lease("else", "maker-1-a_x"), new, old])) == "maker-3-c"
    assert leader_of(lease_of(made, [])) == ""


def test_a_lease_that_nobody_renews_is_told_when_that_is_sure() -> None:
    held = lease("ops", "maker-2-b_0c1", renewed="2026-01-01T00:00:00.000000Z")
    begun = 1_767_225_600.0
    assert lapsed(held, begun + 119) == ""
    assert lapsed(held, begun + 300) == "nobody leads: lease maker lasts 15 s and was last renewed 5m ago"
    assert lapsed(lease("ops", "maker-2-b", renewed="2026-01-01T00:00:00Z", lasts=137), begun + 500) == ""
    assert lapsed(lease("ops", "maker-2-b"), begun) == ""


def csv(name: str, phase: str, message: str = "", **more: Any) -> dict[str, Any]:
    owned = [{"name": "gears.parts.example", "kind": "Gear", "version": "v1"}]
    spec = {
        "displayName": "Gear Maker",
        "version": "1.2.3",
        "customresourcedefinitions": {"owned": owned},
        "install": {"spec": {"deployments": [{"name": "maker"}]}},
    }
    metadata = {"name": name, "namespace": "ops", **more}
    return {"metadata": metadata, "spec": spec, "status": {"phase": phase, "message": message}}


def subscription(installed: str, current: str, state: str, *conditions: dict[str, str]) -> dict[str, Any]:
    status = {"installedCSV": installed, "currentCSV": current, "state": state, "conditions": list(conditions)}
    return {"metadata": {"name": "maker", "namespace": "ops"}, "spec": {"name": "gear-maker"}, "status": status}


def plan(name: str, approval: str, approved: bool, *versions: str, phase: str = "RequiresApproval") -> dict[str, Any]:
    spec = {"approval": approval, "approved": approved, "clusterServiceVersionNames": list(versions)}
    return {"metadata": {"name": name, "namespace": "ops"}, "spec": spec, "status": {"phase": phase}}


def test_olm_v0_phases_upgrades_and_plans_that_wait() -> None:
    done = csv("maker.v1", "Succeeded", "install strategy completed with no errors")
    copy = csv("maker.v1", "Succeeded", labels={"olm.copiedFrom": "ops"})
    plans = [
        plan("install-1", "Manual", True, "maker.v1", phase="Complete"),
        plan("install-2", "Manual", False, "maker.v2"),
    ]
    (found,) = operators_v0([done, copy], [subscription("maker.v1", "maker.v2", "UpgradePending")], plans, "prod")
    assert (found.name, found.version, found.state, found.health) == ("Gear Maker", "1.2.3", "Succeeded", Health.OK)
    assert found.workload is not None
    assert str(found.workload) == "deployments.apps ops/maker"
    assert found.notes == (
        "an upgrade to maker.v2 is there",
        "install plan install-2 waits to be approved: maker.v2",
    )
    assert owned_kinds(done) == ["gears.parts.example"]


def test_olm_v0_what_is_not_installed_yet_is_no_upgrade() -> None:
    first = subscription("", "maker.v1", "UpgradePending")
    (found,) = operators_v0([], [first], [plan("install-1", "Manual", False, "maker.v1")], "prod")
    assert found.notes == ("install plan install-1 waits to be approved: maker.v1",)


def test_olm_v0_what_fails() -> None:
    (failed,) = operators_v0([csv("maker.v1", "Failed", "timeout")], [], [], "prod")
    assert (failed.health, failed.state) == (Health.BAD, "Failed: timeout")
    unresolved = {"type": "ResolutionFailed", "status": "True", "message": "no operators found"}
    (missing,) = operators_v0([], [subscription("", "", "", unresolved)], [], "prod")
    assert (missing.name, missing.health, missing.notes) == ("gear-maker", Health.BAD, ("no operators found",))
    assert missing.state == "not installed: nothing was resolved yet"


def test_olm_v0_what_holds_up_an_upgrade_of_what_is_installed() -> None:
    held = subscription(
        "maker.v1",
        "maker.v1",
        "AtLatestKnown",
        {"type": "ResolutionFailed", "status": "True", "message": "constraints not satisfiable"},
        {"type": "CatalogSourcesUnhealthy", "status": "False", "message": "all are healthy"},
    )
    held["spec"] |= {"channel": "stable", "source": "community", "installPlanApproval": "Manual"}
    held["status"]["catalogHealth"] = [
        {"healthy": False, "catalogSourceRef": {"name": "community", "namespace": "olm"}},
        {"healthy": True, "catalogSourceRef": {"name": "own", "namespace": "olm"}},
    ]
    (found,) = operators_v0([csv("maker.v1", "Succeeded")], [held], [], "prod")
    assert (found.health, found.state) == (Health.WARN, "Succeeded; constraints not satisfiable")
    assert found.notes == ("constraints not satisfiable", "catalog olm/community is not healthy")
    assert found.facts == ("follows channel stable of community; upgrades are installed after a yes",)


def test_olm_v0_a_plan_that_failed_is_told_until_another_takes_its_place() -> None:
    owned = {**plan("install-1", "Automatic", True, "maker.v2", phase="Failed")}
    owned["metadata"]["ownerReferences"] = [{"kind": "Subscription", "name": "maker"}]
    following = subscription("maker.v1", "maker.v2", "UpgradeFailed")
    (failing,) = operators_v0([csv("maker.v1", "Succeeded", "")], [following], [owned], "prod")
    assert failing.notes == ("install plan install-1 has failed",)
    later = [owned, plan("install-2", "Automatic", True, "maker.v3", phase="Complete")]
    followed = subscription("maker.v3", "maker.v3", "AtLatestKnown")
    (well,) = operators_v0([csv("maker.v3", "Succeeded", "")], [followed], later, "prod")
    assert well.notes == ()


def test_olm_v0_which_plan_waits_for_a_yes() -> None:
    plans = [plan("install-1", "Manual", True, "maker.v2"), plan("install-2", "Manual", False, "maker.v2")]
    pending = subscription("maker.v1", "maker.v2", "UpgradePending")
    (found,) = operators_v0([csv("maker.v1", "Succeeded")], [pending], plans, "prod")
    assert str(found.approval) == f"{PLANS} ops/install-2"
    (lost,) = operators_v0([], [subscription("", "maker.v2", "")], plans[1:], "prod")
    assert str(lost.approval) == f"{PLANS} ops/install-2"


def test_olm_v0_catalogs_that_cannot_be_reached() -> None:
    def catalog(name: str, state: str) -> dict[str, Any]:
        status = {"connectionState": {"lastObservedState": state}, "message": ""}
        return {"metadata": {"name": name, "namespace": "olm"}, "status": status}

    told = list(catalog_notes([catalog("own", "READY"), catalog("community", "TRANSIENT_FAILURE")]))
    assert told == ["catalog olm/community cannot be reached (TRANSIENT_FAILURE)"]


def test_the_workloads_of_an_operator_count_together() -> None:
    parts = csv("maker.v1", "Succeeded")
    parts["spec"]["install"]["spec"]["deployments"] += [{"name": "hook"}]
    (found,) = operators_v0([parts], [], [], "prod")
    assert [str(each) for each in found.others] == ["deployments.apps ops/hook"]
    maker = Operator("maker", "ops", "Deployment", Health.OK, "running", found.ref, ready="1/1", leader="maker-1")
    hook = Operator("hook", "ops", "Deployment", Health.BAD, "0 of 2 pods are ready", found.ref, ready="0/2")
    both = with_workloads(found, [maker, hook])
    assert (both.ready, both.leader) == ("1/3", "maker-1")
    assert (both.health, both.state) == (Health.BAD, "hook: 0 of 2 pods are ready")
    assert with_workloads(found, [maker]).state == "Succeeded"
    assert with_workloads(found, []) is found
