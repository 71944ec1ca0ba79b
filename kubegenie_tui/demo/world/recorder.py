"""Events as the recorders of Kubernetes write them: the same thing again is counted, nothing is older than an hour."""

from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, meta, name_of, namespace_of
from kubegenie_tui.domain.quantity import parse_time

KEPT_SECONDS = 3600


class Recorder:
    """Writes the events of one cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.present = 0.0
        """When the past that is being played ends; what is older than an hour then is not worth recording."""
        self._known: dict[tuple[str, str, str], str] = {}

    def record(
        self,
        about: Object,
        reason: str,
        message: str,
        *,
        component: str,
        kind: str = "Normal",
        host: str = "",
        field: str = "",
    ) -> None:
        """Something happened to an object."""
        now = self._cluster.clock.now()
        if now < self.present - KEPT_SECONDS:
            return
        namespace = namespace_of(about) or "default"
        key = (meta(about)["uid"], reason, message)
        known = self._cluster.get("events", self._known.get(key, ""), namespace)
        if known:
            again = {"count": known["count"] + 1, "lastTimestamp": self._cluster.clock.stamp()}
            self._cluster.replace({**known, **again})
            return
        event = self._event(about, namespace, reason, message, field)
        source = {"component": component, **({"host": host} if host else {})}
        event |= {"source": source, "type": kind, "reportingComponent": component, "reportingInstance": host}
        self._known[key] = name_of(self._cluster.create(event))

    def _event(self, about: Object, namespace: str, reason: str, message: str, field: str) -> Object:
        stamp = self._cluster.clock.stamp()
        involved = {
            "kind": about["kind"],
            "namespace": namespace_of(about),
            "name": name_of(about),
            "uid": meta(about)["uid"],
            "apiVersion": about["apiVersion"],
            "resourceVersion": meta(about).get("resourceVersion", ""),
            "fieldPath": field,
        }
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": f"{name_of(about)}.{self._cluster.random.getrandbits(60):015x}",
                "namespace": namespace,
            },
            "involvedObject": {key: value for key, value in involved.items() if value},
            "reason": reason,
            "message": message,
            "firstTimestamp": stamp,
            "lastTimestamp": stamp,
            "count": 1,
            "eventTime": None,
        }

    def expire(self) -> None:
        """Forget what last happened more than an hour ago."""
        oldest = self._cluster.clock.now() - KEPT_SECONDS
        for event in list(self._cluster.list("events")):
            if parse_time(event.get("lastTimestamp") or meta(event)["creationTimestamp"]) < oldest:
                self._cluster.forget(event)
        alive = {key for _, key in self._cluster.collection("events").items}
        self._known = {key: name for key, name in self._known.items() if name in alive}
