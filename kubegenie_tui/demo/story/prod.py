"""prod-eu: a web shop in the middle of a bad release, and the teams around it."""

from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.story import custom_resources
from kubegenie_tui.demo.story.foundation import binding, lay_foundation, namespaces
from kubegenie_tui.demo.story.manifests import (
    autoscaler,
    config_map,
    container,
    cron_job,
    daemon_set,
    deployment,
    disruption_budget,
    from_secret,
    ingress,
    manifest,
    secret,
    service,
    stateful_set,
    tls_secret,
)
from kubegenie_tui.demo.story.stage import DAY, HOUR, MINUTE, Stage, with_tag

TEAMS: dict[str, list[tuple[str, int, list[str]]]] = {
    "shop": [
        ("frontend", 6, ["7.1.0", "7.1.1", "7.2.0", "7.2.1"]), ("cart", 4, ["3.0.2", "3.1.0"]),
        ("catalog", 4, ["5.4.0", "5.4.1", "5.5.0"]),
        ("pricing", 3, ["2.2.0", "2.2.1"]), ("recommendations", 3, ["1.9.0"]), ("wishlist", 2, ["1.2.4"]),
    ],
    "payments": [
        ("gateway", 4, ["4.3.0", "4.3.1"]), ("fraud", 3, ["2.0.0", "2.1.0"]), ("invoices", 2, ["1.8.2"]),
        ("refunds", 2, ["1.1.0", "1.1.1"]),
        ("tokens", 3, ["3.3.0"]),
    ],
    "search": [("query", 5, ["8.0.0", "8.0.1", "8.1.0"]), ("suggest", 3, ["2.4.0"]), ("ranker", 3, ["0.9.0", "0.9.1"])],
    "accounts": [("login", 4, ["6.0.1", "6.1.0"]), ("profile", 3, ["4.2.0"]), ("sessions", 3, ["2.0.3"]),
        ("notify", 2, ["1.5.0"])],
    "logistics": [
        ("orders", 4, ["3.7.0", "3.8.0"]), ("stock", 3, ["2.6.1"]), ("shipping", 3, ["2.1.0", "2.2.0"]),
        ("returns", 2, ["1.0.9"]),
        ("labels", 2, ["1.4.2"]),
    ],
    "content": [("cms", 2, ["11.2.0"]), ("images", 4, ["3.0.0", "3.0.1"]), ("editor", 2, ["2.8.0"])],
    "data": [("events", 4, ["1.14.0"]), ("features", 2, ["0.8.0", "0.8.1"]), ("exports", 2, ["1.0.0"])],
    "mobile": [("api", 5, ["9.4.0", "9.5.0"]), ("push", 2, ["2.0.0"]), ("config", 2, ["1.0.3"])],
}  # fmt: skip


def tell(stage: Stage) -> None:
    """Everything that happened in prod-eu."""
    lay_foundation(stage, nodes=12, zones=["eu-central-1a", "eu-central-1b", "eu-central-1c"], memory=32, age=64 * DAY)
    namespaces(stage, 60 * DAY, *TEAMS, "platform", "monitoring", env="prod")
    for number, (team, apps) in enumerate(TEAMS.items()):
        for index, (name, replicas, tags) in enumerate(apps):
            _app(stage, team, name, replicas, tags, 50 * DAY - (number * 5 + index) * 1.1 * DAY)
    _platform(stage)
    _shop(stage)
    _faults(stage)
    custom_resources.tell(stage)


def _app(stage: Stage, team: str, name: str, replicas: int, tags: list[str], age: float) -> None:
    spread = stage.cluster.random.uniform(0.02, 0.5)
    environment = [
        {"name": "LOG_LEVEL", "value": "info"},
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    ]
    sources = [{"configMapRef": {"name": f"{name}-config"}}]
    stage.create(age, config_map(team, f"{name}-config", LISTEN=":8080", REGION="eu-central-1", CACHE_TTL="300s"))
    memory = stage.cluster.random.choice(["256Mi", "384Mi", "512Mi"])
    made = deployment(team, name, f"{team}/{name}:{tags[0]}", replicas, memory=memory, env=environment, envFrom=sources)
    stage.history(age, made, tags, max(age * spread, 3 * HOUR))
    stage.create(age, service(team, name))
    if replicas > 3:
        stage.create(age, disruption_budget(team, name, replicas - 1))


def _platform(stage: Stage) -> None:
    age = 55 * DAY
    stage.create(
        age,
        daemon_set("monitoring", "node-exporter", "quay.io/prometheus/node-exporter:v1.10.2", cpu="20m", memory="48Mi"),
        daemon_set("platform", "fluent-bit", "cr.fluentbit.example/fluent/fluent-bit:4.2.0", cpu="50m", memory="96Mi"),
        stateful_set(
            "monitoring", "prometheus", "quay.io/prometheus/prometheus:v3.8.0", 2, "200Gi", cpu="1", memory="4Gi"
        ),
        deployment("monitoring", "grafana", "docker.io/grafana/grafana:12.3.0", 2, memory="512Mi"),
        deployment("monitoring", "alertmanager", "quay.io/prometheus/alertmanager:v0.30.0", 2, memory="128Mi"),
        deployment("platform", "ingress-nginx", "registry.k8s.io/ingress-nginx/controller:v1.15.0", 3, memory="512Mi"),
        service("platform", "ingress-nginx", 443, kind="LoadBalancer")
        | {"status": {"loadBalancer": {"ingress": [{"ip": "198.51.100.20"}]}}},
        deployment("platform", "external-dns", "registry.k8s.io/external-dns/external-dns:v0.20.0", 1, memory="128Mi"),
        service("monitoring", "prometheus", 9090),
        service("monitoring", "grafana"),
        binding("shop-developers", "edit", "Group", "developers", "shop"),
        cron_job("platform", "etcd-backup", "platform/backup:2.3.0", "*/15 * * * *"),
        cron_job("data", "hourly-report", "data/report:1.3.0", "0 * * * *"),
        stateful_set("data", "kafka", "docker.io/apache/kafka:4.1.1", 3, "500Gi", cpu="1", memory="3Gi"),
        service("data", "kafka", 9092, clusterIP="None"),
    )


