"""Logs: of which container and run, how much, and on as they come. What is said differs, how it is told must not."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.api import PATIENCE, Api
from tests.contract.manifests import container, pod

TALKATIVE = {"sim/log-rate": "10/s"}
"""For the simulated nodes of the real control plane."""
STAMPED = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z .+")


@pytest.fixture
async def log(api: Api, pods: str) -> str:
    """The log of a container that has said something."""
    made = pod("one")
    made["metadata"]["annotations"] = TALKATIVE
    await api.made(pods, made)
    await api.become(pods, "one", "status.phase", "Running")
    path = f"{pods}/one/log"
    async with asyncio.timeout(PATIENCE), api.session.get(api.url + path, params={"follow": "1"}) as response:
        assert await response.content.readline()
    return path


async def test_what_a_container_has_said(api: Api, log: str) -> None:
    answer = await api.get(log)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain")
    assert answer.body.endswith(b"\n")
    assert (await api.get(log, {"container": "main"})).body.startswith(answer.body)


async def test_how_much_of_it(api: Api, log: str) -> None:
    last = (await api.get(log, {"tailLines": 1})).body
    assert last.count(b"\n") == 1
    assert (await api.get(log, {"tailLines": 0})).body == b""
    assert len((await api.get(log, {"limitBytes": 5})).body) == 5
    assert (await api.get(log, {"sinceSeconds": 3600})).body.startswith((await api.get(log, {"limitBytes": 5})).body)
    assert (await api.get(log, {"sinceTime": "2999-01-01T00:00:00Z"})).body == b""


async def test_when_it_was_said(api: Api, log: str) -> None:
    plain, stamped = [(await api.get(log, {"timestamps": value})).body for value in ("false", "true")]
    first = stamped.splitlines()[0]
    assert STAMPED.fullmatch(first)
    assert first.endswith(plain.splitlines()[0])


async def test_following(api: Api, log: str) -> None:
    query = {"follow": "true", "tailLines": "0"}
    async with asyncio.timeout(PATIENCE), api.session.get(api.url + log, params=query) as response:
        assert (response.status, response.headers["Transfer-Encoding"]) == (200, "chunked")
        first, second = await response.content.readline(), await response.content.readline()
    assert first.endswith(b"\n")
    assert second.endswith(b"\n")


async def test_following_ends_with_the_pod(api: Api, log: str) -> None:
    async with asyncio.timeout(PATIENCE), api.session.get(api.url + log, params={"follow": "true"}) as response:
        assert await response.content.readline()
        await api.delete(
            log.removesuffix("/log"), query={"gracePeriodSeconds": 1}
        )  # without grace nobody waits for its end
        await response.content.read()


async def test_the_run_before(api: Api, pods: str, log: str) -> None:
    none = await api.get(log, {"previous": "true"})
    assert none.refusal == (400, "BadRequest", 'previous terminated container "main" in pod "one" not found')
    await api.made(pods, pod("ends", container(image="busybox:1.37")))
    await status_of_main(api, pods, "ends", lambda status: status["lastState"])
    assert (await api.get(f"{pods}/ends/log", {"previous": "true"})).status == 200


async def test_what_cannot_be_asked(api: Api, pods: str, log: str) -> None:
    nobody = await api.get(log, {"container": "nobody"})
    assert nobody.refusal == (400, "BadRequest", "container nobody is not valid for pod one")
    absent = await api.get(f"{pods}/absent/log")
    assert absent.refusal == (404, "NotFound", 'pods "absent" not found')
    negative = await api.get(log, {"tailLines": -1})
    assert negative.causes == [("tailLines", "Invalid value: -1: must be greater than or equal to 0")]
    never = await api.get(log, {"sinceSeconds": 0})
    assert never.causes == [("sinceSeconds", "Invalid value: 0: must be greater than 0")]


async def test_one_of_several_must_be_chosen(api: Api, pods: str) -> None:
    await api.made(pods, pod("two", container("a"), container("b"), nodeSelector={"no": "such-node"}))
    answer = await api.get(f"{pods}/two/log")
    message = "a container name must be specified for pod two, choose one of: [a b]"
    assert answer.refusal == (400, "BadRequest", message)


async def test_a_pod_without_a_node_has_said_nothing(api: Api, pods: str) -> None:
    await api.made(pods, pod("lonely", nodeSelector={"no": "such-node"}))
    answer = await api.get(f"{pods}/lonely/log")
    assert (answer.status, answer.body) == (204, b"")


async def test_a_container_that_has_not_started(api: Api, pods: str) -> None:
    await api.made(pods, pod("stuck", container(image="nginx:doesnotexist")))
    await status_of_main(api, pods, "stuck", lambda status: "ImagePull" in reason(status))
    answer = await api.get(f"{pods}/stuck/log")
    told = ("image can't be pulled", "trying and failing to pull image")  # as it tries, as it waits
    assert answer.refusal[:2] == (400, "BadRequest")
    assert answer.refusal[2].removeprefix('container "main" in pod "stuck" is waiting to start: ') in told


def reason(status: dict[str, Any]) -> str:
    """Why a container waits; empty when it does not."""
    return str(status["state"].get("waiting", {}).get("reason", ""))


async def status_of_main(api: Api, pods: str, name: str, reached: Callable[[dict[str, Any]], Any]) -> None:
    """Wait until the status of a pod's one container is as it must be."""
    query = {"fieldSelector": f"metadata.name={name}"}
    async with asyncio.timeout(PATIENCE), api.watch(pods, query) as events:
        async for event in events:
            statuses = event["object"]["status"].get("containerStatuses")
            if statuses and reached(statuses[0]):
                return
    raise AssertionError(f"{name} never came so far")
