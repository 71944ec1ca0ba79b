"""Which logs a diagnosis reads for who asks about one object, and what it says of those it cannot read."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from kubegenie_tui.cli.diagnose import as_json, as_text
from kubegenie_tui.domain.conversation import Focus, TextDelta
from kubegenie_tui.domain.errors import Forbidden, Invalid, NotFound, UsageError
from kubegenie_tui.domain.finding import Severity
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.diagnosing import diagnose_object, diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.tools.catalogue import TOOLS
from kubegenie_tui.genie.tools.toolbox import validated
from kubegenie_tui.kube.objects import ObjectList
from kubegenie_tui.llm.backend import CallReady
from tests.unit.diagnostics.scene import RUNNING, Object, container, crashed
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.played_reader import played_scope
from tests.unit.genie.test_gathering import Holding

KEPT = "c2VhbGVkLXBhc3N3b3Jk"
SECRET = {"metadata": {"name": "db", "namespace": "shop"}, "data": {"password": KEPT}}
FAILS = "ERROR 2025 the store refuses sealed-password of shop"
READY = [{"type": "Ready", "status": "True", "lastTransitionTime": "2025-01-01T00:00:00Z"}]


class Running(Holding):
    """A namespace of pods that run, each of which logs the same."""

    def __init__(self, number: int = 1, lines: tuple[str, ...] = (FAILS,) * 3, state: Object = RUNNING) -> None:
        super().__init__()
        self.asked: list[LogQuery] = []
        self.lines, self.state, self.refused = lines, state, False
        self.lists_secrets, self.secrets_read = False, 0
        health = Health.OK if state.get("ready") else Health.BAD
        self._rows["pods"] = [Row(f"uid-{n}", "shop", f"web-{n}", 0, "1", (), health) for n in range(number)]
        uses = [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]
        self.spec = {"containers": [container(env=uses)]}

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        if kind.id == "secrets":
            self.secrets_read += 1
            return SECRET
        if kind.id == "pods" and name.startswith("web-"):
            ready = READY if self.state.get("ready") else []
            status = {"phase": "Running", "conditions": ready, "containerStatuses": [self.state]}
            metadata = {"name": name, "namespace": namespace, "uid": name.replace("web", "uid")}
            return {"kind": "Pod", "metadata": metadata, "spec": self.spec, "status": status}
        if kind.id == "namespaces":
            return {"metadata": {"name": name}}
        raise NotFound(f"{kind.id} {name}")

    async def list_objects(self, kind: Kind, namespace: str = "", limit: int = 500, **how: Any) -> Any:
        if kind.id == "secrets" and self.lists_secrets:
            return ObjectList([SECRET])
        if kind.id == "secrets":
            raise Forbidden("You may not list secrets")
        return await super().list_objects(kind, namespace, limit, **how)

    async def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        self.asked.append(query)
        if self.refused:
            raise Invalid("The server refused", 'previous terminated container "app" in pod "web-0" not found')
        yield list(self.lines)


def of(reader: Running) -> Scope:
    return played_scope(Focus("prod", "shop"), reader)


async def test_who_asks_about_one_pod_is_told_of_the_errors_that_it_logs() -> None:
    reader = Running()
    result = await diagnose_object(of(reader), "pods", "web-0", "shop")
    assert [each.rule for each in result.data.findings] == ["errors-logged"]
    [query] = reader.asked
    assert (query.tail, query.since_seconds, query.previous, query.follow) == (200, 900, False, False)


async def test_the_line_of_a_log_is_masked_though_secrets_may_not_be_listed() -> None:
    [found] = (await diagnose_object(of(Running()), "pods", "web-0", "shop")).data.findings
    assert found.evidence[0].field == "log of app"
    assert found.evidence[0].value.startswith("ERROR 2025 the store refuses [redacted-")
    assert "sealed-password" not in f"{found.cause} {found.title}"


@pytest.mark.parametrize(("lists", "read"), [(True, 0), (False, 1)], ids=["listed", "not listed"])
async def test_secrets_are_read_by_themselves_only_where_they_cannot_be_listed(lists: bool, read: int) -> None:
    reader = Running()
    reader.lists_secrets = lists
    [found] = (await diagnose_object(of(reader), "pods", "web-0", "shop")).data.findings
    assert "sealed-password" not in found.evidence[0].value
    assert reader.secrets_read == read


async def test_a_scan_of_the_cluster_reads_no_log_of_what_is_ready() -> None:
    reader = Running(4)
    assert (await diagnose_scope(of(reader), "*")).data.findings == ()
    assert reader.asked == []


async def test_a_scan_of_a_namespace_reads_a_few_and_tells_what_the_cluster_bears_out() -> None:
    reader = Running(40)
    assert (await diagnose_scope(of(reader), "shop")).data.findings == ()
    assert len(reader.asked) == 20
    missing = Running(1, ("ERROR dial tcp: lookup redis-cache: no such host",) * 3)
    [found] = (await diagnose_scope(of(missing), "shop")).data.findings
    assert (found.rule, found.severity) == ("unknown-host", Severity.NOTICE)


async def test_a_log_that_may_not_be_read_of_what_is_ready_is_not_spoken_of() -> None:
    reader = Running()
    reader.refused = True
    verdict = (await diagnose_object(of(reader), "pods", "web-0", "shop")).data
    assert (verdict.findings, verdict.unheard, len(reader.asked)) == ((), (), 1)


async def crash(number: int = 1) -> Any:
    reader = Running(number, state=crashed(1))
    reader.refused = True
    return await diagnose_scope(of(reader), "shop")


async def test_a_log_of_a_crash_that_cannot_be_read_is_told_with_the_reason() -> None:
    result = await crash()
    reason = 'the log of app of shop/web-0 (previous terminated container "app" in pod "web-0" not found)'
    assert [each.rule for each in result.data.findings] == ["crash-loop"]
    assert result.data.unheard_words() == reason
    assert f"could not be read: {reason}" in result.text
    assert not result.data.saw_all
    assert f"Not looked at, for it cannot be read: {reason}.\n" in as_text(result.data, [])
    assert as_json(result.data, KindIndex(()))["unread_logs"] == [reason.removeprefix("the log of ")]


async def test_of_many_such_logs_a_few_are_told() -> None:
    told = (await crash(9)).data.unheard_words()
    assert told.count("web-0") == 4, "each names the pod of the server's words, and one is of it"
    assert told.endswith(" and of 6 more")


@pytest.mark.parametrize("question", ["why is web-0 failing?", "diagnose pod web-0"])
async def test_the_chat_says_which_log_was_not_checked(question: str) -> None:
    reader = Running(state=crashed(1))
    reader.refused = True
    clusters: dict[str, Any] = {"prod": reader}
    events = [event async for event in Genie(Agents(clusters)).ask(question, Focus("prod", "shop"), [])]
    told = "".join(event.text for event in events if isinstance(event, TextDelta)).replace("\\", "")
    assert "Not checked, for it cannot be read: the log of app of shop/web-0 (previous terminated" in told


async def test_a_name_alone_is_of_the_one_kind_that_has_it() -> None:
    scope = played_scope(Focus("prod", "payments"), Running())
    tool = TOOLS["diagnose"]
    found = await tool.run(scope, validated(tool, CallReady("1", "diagnose", '{"name": "web-0"}')))
    assert "pods shop/web-0" in found.text
    with pytest.raises(UsageError, match=r'Several things have the name "web" · there is a statefulset, service'):
        await tool.run(scope, validated(tool, CallReady("1", "diagnose", '{"name": "web", "namespace": "shop"}')))
    with pytest.raises(NotFound, match=r'nothing with the name "web-00" in namespace shop.*did you mean web-0'):
        await tool.run(scope, validated(tool, CallReady("1", "diagnose", '{"name": "web-00", "namespace": "shop"}')))