def _shop(stage: Stage) -> None:
    """Checkout: releases 2.13 and 2.14 run; 2.15 reads DATABASE_URL from a key that the Secret does not have."""
    stage.create(
        30 * DAY,
        secret(
            "shop",
            "checkout-db",
            {"dsn": "postgres://checkout:s3cr3t@checkout-db.shop:5432/checkout", "username": "checkout"},
        ),
        config_map("shop", "checkout-config", PAYMENT_URL="http://gateway.payments", FEATURE_ONE_CLICK="true"),
        stateful_set("shop", "checkout-db", "docker.io/library/postgres:18.1", 1, "100Gi", cpu="500m", memory="1Gi"),
        service("shop", "checkout-db", 5432, clusterIP="None"),
        stateful_set("shop", "redis", "docker.io/library/redis:8.4.0", 3, "10Gi", memory="256Mi"),
        service("shop", "redis", 6379, clusterIP="None"),
        service("shop", "checkout"),
        tls_secret("shop", "checkout-tls"),
        tls_secret("shop", "shop-tls"),
        ingress("shop", "checkout", "checkout.northwind.example", secret_name="checkout-tls"),
        ingress("shop", "frontend", "shop.northwind.example", secret_name="shop-tls"),
        autoscaler("shop", "checkout", 3, 8),
        autoscaler("shop", "frontend", 6, 12),
        disruption_budget("shop", "checkout", 2),
        _default_deny("shop"),
    )
    checkout = deployment(
        "shop", "checkout", "shop/checkout:2.13.0", 3, cpu="250m", memory="512Mi",
        env=[from_secret("DATABASE_URL", "checkout-db", "dsn")],
        envFrom=[{"configMapRef": {"name": "checkout-config"}}],
        sidecar=None,
    )  # fmt: skip
    stage.history(30 * DAY, checkout, ["2.13.0", "2.13.1", "2.14.0"], 3 * DAY)
    stage.edit(41 * MINUTE, "deployments.apps", "shop", "checkout", _bad_release)
    stage.create(
        9 * DAY,
        deployment("shop", "worker", "shop/worker:1.22.0", 3, cpu="300m", memory="1Gi"),
        service("shop", "worker"),
    )


def _bad_release(found: Object) -> Object:
    fresh = with_tag(found, "2.15.0", "Release 2.15.0: read the database address from the standard key")
    spec = fresh["spec"]["template"]["spec"]
    spec["containers"][0]["env"] = [from_secret("DATABASE_URL", "checkout-db", "url", optional=True)]
    return fresh


def _faults(stage: Stage) -> None:
    stage.create(20 * DAY, deployment("search", "indexer", "search/indexer:3.3.0", 2, cpu="500m", memory="1Gi"))
    stage.roll(5 * HOUR, "search", "indexer", "3.4.0", "Release 3.4.0: larger batches")
    stage.create(
        15 * DAY,
        deployment("payments", "ledger", "payments/ledger:4.9.2", 3, memory="384Mi"),
        service("payments", "ledger"),
    )
    stage.roll(52 * MINUTE, "payments", "ledger", "5.0.0-rc1", "Release 5.0.0-rc1")
    stage.create(18 * DAY, deployment("content", "thumbnails", "content/thumbnails:1.7.0", 2))
    stage.roll(26 * MINUTE, "content", "thumbnails", "1.8.0-typo", "Release 1.8.0")
    stage.create(2 * HOUR, deployment("data", "forecast", "data/forecast:0.3.0", 1, cpu="4", memory="64Gi"))
    stage.create(20 * HOUR, deployment("data", "stream-bridge", "data/stream-bridge:0.9.4", 1, memory="256Mi"))
    stage.create(
        6 * DAY,
        deployment("logistics", "tracking", "logistics/tracking:1.0.0", 2),
        service("logistics", "tracking", app="trackng"),
    )
    stage.create(3 * HOUR, _reviews())
    stage.create(40 * DAY, _quota("mobile", {"requests.cpu": "1500m", "requests.memory": "6Gi", "pods": "12"}))
    stage.create(95 * MINUTE, deployment("mobile", "beta-api", "mobile/beta-api:0.1.0", 5, memory="512Mi"))
    stage.create(
        14 * DAY,
        cron_job("payments", "reconcile", "data/reconcile:1.1.0", "*/30 * * * *", policy="Never", backoffLimit=1),
    )


def _reviews() -> Object:
    spec = container("reviews", "shop/reviews:1.0.0", env=[from_secret("API_KEY", "reviews-api", "key")])
    made = deployment("shop", "reviews", "shop/reviews:1.0.0", 2)
    made["spec"]["template"]["spec"]["containers"] = [spec]
    return made


def _quota(namespace: str, hard: dict[str, str]) -> Object:
    return manifest("v1", "ResourceQuota", f"{namespace}-quota", namespace, spec={"hard": hard}, status={})


def _default_deny(namespace: str) -> Object:
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [{"podSelector": {}}]}]}
    return manifest("networking.k8s.io/v1", "NetworkPolicy", "same-namespace-only", namespace, spec=spec)
