import json
from typing import Any

import pytest

from kubegenie_tui.domain.errors import (
    ClusterError,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
    OwnedByOthers,
    ServerFailed,
    Throttled,
    TlsFailed,
    Unauthorized,
)
from kubegenie_tui.kube.status import MOST_FIELDS, error_from_status, parse_status

POD = "/api/v1/namespaces/x/pods/y"


def status(message: str = "said", reason: str = "", **details: Any) -> bytes:
    return json.dumps({"kind": "Status", "message": message, "reason": reason, "details": details}).encode()


@pytest.mark.parametrize(
    ("code", "error", "what"),
    [
        (400, Invalid, 'The server does not accept the request to get pods "y" in namespace "x" (400)'),
        (401, Unauthorized, "The server does not know who we are (401)"),
        (403, Forbidden, 'Not allowed to get pods "y" in namespace "x"'),
        (404, NotFound, 'Not found: pods "y" in namespace "x"'),
        (405, Invalid, 'The server does not accept the request to get pods "y" in namespace "x" (405)'),
        (409, Conflict, 'Conflict on pods "y" in namespace "x" (409)'),
        (410, Expired, 'The list position in pods "y" in namespace "x" is too old (410)'),
        (422, Invalid, 'The server does not accept the request to get pods "y" in namespace "x" (422)'),
        (429, Throttled, "The server asks for fewer requests (429)"),
        (500, ServerFailed, 'The server failed to get pods "y" in namespace "x" (500)'),
        (504, ServerFailed, 'The server failed to get pods "y" in namespace "x" (504)'),
    ],
)
def test_each_refusal_in_words(code: int, error: type[ClusterError], what: str) -> None:
    found = error_from_status(code, status(reason="Because"), path=POD)
    assert type(found) is error
    assert (found.what, found.why) == (what, "said")
    assert (found.code, found.reason) == (code, "Because")


def test_what_the_server_says_again_is_not_said_twice() -> None:
    said = status('pods "y" not found', "NotFound")
    assert str(error_from_status(404, said, path=POD)) == (
        'Not found: pods "y" in namespace "x" · it may have been deleted meanwhile'
    )
    other = status('namespaces "x" not found', "NotFound")
    assert error_from_status(404, other, path=POD).why == 'namespaces "x" not found'


def test_a_container_that_has_not_started_has_no_log_yet() -> None:
    why = 'container "web" in pod "y" is waiting to start: CreateContainerConfigError'
    found = error_from_status(400, status(why, "BadRequest"), path=f"{POD}/log")
    assert isinstance(found, Invalid)
    assert str(found) == f"There is no log yet · {why} · its events tell what it waits for"


def test_a_kind_that_is_not_served() -> None:
    said = status("the server could not find the requested resource", "NotFound")
    for path in ("/apis/a.io/v1/bs", "/apis/a.io/v1/bs/c"):
        assert error_from_status(404, said, path=path).what == "The server does not serve bs.a.io"


def test_a_refusal_to_somebody_without_a_login() -> None:
    said = status('pods is forbidden: User "system:anonymous" cannot list resource "pods"')
    found = error_from_status(403, said, verb="list", path="/api/v1/pods")
    assert isinstance(found, Forbidden)
    assert (found.verb, found.resource) == ("list", "pods")
    assert found.next_step == "the server saw no login: check the user of this context"


@pytest.mark.parametrize(
    "said",
    [
        'users "jane" is forbidden: User "me" cannot impersonate resource "users" in API group "" at the cluster scope',
        'forbidden: User "me" cannot impersonate-on:user-info:get path "/version"',
    ],
)
def test_who_may_not_act_as_another_is_told_so(said: str) -> None:
    found = error_from_status(403, status(said, "Forbidden"), path="/version")
    assert isinstance(found, Forbidden)
    assert (found.what, found.why) == ("Not allowed to act as somebody else", said)
    assert 'grants "impersonate"' in found.next_step


def test_plain_http_to_a_tls_port() -> None:
    assert isinstance(error_from_status(400, b"Client sent an HTTP request to an HTTPS server.\n"), TlsFailed)


@pytest.mark.parametrize(
    ("headers", "details", "throttled", "failed"),
    [
        ({"Retry-After": "7"}, {"retryAfterSeconds": 3}, 7.0, 7.0),
        ({}, {"retryAfterSeconds": 3}, 3.0, 3.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, {}, 1.0, None),
        ({}, {}, 1.0, None),
    ],
)
def test_how_long_to_wait(
    headers: dict[str, str], details: dict[str, Any], throttled: float, failed: float | None
) -> None:
    busy = error_from_status(429, status(**details), headers=headers)
    assert isinstance(busy, Throttled)
    assert busy.retry_after == throttled
    down = error_from_status(503, status(**details), headers=headers)
    assert isinstance(down, ServerFailed)
    assert down.retry_after == failed


def test_a_redirect_names_its_goal_without_escapes() -> None:
    found = error_from_status(302, b"", headers={"Location": "https://login.example.com/\033[31m"})
    assert isinstance(found, ServerFailed)
    assert found.why == "to https://login.example.com/"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", ""),
        (b"<html>Bad gateway</html>", "a web page came: this is what stands in front of the API server"),
        (b"  upstream\033[31m is\x00 down ", "upstream is down"),
        (b"\xff" * 2000, "\ufffd" * 600),
        (b'{"kind":"Pod"}', '{"kind":"Pod"}'),
    ],
)
def test_an_answer_that_is_no_status(body: bytes, why: str) -> None:
    found = error_from_status(502, body, path=POD)
    assert (found.why, found.code, found.reason) == (why, 502, "")


