"""Plays Cluster API: infrastructure, control plane and workers come one after the other, and go again."""

from typing import Any

from kubernetes import client

from tests.cluster.managed.playing import Player, condition, owner

CLUSTERS = ("cluster.x-k8s.io", "v1beta2", "clusters")
CLASSES = ("cluster.x-k8s.io", "v1beta2", "clusterclasses")
DEPLOYMENTS = ("cluster.x-k8s.io", "v1beta2", "machinedeployments")
MACHINES = ("cluster.x-k8s.io", "v1beta2", "machines")
FINALIZER = "cluster.cluster.x-k8s.io"
ORDER = ("InfrastructureReady", "ControlPlaneInitialized", "ControlPlaneAvailable", "WorkersAvailable")


class ClusterApiPlayer(Player):
    """What is in `broken` never comes, with that message; what is in `holding` keeps a Cluster from going.

    What is in `no_machine` is why the infrastructure gives no machine to a pool. While it `is_behind`, nobody has heard
    of a change of the topology but the Cluster itself.
    """

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        super().__init__(api, namespace)
        self.failure = ""
        self.holding = ""
        self.no_machine = ""
        self.is_behind = False
        self._heard: dict[str, dict[str, Any]] = {}
        """What was made of the topology of each Cluster, as its status tells."""

    def beat(self) -> None:
        for each in self.all(CLUSTERS):
            self.tell("cluster", each)
            if each["metadata"].get("deletionTimestamp"):
                self._going(each)
            elif FINALIZER not in each["metadata"].get("finalizers", []):
                self.merge(CLUSTERS, each["metadata"]["name"], {"metadata": {"finalizers": [FINALIZER]}})
            else:
                self._coming(each)

    def _coming(self, cluster: dict[str, Any]) -> None:
        name, meta = cluster["metadata"]["name"], cluster["metadata"]
        if not cluster["spec"].get("controlPlaneEndpoint"):
            self.merge(CLUSTERS, name, {"spec": {"controlPlaneEndpoint": {"host": "10.0.0.7", "port": 6443}}})
            return
        there = {each["type"] for each in cluster.get("status", {}).get("conditions", []) if each["status"] == "True"}
        waiting, broken = [each for each in ORDER if each not in there], self._broken_of(cluster)
        came = {*there, *(each for each in waiting[:1] if each not in broken)} - broken.keys()
        conditions = [
            condition(each, each in came, "Ready" if each in came else "NotReady", broken.get(each, ""))
            for each in ORDER
        ]
        if "ControlPlaneInitialized" in came:
            self.secret(f"{name}-kubeconfig", "value", self.certificate)
        self._workers(cluster, broken.get("WorkersAvailable", ""))
        status = {
            "phase": "Provisioned" if "InfrastructureReady" in came else "Provisioning",
            "conditions": [*conditions, self._of_machines(cluster), condition("RollingOut", False, "NotRollingOut")],
            "observedGeneration": meta["generation"],
            **self._of_topology(cluster),
        }
        reconciled = condition("TopologyReconciled", True, "ReconcileSucceeded")
        status["conditions"].append({**reconciled, "observedGeneration": status.pop("heard")})
        if self.failure:
            status["deprecated"] = {"v1beta1": {"failureMessage": self.failure}}
        self.merge(CLUSTERS, name, {"status": status}, "status")

    def _broken_of(self, cluster: dict[str, Any]) -> dict[str, str]:
        """What does not come: of a pool without machines Cluster API says how many it has, and no more."""
        said = [f"* MachineDeployment {each}: 0 available replicas, at least 1 required" for each in pools_of(cluster)]
        return {**({"WorkersAvailable": "\n".join(said)} if self.no_machine else {}), **self.broken}

    def _of_topology(self, cluster: dict[str, Any]) -> dict[str, Any]:
        """What its parts are, and of which generation `heard` is."""
        topology, name = cluster["spec"]["topology"], cluster["metadata"]["name"]
        if not self.is_behind:
            self._heard[name] = {
                "heard": cluster["metadata"]["generation"],
                "controlPlane": {"versions": [{"version": topology["version"], "replicas": 3}]},
                "workers": {"desiredReplicas": sum(pools_of(cluster).values())},
            }
        return self._heard.get(name, {"heard": 1})

    def _of_machines(self, cluster: dict[str, Any]) -> dict[str, Any]:
        """What a Cluster says of its workers' machines."""
        said = [f"* Machine {each}-1:\n  * InfrastructureReady: {self.no_machine}" for each in pools_of(cluster)]
        well = not self.no_machine
        return condition("WorkerMachinesReady", well, "Ready" if well else "NotReady", "" if well else "\n".join(said))

    def _workers(self, cluster: dict[str, Any], said: str) -> None:
        name = cluster["metadata"]["name"]
        labels, version = {"cluster.x-k8s.io/cluster-name": name}, "cluster.x-k8s.io/v1beta2"
        for pool, replicas in pools_of(cluster).items():
            meta = {"labels": labels, "ownerReferences": owner(cluster)}
            machine = {"apiVersion": version, "kind": "Machine", "metadata": {"name": f"{pool}-1", **meta}}
            body = {
                "apiVersion": version,
                "kind": "MachineDeployment",
                "metadata": {"name": pool, **meta},
                "spec": {
                    "clusterName": name,
                    "replicas": replicas,
                    "selector": {"matchLabels": labels},
                    "template": {"metadata": {"labels": labels}, "spec": machine_asked(name)},
                },
            }
            if pool not in [each["metadata"]["name"] for each in self.all(DEPLOYMENTS)]:
                self.create(MACHINES, {**machine, "spec": machine_asked(name)})
                self.create(DEPLOYMENTS, body)
                continue
            told = [condition("Available", not said, "NotAvailable" if said else "Available", said)]
            self.merge(DEPLOYMENTS, pool, {"status": {"conditions": told}}, "status")
            ill = condition("InfrastructureReady", not self.no_machine, "NotReady", self.no_machine)
            self.merge(MACHINES, f"{pool}-1", {"status": {"conditions": [ill]}}, "status")

    def _going(self, cluster: dict[str, Any]) -> None:
        name = cluster["metadata"]["name"]
        if self.holding:
            told = [condition("Deleting", True, "WaitingForWorkersDeletion", self.holding)]
            self.merge(CLUSTERS, name, {"status": {"phase": "Deleting", "conditions": told}}, "status")
            return
        for where in (DEPLOYMENTS, MACHINES):
            for each in self.all(where):
                if each["spec"]["clusterName"] == name:
                    self.delete(where, each["metadata"]["name"])
        self.forget_secret(f"{name}-kubeconfig")
        self.merge(CLUSTERS, name, {"metadata": {"finalizers": []}})


