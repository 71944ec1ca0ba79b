"""Events of a busy cluster: the newest wherever the server lists them, and what was not read."""

import json
import time
from typing import Any

import pytest

from kubegenie_tui.domain.conversation import Focus, TextDelta
from kubegenie_tui.domain.errors import Forbidden, NotFound, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.events import read_events
from kubegenie_tui.genie.tools.catalogue import TOOLS
from kubegenie_tui.genie.tools.toolbox import validated
from kubegenie_tui.kube.objects import ObjectList
from kubegenie_tui.llm.backend import CallReady
from tests.unit.diagnostics.scene import Object, event, named
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.played_reader import PlayedReader, played_scope

POD = named("web-0", "Pod")


class Busy(PlayedReader):
    """Lists these events in their order."""

    def __init__(self, *events: Object) -> None:
        super().__init__()
        self.events = list(events)

    async def list_objects(
        self, kind: Kind, namespace: str = "", *, field_selector: str = "", limit: int = 500, **how: Any
    ) -> ObjectList:
        found = [each for each in self.events if field_selector != "type!=Normal" or each["type"] != "Normal"]
        return ObjectList(found[: limit or None], remaining=max(0, len(found) - limit) if limit else 0)


def calm(number: int) -> Object:
    return event(POD, "Pulled", f"image {number}", "Normal") | {"lastTimestamp": "2025-11-25T19:00:00Z"}


async def test_the_newest_warnings_are_found_behind_many_others() -> None:
    late = event(POD, "BackOff", "restarting failed container")
    scope = played_scope(Focus("prod"), Busy(*[calm(number) for number in range(600)], late))
    warnings = await read_events(scope, "*", warnings_only=True)
    assert [each.reason for each in warnings.data] == ["BackOff"]
    assert warnings.summary == "1 warnings in all namespaces"
    everything = await read_events(scope, "*", limit=2)
    assert [each.reason for each in everything.data] == ["BackOff", "Pulled"]
    assert everything.summary == "601 events in all namespaces"
    assert everything.text.splitlines()[0].endswith("; the newest 2 shown")
    assert len(everything.text.splitlines()) == 3


async def test_the_summary_tells_when_not_all_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubegenie_tui.genie.reading.events._MOST", 3)
    reader = Busy(*[event(POD, "BackOff", f"restarting {number}") for number in range(5)])
    scope = played_scope(Focus("prod"), reader)
    told = "3 warnings in all namespaces, of the first 3 that were read; there are more"
    assert (await read_events(scope, "*", warnings_only=True)).summary == told
    assert told in (await read_events(scope, "*", warnings_only=True)).text
    clusters: dict[str, Any] = {"prod": reader}
    asked = Genie(Agents(clusters)).ask("warnings of the last 5 minutes in all namespaces", Focus("prod"), [])
    said = "".join([each.text async for each in asked if isinstance(each, TextDelta)])
    assert "0 warnings in all namespaces in the last 5m, of the first 3 that were read; there are more" in said


