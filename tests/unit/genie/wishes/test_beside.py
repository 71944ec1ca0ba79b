"""Questions with words around them that ask nothing, and what stands in a note because it was left out."""

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.offline import engine
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.unit.genie.played_reader import PlayedReader
from tests.unit.genie.wishes.corpus import KINDS, WORLD


@pytest.fixture(autouse=True)
def _known_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """All names of the world are read already."""
    monkeypatch.setattr(engine, "Directory", lambda *_: WORLD)


async def understood(text: str) -> Intent:
    return await engine.understand(Scope(PlayedReader(KINDS), Focus("prod"), Redactor()), [text])


@pytest.mark.parametrize(
    ("text", "verb", "name"),
    [
        ("just got in, how is the cluster doing?", "overview", ""),
        ("before I delete web, show me its logs", "logs", "web"),
        ("after the rollback of web, show me its events", "events", "web"),
        ("the job db-backup failed, how come?", "why", "db-backup"),
        ("tell me who uses web", "uses", "web"),
        ("who is still using web", "uses", "web"),
        ("which pods in shop are not ready?", "list", ""),
    ],
)
async def test_a_question_is_answered_whatever_stands_before_it(text: str, verb: str, name: str) -> None:
    intent = await understood(text)
    assert (intent.verb, intent.name) == (verb, name)


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("since the restart of web, which pods in shop are not ready?", "since the restart of web"),
        ("after the rollback of web yesterday, show me its events", "after the rollback of web yesterday"),
    ],
)
async def test_what_is_left_out_of_an_answer_is_said(text: str, left_out: str) -> None:
    assert left_out in (await understood(text)).note


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("warnings since 9am", "since 9am"),
        ("logs of web between 10:00 and 11:00", "between 10:00 and 11:00"),
        ("logs of web not containing health", "not containing"),
        ("pods that are pending or failed", "or failed"),
        ("pods using more than 1 core", "more than 1 core"),
        ("namespaces with more than 10 pods", "more than 10 pods"),
        ("cronjobs that run every hour", "every hour"),
        ("configmaps changed this week", "this week"),
        ("the second oldest pod", "second"),
    ],
)
async def test_what_narrows_and_is_not_understood_is_said(text: str, passed: str) -> None:
    intent = await understood(text)
    assert f"“{passed}”" in intent.note
    assert intent.details.grep == intent.details.container == ""


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("deployments with fewer than 2 replicas", ("READY:/(0|1)$",)),
        ("deployments with more than 7 replicas", ("READY:/(8|9|[0-9]{2,})$",)),
        ("statefulsets that have 9 or more replicas", ("READY:/(9|[0-9]{2,})$",)),
        ("pods with two containers", ("READY:/(2)$",)),
        ("pods with label app=web and tier=front", ("app=web", "tier=front")),
        ("services with their images", ()),
    ],
)
async def test_what_narrows_a_list_is_looked_for(text: str, terms: tuple[str, ...]) -> None:
    intent = await understood(text)
    assert (intent.details.terms, intent.note) == (terms, "")


async def test_what_stands_around_a_workload_is_shown_where_one_kind_of_it_is_asked_for() -> None:
    intent = await understood("show endpoints of web")
    assert (intent.verb, intent.kind, intent.name) == ("related", "deployments.apps", "web")


async def test_a_group_is_no_part_of_what_is_left_out() -> None:
    intent = await understood("how many pods are not running in each namespace")
    assert (intent.verb, intent.details.status, intent.details.group_by) == ("count", "not-running", "namespace")


@pytest.mark.parametrize(
    "text",
    [
        "after you restarted web, restart cart", "before the deletion of web, restart cart",
        "after the restart, show me web and delete it", "before I delete web, show me its logs and delete it",
        "just got in, restart everything that is broken",
    ],
)  # fmt: skip
async def test_words_around_a_question_make_no_wish(text: str) -> None:
    assert not (await understood(text)).targets