def pools_of(cluster: dict[str, Any]) -> dict[str, int]:
    """How many machines each pool of workers is to have, by the name of its MachineDeployment."""
    pools = cluster["spec"]["topology"].get("workers", {}).get("machineDeployments", [])
    return {f"{cluster['metadata']['name']}-{each['name']}": each.get("replicas", 1) for each in pools}


def machine_asked(cluster: str) -> dict[str, Any]:
    """The spec of a Machine."""
    group = "infrastructure.cluster.x-k8s.io"
    infrastructure = {"apiGroup": group, "kind": "DockerMachineTemplate", "name": "worker"}
    return {"clusterName": cluster, "bootstrap": {"dataSecretName": "none"}, "infrastructureRef": infrastructure}


def class_asked() -> dict[str, Any]:
    """A ClusterClass with one class of workers and three variables."""

    def template(kind: str, group: str) -> dict[str, Any]:
        return {"templateRef": {"apiVersion": f"{group}.cluster.x-k8s.io/v1beta2", "kind": kind, "name": "quick"}}

    def variable(name: str, kind: str, required: bool = False) -> dict[str, Any]:
        schema = {"type": kind, **({"items": {"type": "string"}} if kind == "array" else {})}
        return {"name": name, "required": required, "schema": {"openAPIV3Schema": schema}}

    workers = {
        "class": "small",
        "bootstrap": template("KubeadmConfigTemplate", "bootstrap"),
        "infrastructure": template("DockerMachineTemplate", "infrastructure"),
    }
    return {
        "apiVersion": "cluster.x-k8s.io/v1beta2",
        "kind": "ClusterClass",
        "metadata": {"name": "quick"},
        "spec": {
            "infrastructure": template("DockerClusterTemplate", "infrastructure"),
            "controlPlane": template("KubeadmControlPlaneTemplate", "controlplane"),
            "workers": {"machineDeployments": [workers]},
            "kubernetesVersions": ["v1.34.2", "v1.35.0"],
            "variables": [
                variable("region", "string", True),
                variable("release", "string"),
                variable("zones", "array"),
            ],
        },
    }
