"""What a Cluster says of itself, read: what waits, and why the machines that it waits for do not come."""

from typing import Any

from kubegenie_tui.providers.cluster_api.state import how_changed, how_far

WHY = "Machine shop-default-1: InfrastructureReady: no t3.large in north"


def cluster(**states: str) -> dict[str, Any]:
    """One whose conditions are True, or False with a message."""
    told = [{"type": key, "status": str(not said), "reason": "X", "message": said} for key, said in states.items()]
    return {"metadata": {"generation": 1}, "status": {"phase": "P", "observedGeneration": 1, "conditions": told}}


UP = {"InfrastructureReady": "", "ControlPlaneAvailable": ""}


def test_what_waits_for_machines_says_why_they_fail() -> None:
    found = cluster(**UP, WorkersAvailable="0 of 2", WorkerMachinesReady=WHY, ControlPlaneMachinesReady="later")
    assert how_far(found, workers=True).phase == f"P · WorkersAvailable: 0 of 2 · WorkerMachinesReady: {WHY}"
    found = cluster(InfrastructureReady="", ControlPlaneAvailable="0 of 3", ControlPlaneMachinesReady=WHY)
    assert (
        how_far(found, workers=False).phase == f"P · ControlPlaneAvailable: 0 of 3 · ControlPlaneMachinesReady: {WHY}"
    )


def test_a_list_is_told_on_one_line() -> None:
    summed = "* Machine a-1:\n  * InfrastructureReady: no t3.large\n  * NodeHealthy: waits\n* Machine a-2: is gone"
    found = cluster(**UP, WorkersAvailable="0 of 2", WorkerMachinesReady=summed)
    said = "Machine a-1: InfrastructureReady: no t3.large; NodeHealthy: waits; Machine a-2: is gone"
    assert how_far(found, workers=True).phase == f"P · WorkersAvailable: 0 of 2 · WorkerMachinesReady: {said}"


def test_what_does_not_wait_for_them_says_nothing_of_them() -> None:
    assert how_far(cluster(**UP, WorkersAvailable="0 of 2", WorkerMachinesReady=WHY), workers=False).phase == "P"
    assert how_far(cluster(**UP, WorkersAvailable="", WorkerMachinesReady=WHY), workers=True).done
    assert how_far(cluster(**UP, WorkersAvailable="0 of 2"), workers=True).phase == "P · WorkersAvailable: 0 of 2"


def test_a_change_that_waits_for_machines_says_why_they_fail() -> None:
    found = cluster(**UP, WorkersAvailable="", WorkerMachinesReady=WHY, ControlPlaneMachinesReady="")
    found["status"]["conditions"].append({"type": "ScalingUp", "status": "True", "message": "from 2 to 5 replicas"})
    told = how_changed(found, workers=True)
    assert (told.done, told.phase) == (False, f"P · ScalingUp: from 2 to 5 replicas · WorkerMachinesReady: {WHY}")


def test_a_change_is_not_done_while_the_cluster_tells_of_its_parts_as_they_were() -> None:
    found = cluster(**UP, WorkersAvailable="", TopologyReconciled="")
    pools = {"machineDeployments": [{"name": "a", "replicas": 5}, {"name": "b"}]}
    found["spec"] = {"topology": {"version": "v1.35.0", "workers": pools}}
    assert how_changed(found, workers=True).done
    found["status"]["workers"] = {"desiredReplicas": 3}
    assert how_changed(found, workers=True).phase == "P · 3 of 5 workers asked for"
    found["status"]["workers"] = {"desiredReplicas": 6}
    found["status"]["controlPlane"] = {"versions": [{"version": "v1.35.0"}, {"version": "v1.34.2"}]}
    assert how_changed(found, workers=True).phase == "P · the control plane has machines of v1.34.2"
    found["status"]["controlPlane"] = {"versions": [{"version": "v1.35.0"}]}
    assert how_changed(found, workers=True).done
    found["status"]["conditions"][-1]["observedGeneration"] = 0
    assert how_changed(found, workers=True).phase == "TopologyReconciled: not told anew yet"