async def test_a_model_asks_for_the_events_of_a_while() -> None:
    ago = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))
    old, new = event(POD, "BackOff", "old") | {"lastTimestamp": ago}, event(POD, "BackOff", "new")
    new["lastTimestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    scope = played_scope(Focus("prod"), Busy(old, new))
    for since, found in (("5m", ["new"]), (300, ["new"]), ("1h", ["new", "old"]), (None, ["new", "old"])):
        call = CallReady("1", "events", json.dumps({"namespace": "*", "since_seconds": since}))
        result = await TOOLS["events"].run(scope, validated(TOOLS["events"], call))
        assert [each.message for each in result.data] == found
        assert (" in the last " in result.summary) == (since is not None)


@pytest.mark.parametrize("since", ["soon", "0", "-5m", "5 fortnights"])
def test_a_while_that_is_none_is_refused(since: str) -> None:
    with pytest.raises(UsageError, match="events: since_seconds: "):
        validated(TOOLS["events"], CallReady("1", "events", json.dumps({"since_seconds": since})))


def row(name: str, owner: str = "") -> Row:
    return Row(f"uid-{name}", "shop", name, 0, "1", (), owner=owner)


def of(kind: str, name: str, reason: str = "BackOff", type_: str = "Warning", group: str = "") -> Object:
    made = event(named(name, kind), reason, f"about {name}", type_)
    made["involvedObject"]["apiVersion"] = f"{group}/v1" if group else "v1"
    return made


def two_of_a_name(*events: Object) -> Busy:
    """Deployments `web` and `web-admin`; a service, a StatefulSet and a certificate of such names as well."""
    reader = Busy(*events)
    reader._rows = {
        "namespaces": [row("shop")],
        "deployments.apps": [row("web"), row("web-admin")],
        "statefulsets.apps": [row("db"), row("db-0")],
        "services": [row("web"), row("front")],
        "replicasets.apps": [row("web-7c9f4", "Deployment/web"), row("web-admin-5d4f9", "Deployment/web-admin")],
        "pods": [
            row("web-7c9f4-x2xkq", "ReplicaSet/web-7c9f4"),
            row("web-admin-5d4f9-zz2xk", "ReplicaSet/web-admin-5d4f9"),
            row("web-bcd-x2xkq", "DaemonSet/web-bcd"),
            row("db-0", "StatefulSet/db"),
            row("db-0-0", "StatefulSet/db-0"),
        ],
        "certificates.cert-manager.io": [row("api"), row("api-admin")],
    }
    return reader


@pytest.mark.parametrize(
    ("kind", "name", "mine", "others"),
    [
        (
            "deploy", "web",
            "Deployment/web ReplicaSet/web-7c9f4 Pod/web-7c9f4-x2xkq ReplicaSet/web-8d5b6 Pod/web-8d5b6-4bcdf",
            "Deployment/web-admin ReplicaSet/web-admin-5d4f9 Pod/web-admin-5d4f9-zz2xk Pod/web-admin-5d4f9-x2xkq "
            "Service/web Pod/web-bcd-x2xkq Pod/web-0 Pod/web",
        ),
        ("deploy", "web-admin", "Deployment/web-admin Pod/web-admin-5d4f9-zz2xk", "Deployment/web Pod/web-7c9f4-x2xkq"),
        ("sts", "db", "StatefulSet/db Pod/db-0 Pod/db-3", "StatefulSet/db-0 Pod/db-0-0 Pod/db-0-1"),
        ("svc", "web", "Service/web", "Deployment/web Pod/web-7c9f4-x2xkq"),
        ("pods", "db-0", "Pod/db-0", "StatefulSet/db-0 Pod/db-0-0"),
        (
            "certificates", "api",
            "Certificate/api CertificateRequest/api-1",
            "Certificate/api-admin CertificateRequest/api-admin-1 Pod/api-1",
        ),
    ],
)  # fmt: skip
async def test_events_of_an_object_are_its_own_and_of_what_was_made_for_it(
    kind: str, name: str, mine: str, others: str
) -> None:
    def made(each: str) -> Object:
        kind, _, name = each.partition("/")
        return of(kind, name, group="cert-manager.io" if kind.startswith("Cert") else "")

    reader = two_of_a_name(*map(made, [*mine.split(), *others.split()]))
    found = await read_events(played_scope(Focus("prod"), reader), "shop", kind_name=kind, name=name)
    assert sorted(each.object.replace(" ", "/") for each in found.data) == sorted(mine.split())


async def test_where_pods_may_not_be_listed_their_names_tell() -> None:
    reader = two_of_a_name(of("Pod", "web-7c9f4-x2xkq"), of("Pod", "web-admin-5d4f9-zz2xk"))
    reader.forbidden = {"pods": Forbidden("You may not list pods", verb="list", resource="pods")}
    found = await read_events(played_scope(Focus("prod"), reader), "shop", kind_name="deploy", name="web")
    assert [each.object for each in found.data] == ["Pod web-7c9f4-x2xkq"]


async def test_warnings_of_an_object_are_warnings() -> None:
    reader = two_of_a_name(of("Pod", "web-7c9f4-x2xkq"), of("Pod", "web-7c9f4-x2xkq", "Pulled", "Normal"))
    scope = played_scope(Focus("prod"), reader)
    found = await read_events(scope, "shop", kind_name="deploy", name="web", warnings_only=True)
    assert [each.reason for each in found.data] == ["BackOff"]
    clusters: dict[str, Any] = {"prod": reader}
    for asked, words in (("warnings", "1 warnings about web"), ("events", "2 events about web")):
        answer = Genie(Agents(clusters)).ask(f"{asked} of deployment web in shop", Focus("prod"), [])
        said = "".join([each.text async for each in answer if isinstance(each, TextDelta)])
        assert words in said
        assert ("Pulled" in said) == (asked == "events")


async def test_what_is_gone_has_events_still() -> None:
    reader = two_of_a_name(of("Pod", "old-0"), of("Pod", "old-0-1"), of("StatefulSet", "old"))
    scope = played_scope(Focus("prod"), reader)
    found = await read_events(scope, "shop", kind_name="pod", name="old-0")
    assert found.summary == "1 events about old-0, which is gone, in namespace shop"
    assert "Pod old-0 |" in found.text
    of_set = await read_events(scope, "shop", kind_name="sts", name="old")
    assert [each.object for each in of_set.data] == ["Pod old-0", "StatefulSet old"]
    assert [each.object for each in (await read_events(scope, "shop", name="old")).data] == ["StatefulSet old"]
    clusters: dict[str, Any] = {"prod": reader}
    for name, words in (("old-0", "1 events about old-0, which is gone,"), ("older-0", "There is no pod `older-0`.")):
        answer = Genie(Agents(clusters)).ask(f"events of pod {name} in shop", Focus("prod"), [])
        assert words in "".join([each.text async for each in answer if isinstance(each, TextDelta)])
    with pytest.raises(NotFound, match='There is no pod "older"'):
        await read_events(scope, "shop", kind_name="pod", name="older")


async def test_without_a_kind_it_is_the_one_that_has_the_name() -> None:
    scope = played_scope(Focus("prod"), two_of_a_name(of("Service", "front"), of("Pod", "front")))
    assert [each.object for each in (await read_events(scope, "shop", name="front")).data] == ["Service front"]
    with pytest.raises(UsageError, match=r"Several things.*\"web\".*there is a deployment, service.*which kind"):
        await read_events(scope, "shop", name="web")