def test_a_long_message_is_cut() -> None:
    assert len(error_from_status(422, status("x" * 5000), path=POD).why) == 600


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"nonsense", b'{"kind":"Pod"}', b'{"kind":"Status","message":7}', b'{"kind":"Status","details":7}'],
)
def test_what_is_no_status(body: bytes) -> None:
    assert parse_status(body) is None


def test_a_status_with_causes() -> None:
    found = parse_status(status(name="y", causes=[{"reason": "FieldValueRequired", "field": "spec", "message": "m"}]))
    assert found is not None
    assert found.details.name == "y"
    assert [(cause.field, cause.message) for cause in found.details.causes] == [("spec", "m")]


def test_an_eviction_that_a_budget_forbids_names_the_budget() -> None:
    cause = {
        "reason": "DisruptionBudget",
        "message": "The disruption budget web needs 2 healthy pods and has 2 currently",
    }
    found = error_from_status(429, status(causes=[cause]), path=f"{POD}/eviction", headers={"Retry-After": "10"})
    assert isinstance(found, Throttled)
    assert found.what == "A disruption budget forbids it (429)"
    assert found.why.startswith("The disruption budget web needs 2")
    assert found.retry_after == 10


def test_an_object_that_cannot_be_read_is_not_repeated_before_the_reason() -> None:
    """As Kubernetes 1.37 says it: a deployment of any size comes first."""
    sent = json.dumps({"kind": "Deployment", "spec": {"replicas": "x", "paused": 'a "quoted" \\ one' * 20}})
    said = json.dumps(sent)
    reason = "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
    causes = [{"field": "patch", "message": f"Invalid value: {said}: {reason}"}]
    message = f' "" is invalid: patch: Invalid value: {said}: {reason}'
    body = json.dumps({"kind": "Status", "message": message, "details": {"causes": causes}}).encode()
    error = error_from_status(422, body, verb="patch", path=POD)
    assert isinstance(error, Invalid)
    assert error.why == "spec.replicas: a number belongs there, not text"
    assert error.fields == ("spec.replicas",)


@pytest.mark.parametrize("shown", ['{"spec":{"image":"%s"}}', "core.PodTemplateSpec{Spec:core.PodSpec{Image:%s}}"])
def test_a_field_that_cannot_be_changed_is_not_repeated_before_the_reason(shown: str) -> None:
    """As of a Job's template: what is said of it comes after all of it, for each field anew."""
    of_one = f"Invalid value: {shown.replace('%s', 'x' * 2000)}: field is immutable"
    message = f'Job.batch "load" is invalid: [spec.template: {of_one}, spec.selector: {of_one}]'
    error = error_from_status(422, json.dumps({"kind": "Status", "message": message}).encode(), verb="patch", path=POD)
    assert error.why.endswith("[spec.template: field is immutable, spec.selector: field is immutable]")


def test_what_does_not_fit_the_schema_is_no_fault_of_the_server() -> None:
    said = "failed to create typed patch object (shop/web; /v1, Kind=Service): .spec.ports[0].port: expected numeric"
    error = error_from_status(500, status(said), verb="patch", path=POD)
    assert isinstance(error, Invalid)
    assert "expected numeric" in error.why


@pytest.mark.parametrize(
    ("code", "message", "causes", "fields"),
    [
        (
            400,
            'strict decoding error: unknown field "spec.replcas", duplicate field "data.a"',
            [],
            ("spec.replcas", "data.a"),
        ),
        (
            500,
            "failed to create typed patch object (x/y; /v1): .spec.ports[0].port: expected numeric",
            [],
            ("spec.ports[0].port",),
        ),
        (
            500,
            "failed to create typed patch object (x/y): .spec.tipo: field not declared in schema",
            [],
            ("spec.tipo",),
        ),
        (422, "is invalid", [{"field": "spec.image", "message": "Required"}, {"field": "<nil>"}], ("spec.image",)),
    ],
)
def test_fields_that_are_not_accepted(
    code: int, message: str, causes: list[dict[str, str]], fields: tuple[str, ...]
) -> None:
    body = json.dumps({"kind": "Status", "message": message, "details": {"causes": causes}}).encode()
    error = error_from_status(code, body, verb="patch", path=POD)
    assert isinstance(error, Invalid)
    assert error.fields == fields


def test_fields_of_others_are_told_by_owner() -> None:
    def cause(owner: str, field: str) -> dict[str, str]:
        said = f'conflict with "{owner}" using v1' if owner else "taken"
        return {"reason": "FieldManagerConflict", "message": said, "field": field}

    causes = [cause("helm", ".spec.replicas"), cause("", ".data.c")]
    causes += [cause("Flux [x]", f".data.k{each}") for each in range(MOST_FIELDS + 2)]
    found = error_from_status(409, status("Apply failed with 12 conflicts", causes=causes), path=POD)
    assert isinstance(found, OwnedByOthers)
    helm, unnamed, flux = found.why.split("; ")
    assert (helm, unnamed) == ("helm owns spec.replicas", "somebody owns data.c")
    assert flux.startswith("Flux [x] owns data.k0, data.k1, ")
    assert flux.endswith(f"data.k{MOST_FIELDS - 1} and 2 more")


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("exceeded quota: team, requested: services=1, used: services=1", "free some of it, or have the quota raised"),
        ("failed quota: team: must specify limits.cpu for: app", "say requests and limits, as the quota asks"),
        (
            "maximum cpu usage per Container is 1, but limit is 2",
            "keep to the limit range of the namespace, or have it changed",
        ),
        ('User "ada" cannot create services', 'ask for a role that grants "create" on pods in namespace "x"'),
    ],
)
def test_what_no_right_would_help(said: str, step: str) -> None:
    assert error_from_status(403, status(said), verb="create", path=POD).next_step == step
