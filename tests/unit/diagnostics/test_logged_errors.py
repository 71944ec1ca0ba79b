"""What programs log that are ready: an error that comes again and again is a notice, and anything less is nothing."""

from collections.abc import Callable

import pytest

from kubegenie_tui.diagnostics.asked_logs import logs_to_hear, pods_to_hear, pods_to_sample
from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.logged_errors import is_error, repeated_error
from kubegenie_tui.diagnostics.snapshot import Heard
from kubegenie_tui.domain.finding import Severity
from kubegenie_tui.domain.object_ref import ObjectRef
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import (
    NOW,
    RUNNING,
    Object,
    Scene,
    crashed,
    named,
    owned,
    running_pod,
    service_of,
    status,
)

WEB = ObjectRef("deployments.apps", "web", "shop")
REFUSED = [f"2025-11-25T19:4{n}:00Z ERROR connect redis:6379: connection refused" for n in range(4)]
ORDERS = [f"2025-11-25T19:4{n}:00Z ERROR order {n}7 was not saved" for n in range(4)]


def heard(*lines: str, state: Object = RUNNING) -> Scene:
    scene = Scene(state=state)
    scene.heard = list(lines)
    return scene


def down() -> Scene:
    redis = running_pod("redis")
    redis["status"]["conditions"] = [{"type": "Ready", "status": "False"}]
    return heard(*REFUSED).add("services", service_of("redis", 6379)).add("pods", redis)


def up() -> Scene:
    return heard(*REFUSED).add("services", service_of("redis", 6379)).add("pods", running_pod("redis"))


FAULTS: list[Fault] = [
    (lambda: heard("INFO started", *ORDERS), "errors-logged", "deployments.apps web", 'it said "2025-11-25T19:43:00Z'),
    (up, "errors-logged", "deployments.apps web", "connection refused"),
    (down, "dependency-down", "services redis", "behind which nothing is ready"),
]
NEAR_MISSES: list[NearMiss] = [
    (lambda: heard(ORDERS[0]), "errors-logged"),
    (lambda: heard(*ORDERS[:2], "INFO done"), "errors-logged"),
    (lambda: heard(*["INFO handled 3 requests, 0 errors"] * 9), "errors-logged"),
    (lambda: heard("ERROR a went wrong", "ERROR b is missing", "ERROR c was refused"), "errors-logged"),
    (lambda: heard(*ORDERS, state=crashed(1)), "errors-logged"),
]


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_an_error_that_comes_again_and_again_is_a_notice(
    scene: Callable[[], Scene], rule: str, root: str, cause: str
) -> None:
    check_fault(scene(), rule, root, cause)
    assert [each.severity for each in scene().findings()] == [Severity.NOTICE]


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_less_than_that_is_nothing(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_the_last_line_is_told_and_how_often_it_came() -> None:
    assert repeated_error(["INFO ready", *ORDERS]) == (ORDERS[-1], 4)
    assert repeated_error(ORDERS[:2]) is None
    assert repeated_error([]) is None


def test_what_it_misses_is_told_where_the_cluster_bears_it_out() -> None:
    [found] = down().findings()
    assert found.title == "deployment web: container app is ready, and logs errors: service redis has no ready pod"


def test_a_server_that_refuses_others_has_no_wrong_password_itself() -> None:
    lines = ['ERROR password authentication failed for user "guest"'] * 3
    assert heard(*lines).rules() == ["errors-logged"]


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"error","msg":"order 7 was not saved"}',
        '{"level":50,"time":1764100000,"msg":"order 7 was not saved"}',
        '{"severity":"CRITICAL","message":"order 7 was not saved"}',
        'time=2025-11-25 level=error msg="order 7 was not saved"',
        "E1125 19:46:40.000000       1 store.go:12] order 7 was not saved",
        "2025-11-25 19:46:40 [error] 7#7: *1 open() failed",
        "2025-11-25 19:46:40.123 UTC [33] ERROR:  relation does not exist",
        "panic: runtime error: index out of range",
        "java.lang.IllegalStateException: the pool is closed",
        "ValueError: invalid literal",
        "error: could not save",
    ],
)
def test_errors_are_known_by_their_level_or_their_words(line: str) -> None:
    assert is_error(line)


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"info","msg":"ERROR budget is full"}',
        '{"level":30,"msg":"Error: none"}',
        '{"level":"warn","msg":"ERROR, trying again"}',
        'level=info msg="handled" error="no such thing"',
        "I1125 19:46:40.000000       1 store.go:12] ERROR handler is set up",
        "INFO registered ERROR handler",
        "Warning: TypeError: the old one is used",
        "[Info] ConfigError: none",
        "2025-11-25 19:46:40 [notice] 1#1: [error] log is open",
        '10.0.0.1 - - "GET /error HTTP/1.1" 200 12 "-" "curl"',
        "requests=12 errors=0",
        "ERROR=0 WARN=0",
        "error: null",
        "no error at all",
        "    at app.js:12",
    ],
)
def test_words_beside_errors_are_none(line: str) -> None:
    assert not is_error(line)


