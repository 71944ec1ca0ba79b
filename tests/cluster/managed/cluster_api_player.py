"""Plays Cluster API: infrastructure, control plane and workers come one after the other, and go again."""

from typing import Any

from kubernetes import client

from tests.cluster.managed.playing import Player, condition, owner

CLUSTERS = ("cluster.x-k8s.io", "v1beta2", "clusters")
DEPLOYMENTS = ("cluster.x-k8s.io", "v1beta2", "machinedeployments")
FINALIZER = "cluster.cluster.x-k8s.io"
ORDER = ("InfrastructureReady", "ControlPlaneInitialized", "ControlPlaneAvailable", "WorkersAvailable")


class ClusterApiPlayer(Player):
    """What is in `broken` never comes, with that message; what is in `holding` keeps a Cluster from going."""

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        super().__init__(api, namespace)
        self.broken: dict[str, str] = {}
        self.failure = ""
        self.holding = ""

    def beat(self) -> None:
        for each in self.all(CLUSTERS):
            self.seen("cluster")
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
        waiting = [each for each in ORDER if each not in there]
        came = {*there, *(each for each in waiting[:1] if each not in self.broken)} - self.broken.keys()
        conditions = [
            condition(each, each in came, "Ready" if each in came else "NotReady", self.broken.get(each, ""))
            for each in ORDER
        ]
        if "ControlPlaneInitialized" in came:
            self.secret(f"{name}-kubeconfig", "value")
        self._machines(cluster)
        status = {
            "phase": "Provisioned" if "InfrastructureReady" in came else "Provisioning",
            "conditions": [*conditions, condition("RollingOut", False, "NotRollingOut")],
            "observedGeneration": meta["generation"],
        }
        if self.failure:
            status["deprecated"] = {"v1beta1": {"failureMessage": self.failure}}
        self.merge(CLUSTERS, name, {"status": status}, "status")

    def _machines(self, cluster: dict[str, Any]) -> None:
        name = cluster["metadata"]["name"]
        labels = {"cluster.x-k8s.io/cluster-name": name}
        for pool in cluster["spec"]["topology"].get("workers", {}).get("machineDeployments", []):
            template = {
                "clusterName": name,
                "bootstrap": {"dataSecretName": "none"},
                "infrastructureRef": {
                    "apiGroup": "infrastructure.cluster.x-k8s.io",
                    "kind": "DockerMachineTemplate",
                    "name": "worker",
                },
            }
            body: dict[str, Any] = {
                "apiVersion": "cluster.x-k8s.io/v1beta2",
                "kind": "MachineDeployment",
                "metadata": {"name": f"{name}-{pool['name']}", "labels": labels, "ownerReferences": owner(cluster)},
                "spec": {
                    "clusterName": name,
                    "replicas": pool.get("replicas", 1),
                    "selector": {"matchLabels": labels},
                    "template": {"metadata": {"labels": labels}, "spec": template},
                },
            }
            if body["metadata"]["name"] not in [each["metadata"]["name"] for each in self.all(DEPLOYMENTS)]:
                self.create(DEPLOYMENTS, body)
                continue
            said = self.broken.get("WorkersAvailable", "")
            told = [condition("Available", not said, "NotAvailable" if said else "Available", said)]
            self.merge(DEPLOYMENTS, body["metadata"]["name"], {"status": {"conditions": told}}, "status")

    def _going(self, cluster: dict[str, Any]) -> None:
        name = cluster["metadata"]["name"]
        if self.holding:
            told = [condition("Deleting", True, "WaitingForWorkersDeletion", self.holding)]
            self.merge(CLUSTERS, name, {"status": {"phase": "Deleting", "conditions": told}}, "status")
            return
        for each in self.all(DEPLOYMENTS):
            if each["metadata"]["labels"]["cluster.x-k8s.io/cluster-name"] == name:
                self.delete(DEPLOYMENTS, each["metadata"]["name"])
        self.merge(CLUSTERS, name, {"metadata": {"finalizers": []}})


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
