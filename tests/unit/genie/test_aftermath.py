"""What became of a change: looked at until it has come to rest, told without a model."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from kubegenie_tui.domain.conversation import Aftermath, ShowRequested, Symptom
from kubegenie_tui.domain.errors import ClusterError, KubeGenieError, NotFound
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Expected, Note, Plan, Step, Verb
from kubegenie_tui.genie import aftermath
from kubegenie_tui.genie.reading.diagnosing import Verdict, symptom_of
from kubegenie_tui.genie.reading.rollouts import Rollout
from kubegenie_tui.genie.reading.scope import Result, Scope
from kubegenie_tui.kube.clock import Clock
from tests.unit.genie.played_reader import played_scope

WEB = ObjectRef("deployments.apps", "web", "shop")
PULL = Finding("image-pull", Severity.CRITICAL, "web cannot pull its image", "tag 9 does not exist", WEB)
CRASH = Finding("crash-loop", Severity.CRITICAL, "web crashes", "CrashLoopBackOff, exit code 1", WEB)
HINT = Finding("hint", Severity.NOTICE, "web could be better", "a hint", WEB)


class Swift(Clock):
    """Time passes while somebody waits, and not otherwise."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


class Shown:
    """What the readings bring, look by look; the last one again and again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *looks: "Rollout | KubeGenieError | Sequence[Finding]") -> None:
        self.rollouts = [each for each in looks if isinstance(each, Rollout)]
        self.found = [each for each in looks if not isinstance(each, Rollout)]
        self.asked: list[ObjectRef] = []
        self.whole = True
        monkeypatch.setattr(aftermath, "diagnose_object", self.diagnose)
        monkeypatch.setattr(aftermath, "rollout_status", self.rollout)

    async def rollout(self, scope: Scope, *of: str) -> Result:
        found = self.rollouts.pop(0) if len(self.rollouts) > 1 else self.rollouts[0]
        return Result("", "", found)

    async def diagnose(self, scope: Scope, kind: str, name: str, namespace: str) -> Result:
        self.asked.append(ref := ObjectRef(kind, name, namespace))
        found = self.found.pop(0) if len(self.found) > 1 else self.found[0]
        if isinstance(found, KubeGenieError):
            raise found
        return Result("", "", Verdict(ref, namespace, tuple(found), 10, whole=self.whole))


def rollout(done: bool, words: str, stuck: str = "") -> Rollout:
    return Rollout(WEB, done, words, stuck)


READY = rollout(True, "3 of 3 pods ready")
PLAN = Plan("Change web", "prod", (Step(Verb.PATCH, WEB, {}),), expect="all pods ready")


async def became(plan: Plan = PLAN, answers: Finding | None = None, known: Sequence[Finding] = ()) -> list[Aftermath]:
    symptom = symptom_of(answers) if answers else None
    looks = aftermath.looked_after(played_scope(), plan, symptom, [symptom_of(each) for each in known], Swift())
    return [each async for each in looks]


def told(seen: Aftermath) -> list[str]:
    return [note.text for note in seen.notes]


async def test_a_rollout_that_is_well_is_left_when_it_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way = [rollout(False, f"{ready} of 3 pods ready") for ready in (1, 2)]
    Shown(monkeypatch, *under_way, READY, [HINT])
    seen = await became()
    assert told(seen[0]) == ["deployment shop/web: 1 of 3 pods ready"]
    assert told(seen[-1]) == ["deployment shop/web: rolled out, 3 of 3 pods ready"]
    assert [each.state for each in seen] == ["under way"] * 5 + ["well"]
    assert (seen[-1].words, seen[-1].promised) == ("all is well after 20 s", "all pods ready")
    show = ShowRequested(WEB.kind, "shop", "", "web", "detail", "prod")
    assert [link.show for link in seen[-1].links] == [show]


async def test_a_pod_that_crashes_after_it_was_ready_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(monkeypatch, READY, [], [], [CRASH])
    seen = await became()
    assert seen[-1].state == "unwell"
    assert told(seen[-1])[1:] == ["now: web crashes: CrashLoopBackOff, exit code 1"]
    assert seen[-1].notes[1].health is Health.WARN


async def test_the_finding_that_was_answered_is_gone_or_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(monkeypatch, READY, [PULL], [PULL], [])
    seen = await became(answers=PULL)
    assert "still: web cannot pull its image: tag 9 does not exist" in told(seen[0])
    assert told(seen[-1])[1:] == ["gone: web cannot pull its image"]
    assert seen[-1].state == "well"
    Shown(monkeypatch, rollout(False, "0 of 3 pods ready"), [PULL, CRASH])
    seen = await became(answers=PULL, known=[CRASH])
    assert told(seen[-1])[1:] == [
        "still: web cannot pull its image: tag 9 does not exist",
        "still: web crashes: CrashLoopBackOff, exit code 1",
    ]
    assert (seen[-1].state, seen[-1].seconds) == ("unwell", 60)


async def test_the_root_of_a_finding_is_looked_at_where_it_is_another_object(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = ObjectRef("secrets", "db", "shop")
    shown = Shown(monkeypatch, READY, [])
    missing = Finding("missing-key", Severity.CRITICAL, "secret db lacks a key", "no url", secret)
    seen = await became(answers=missing)
    assert secret in shown.asked
    assert told(seen[-1])[1:] == ["gone: secret db lacks a key"]
    shown.whole = False
    seen = await became(answers=missing)
    assert told(seen[-1])[1:] == ["not seen any more, though not all could be looked at: secret db lacks a key"]


async def test_what_was_promised_and_can_be_compared_is_kept_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(monkeypatch, READY, [])
    seen_now = [Note(Health.WARN, "not kept: web has 5 replicas: seen: 3")] * 2
    kept = Note(Health.OK, "kept: web has 5 replicas")

    async def held(_: Scope, expected: Expected) -> Note:
        return seen_now.pop(0) if seen_now else kept

    monkeypatch.setattr(aftermath, "held", held)
    plan = msgspec.structs.replace(PLAN, expects=(Expected("replicas", WEB, "5"),))
    seen = await became(plan)
    assert [each.notes[-1] for each in seen[:3]] == [
        *[Note(Health.PROGRESSING, "not yet: web has 5 replicas: seen: 3")] * 2,
        kept,
    ]
    assert (seen[-1].state, seen[-1].notes[-1]) == ("well", kept)
    never = Note(Health.WARN, "not kept: web has 5 replicas: seen: 3")
    seen_now += [never] * 100
    seen = await became(plan)
    assert (seen[-1].state, seen[-1].notes[-1]) == ("unwell", never)


async def test_what_takes_too_long_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(monkeypatch, rollout(False, "2 of 3 pods ready"), [])
    seen = await became()
    assert (seen[-1].state, seen[-1].seconds) == ("open", aftermath.PATIENCE_SECONDS)
    assert len(seen) == aftermath.PATIENCE_SECONDS / aftermath.LOOK_SECONDS + 1


async def test_a_rollout_without_progress_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(monkeypatch, rollout(False, "The rollout makes no progress", "deadline exceeded"), [])
    seen = await became()
    assert told(seen[-1]) == ["deployment shop/web: The rollout makes no progress: deadline exceeded"]
    assert seen[-1].state == "unwell"


async def test_a_cluster_that_does_not_answer_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    Shown(monkeypatch, READY, ClusterError("prod does not answer"), [])
    seen = await became()
    assert told(seen[0]) == ["deployment shop/web could not be looked at: prod does not answer"]
    assert seen[-1].state == "well"
    Shown(monkeypatch, READY, NotFound("no"))
    assert told((await became())[0]) == ["deployment shop/web is not there any more"]


async def test_what_was_removed_is_gone_and_few_of_many_objects_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown(monkeypatch, READY, [])
    pod = ObjectRef("pods", "web-7", "shop")
    seen = await became(Plan("Delete web-7", "prod", (Step(Verb.DELETE, pod),)))
    assert (told(seen[-1]), seen[-1].state, seen[-1].links) == (["pod shop/web-7 is gone"], "well", ())
    maps = [Step(Verb.APPLY, ObjectRef("configmaps", f"map-{number}", "shop"), {}) for number in range(6)]
    seen = await became(Plan("Apply", "prod", (*maps, *PLAN.steps)))
    assert shown.asked[0] == WEB
    assert told(seen[-1])[1:] == [
        *(f"configmap shop/map-{number}: nothing wrong found" for number in range(3)),
        "3 more objects were not looked at",
    ]
    assert seen[-1].state == "well"


async def test_what_is_seen_holds_no_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "postgres://checkout:hunter2-very-secret@db:5432/checkout"
    Shown(monkeypatch, rollout(False, "stuck", secret), [])
    assert secret not in str(await became())


def test_it_is_kept_as_text() -> None:
    seen: dict[str, Any] = {"promised": "all pods ready", "seconds": 20.0}
    made = Aftermath("Change web", "well", (Note(Health.OK, "web: 3 of 3 pods ready"),), **seen)
    assert made.text == (
        "Seen after it was made: Change web. all is well after 20 s\n"
        "- web: 3 of 3 pods ready\nPromised was: all pods ready"
    )
    assert Symptom("crash-loop", WEB, "web crashes") == symptom_of(CRASH)