def test_a_few_ready_pods_of_what_is_asked_about_are_heard() -> None:
    scene = Scene()
    snapshot = scene.snapshot()
    assert pods_to_hear(snapshot, WEB) == [ObjectRef("pods", "web-5d4-abcde", "shop")]
    assert pods_to_hear(snapshot, ObjectRef("pods", "web-5d4-abcde", "shop")) == pods_to_hear(snapshot, WEB)
    assert pods_to_hear(snapshot, ObjectRef("nodes", "node-1")) == []
    assert pods_to_hear(Scene(state=crashed(1)).snapshot(), WEB) == []


def test_of_a_namespace_one_ready_pod_of_each_workload_is_heard() -> None:
    scene = Scene()
    twin = owned(named("web-5d4-fghij", "Pod", status=scene.pod["status"]), scene.replica_set)
    scene.add("pods", twin, running_pod("lone"))
    assert [each.name for each in pods_to_sample(scene.snapshot())] == ["lone", "web-5d4-abcde"]
    assert pods_to_sample(Scene(state=crashed(1)).snapshot()) == []
    scene.add("pods", *(running_pod(f"lone-{number}") for number in range(40)))
    assert len(pods_to_sample(scene.snapshot())) == 20


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        (["ERROR order 7 was not saved"] * 3, []),
        (["ERROR dial tcp: lookup redis-cache: no such host"] * 3, ["unknown-host"]),
        (["ERROR dial tcp: lookup redis-cache: no such host"] * 2, []),
        (["ERROR dial tcp: lookup web: no such host"] * 3, []),
    ],
    ids=["nothing bears it out", "there is no such service", "twice", "there is one"],
)
def test_of_a_namespace_only_what_the_cluster_bears_out_is_told(lines: list[str], rules: list[str]) -> None:
    snapshot = Scene().add("services", service_of("web")).snapshot()
    snapshot.heard.append(Heard(snapshot.all("pods")[0], "app", lines, asked=False))
    found = diagnose(snapshot).findings
    assert [(each.rule, each.severity) for each in found] == [(rule, Severity.NOTICE) for rule in rules]


def test_no_more_is_heard_than_what_was_said_since_it_is_ready() -> None:
    def seconds(since: str, state: Object = RUNNING) -> list[tuple[str, int]]:
        told = [{"type": "Ready", "status": "True", "lastTransitionTime": since}]
        pod = Scene(state=state, pod_status={"conditions": told}).pod
        return [(name, heard_for) for _, name, heard_for in logs_to_hear([pod] * 9, NOW)]

    assert seconds("2025-11-25T19:46:10Z")[0] == ("app", 30)
    assert seconds("2025-11-01T00:00:00Z")[0] == ("app", 900)
    assert len(seconds("2025-11-25T19:46:10Z")) == 6
    assert seconds("2025-11-25T19:47:00Z") == []
    assert seconds("2025-11-25T19:46:10Z", status(running={})) == []
