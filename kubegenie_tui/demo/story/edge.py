"""edge-paris: three machines in a shop's back room, seen with a developer's rights."""

from kubegenie_tui.demo.story.foundation import lay_foundation, namespaces
from kubegenie_tui.demo.story.manifests import daemon_set, deployment, service, stateful_set
from kubegenie_tui.demo.story.stage import DAY, MINUTE, Stage


def tell(stage: Stage) -> None:
    """Everything that happened in edge-paris."""
    stage.cluster.default_user = "developer"
    lay_foundation(stage, nodes=3, zones=["paris-1"], memory=8, control_planes=1, age=120 * DAY)
    namespaces(stage, 110 * DAY, "pos", "signage", site="paris")
    stage.create(
        100 * DAY,
        deployment("pos", "till", "pos/till:4.0.2", 3, memory="192Mi"),
        service("pos", "till"),
        deployment("pos", "receipts", "pos/receipts:1.3.0", 1, memory="128Mi"),
        stateful_set("pos", "redis", "docker.io/library/redis:8.4.0", 1, "2Gi", memory="128Mi"),
        service("pos", "redis", 6379, clusterIP="None"),
        daemon_set("signage", "player", "signage/player:2.7.0", memory="256Mi"),
    )
    stage.roll(35 * MINUTE, "pos", "receipts", "1.3.1", "Release 1.3.1")
    stage.create(4 * DAY, deployment("pos", "sync", "shop/worker:1.20.0", 1, memory="1Gi"))
