from typing import Any

from kubegenie_tui.domain.pod_resources import LIMITS, REQUESTS, asked_by_pod


def container(cpu: str = "", limit: str = "", **more: Any) -> dict[str, Any]:
    sides = {REQUESTS: cpu, LIMITS: limit}
    return {"resources": {side: {"cpu": text} for side, text in sides.items() if text}, **more}


def test_containers_and_sidecars_together_or_the_largest_before_them() -> None:
    spec = {
        "containers": [container("500m", "1"), container("250m")],
        "initContainers": [container("100m", restartPolicy="Always"), container("2"), container("1")],
    }
    assert asked_by_pod(spec, REQUESTS) == {"cpu": 2.1}
    assert asked_by_pod(spec, LIMITS) == {"cpu": 1}


def test_a_limit_is_a_request_and_the_pods_own_word_goes_first() -> None:
    spec: dict[str, Any] = {"containers": [container(limit="1")], "overhead": {"cpu": "100m"}}
    assert asked_by_pod(spec, REQUESTS) == {"cpu": 1.1}
    assert asked_by_pod({**spec, "resources": {REQUESTS: {"cpu": "3"}}}, REQUESTS) == {"cpu": 3.1}
    assert asked_by_pod({"containers": [container("oops")]}, REQUESTS) == {"cpu": 0}
