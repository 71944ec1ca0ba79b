"""staging: the same shop, smaller and less careful."""

from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.story import flux
from kubegenie_tui.demo.story.foundation import lay_foundation, namespaces
from kubegenie_tui.demo.story.manifests import cron_job, daemon_set, deployment, service, stateful_set
from kubegenie_tui.demo.story.prod import TEAMS
from kubegenie_tui.demo.story.releases import revision
from kubegenie_tui.demo.story.stage import DAY, HOUR, MINUTE, Stage


def tell(stage: Stage) -> None:
    """Everything that happened in staging."""
    lay_foundation(stage, nodes=4, zones=["eu-central-1a", "eu-central-1b"], memory=16, age=40 * DAY)
    namespaces(stage, 38 * DAY, *TEAMS, "platform", env="staging")
    for team, apps in TEAMS.items():
        for name, _, tags in apps:
            age = stage.cluster.random.uniform(1, 30) * DAY
            made = deployment(team, name, f"{team}/{name}:{tags[-1]}", 1, memory="192Mi")
            stage.create(age, made, service(team, name))
    stage.create(
        30 * DAY,
        _log_shipper("4.2.0", "96Mi"),
        stateful_set("shop", "checkout-db", "docker.io/library/postgres:18.1", 1, "10Gi", memory="512Mi"),
        service("shop", "checkout-db", 5432, clusterIP="None"),
        cron_job("platform", "cleanup", "platform/backup:2.3.0", "*/10 * * * *"),
    )
    stage.create(
        2 * DAY, deployment("shop", "checkout", "shop/frontend:2.15.0", 2, memory="256Mi"), service("shop", "checkout")
    )
    stage.create(3 * HOUR, deployment("accounts", "sso-bridge", "accounts/sso-bridge:0.2.0-nonexistent", 1))
    old, new = _log_shipper("4.1.1", "64Mi"), _log_shipper("4.2.0", "96Mi")
    less, more = ({"resources": {"limits": {"memory": memory}}} for memory in ("64Mi", "96Mi"))
    stage.create(
        20 * MINUTE,
        revision("fluent-bit", 1, "fluent-bit 0.47.10 4.1.1", less, old, status="superseded", at=stage.now - 30 * DAY),
        revision("fluent-bit", 2, "fluent-bit 0.48.9 4.2.0", more, new, status="deployed", at=stage.now - 20 * MINUTE),
    )
    stage.create(50 * MINUTE, deployment("search", "indexer", "search/indexer:3.4.0", 1, memory="1Gi"))
    flux.tell(stage)


def _log_shipper(tag: str, memory: str) -> Object:
    image = f"cr.fluentbit.example/fluent/fluent-bit:{tag}"
    return daemon_set("platform", "fluent-bit", image, cpu="50m", memory=memory)
