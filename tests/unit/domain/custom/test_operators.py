from typing import Any

from kubegenie_tui.domain.access.policy import Binding, Policy, Role, Rule, Subject
from kubegenie_tui.domain.custom.olm import operators_v0, operators_v1, owned_kinds
from kubegenie_tui.domain.custom.operators import account_of, kinds_written_by, leader_of, version_of, workload_state
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
    leases = [
        {"metadata": {"namespace": "else"}, "spec": {"holderIdentity": "maker-1-a_x"}},
        {"metadata": {"namespace": "ops"}, "spec": {"holderIdentity": "maker-2-b_0c1"}},
    ]
    assert leader_of(made, leases) == "maker-2-b"
    assert leader_of(made, []) == ""


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


def test_olm_v0_what_fails() -> None:
    (failed,) = operators_v0([csv("maker.v1", "Failed", "timeout")], [], [], "prod")
    assert (failed.health, failed.state) == (Health.BAD, "Failed: timeout")
    unresolved = {"type": "ResolutionFailed", "status": "True", "message": "no operators found"}
    (missing,) = operators_v0([], [subscription("", "", "", unresolved)], [], "prod")
    assert (missing.name, missing.health, missing.notes) == ("gear-maker", Health.BAD, ("no operators found",))
    assert missing.state == "not installed: nothing was resolved yet"


def extension(installed: tuple[str, str], progressing: tuple[str, str, str], **more: str) -> dict[str, Any]:
    conditions = [
        {"type": "Installed", "status": installed[0], "reason": installed[1]},
        {"type": "Progressing", "status": progressing[0], "reason": progressing[1], "message": progressing[2]},
        *({"type": type_, "status": "True", "message": message} for type_, message in more.items()),
    ]
    status = {"conditions": conditions, "install": {"bundle": {"version": "0.9.1"}}}
    return {"metadata": {"name": "maker"}, "spec": {"namespace": "ops"}, "status": status}


def test_olm_v1() -> None:
    told = [
        extension(("True", "Succeeded"), ("True", "Succeeded", ""), PackageDeprecated="use wheel-maker"),
        extension(("True", "Succeeded"), ("True", "Retrying", "no bundle matches")),
        extension(("False", "Absent"), ("False", "Blocked", "no catalog")),
        extension(("False", "Failed"), ("True", "Retrying", "denied")),
        extension(("False", "Absent"), ("True", "Succeeded", "")),
    ]
    found = [(each.health, each.state) for each in operators_v1(told, "prod")]
    assert found == [
        (Health.OK, "Installed"),
        (Health.WARN, "Retrying: no bundle matches"),
        (Health.BAD, "Blocked: no catalog"),
        (Health.BAD, "Failed: denied"),
        (Health.PROGRESSING, "not installed yet"),
    ]
    first = next(iter(operators_v1(told, "prod")))
    assert (first.version, first.notes) == ("0.9.1", ("use wheel-maker",))
