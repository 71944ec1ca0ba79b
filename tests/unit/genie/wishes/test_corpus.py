"""The whole corpus through the engine as `kubegenie intent` prints it: understood, and nothing changed unasked."""

import re
from typing import Any

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.offline import engine
from kubegenie_tui.genie.offline.report import report
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.unit.genie.wishes.corpus import HERE, LONG_TALK, SHOP, WORLDS, Sentence, World, WorldReader, ref, sentences

CORPUS = [(each, sentence) for each in WORLDS for file in each.corpora for sentence in sentences(file)]
AGAINST = (HERE / "against.txt").read_text(encoding="utf-8").splitlines()
UNDERSTOOD = 0.97
LONG = [(each, sentence) for each in LONG_TALK for file in each.corpora for sentence in sentences(file)]
UNDERSTOOD_OF_LONG = 0.8
FRAMES = (HERE / "frames.txt").read_text(encoding="utf-8").splitlines()
WHOLE_FRAMES = (HERE / "whole_frames.txt").read_text(encoding="utf-8").splitlines()
"""Those that make none of any text, whatever is in it."""
PLAIN = re.compile(
    r"[,.:;?!'\"`()]| - |\b(?:because|until|till|as|so|while|since|for|instead|not|but|please|pls|can|could|i mean"
    r"|label)\b"
)
"""What a wish has not that is one clause; a frame around a clause of several may be about one of them."""
WISHED = (
    "scale web to 5", "restart web", "delete pod toolbox", "roll back web", "drain worker-2", "suspend db-backup",
    "set image of web to nginx:1.28", "label deployment web team=blue", "expose web on port 80", "web replicas 3",
    "set memory limit of web to 512Mi", "cj db-backup run now", "scale web to 3, then show me its pods",
    "restart web and cart", "put web to sleep", "wake db-backup up",
    "create configmap x1 in shop with a=b",
    "uncordon worker-2", "resume db-backup", "annotate deployment web note=checked", "set env DEBUG=1 on web",
    "taint worker-2 dedicated=gpu:NoSchedule", "trigger db-backup", "autoscale web from 2 to 5",
    "remove the memory limit of web", "web to 4", "take one web pod away", "evict pod toolbox",
    "set concurrencyPolicy of db-backup to Allow", "set spec.paused to true on deployment web",
    "the minReadySeconds of deployment web should be 10", "set terminationGracePeriodSeconds=60 on deployment web",
)  # fmt: skip
_ABOUT = ("any", "steps", "choices", "args")


@pytest.fixture
def _known_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """All names of a world are read already."""
    found = {id(each.kinds): each.directory for each in (*WORLDS, *LONG_TALK)}
    monkeypatch.setattr(engine, "Directory", lambda _, kinds: found[id(kinds)])


async def reported(sentence: Sentence, world: World = SHOP) -> dict[str, Any]:
    """What `kubegenie intent` prints of it."""
    context = sentence.context
    marked = context.get("selected")
    selected = ref(marked["kind"], marked["name"], marked.get("namespace") or "", world) if marked else None
    scope = Scope(WorldReader(world), Focus("prod", context.get("namespace") or "", selected=selected), Redactor())
    intent = await engine.understand(scope, [*(context.get("previous") or ()), sentence.text])
    return report(intent, world.kinds)


def is_right(got: dict[str, Any], expect: dict[str, Any]) -> bool:
    """Whether a report is as expected, or another of the ways that are as good."""
    if ways := expect.get("or"):
        only = {name: value for name, value in expect.items() if name != "or"}
        return any(is_right(got, way) for way in (only, *ways))
    other = expect.get("any", {})
    if steps := expect.get("steps"):
        told = got.get("steps") or [got]
        return len(told) == len(steps) and all(is_right(one, each) for one, each in zip(told, steps, strict=True))
    args = got.get("args") or {}
    ways = [expect["args"]] if "args" in expect else []
    ways += other.get("args", [])
    if ways and not any(way.items() <= args.items() for way in ways):
        return False
    plain = {name: [value, *other.get(name, [])] for name, value in expect.items() if name not in _ABOUT}
    loose = {name: values for name, values in other.items() if name not in expect and name != "args"}
    if any(got.get(name) not in values for name, values in {**plain, **loose}.items()):
        return False
    return set(expect.get("choices", ())) <= set(got.get("choices") or ())


def may_write(got: dict[str, Any], expect: dict[str, Any]) -> bool:
    """Whether a change is what was asked for: none is, and none of another target or with other arguments."""
    return is_right(got, expect) and any(way.get("writes") for way in (expect, *expect.get("or", ())))


async def judged(corpus: list[tuple[World, Sentence]]) -> tuple[list[str], list[str]]:
    """The changes of a corpus that nobody asked for, and the sentences that are not understood."""
    got = [(each, await reported(each, world)) for world, each in corpus]
    unasked = [each.text for each, told in got if told["writes"] and not may_write(told, each.expect)]
    return unasked, [each.id for each, told in got if not is_right(told, each.expect)]


@pytest.mark.timeout(600)  # ten thousand sentences take a minute of CPU, which others need as well
@pytest.mark.usefixtures("_known_world")
async def test_nearly_all_is_understood_and_nothing_is_proposed_unasked() -> None:
    unasked, missed = await judged(CORPUS)
    assert unasked == []
    assert 1 - len(missed) / len(CORPUS) >= UNDERSTOOD, missed


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("_known_world")
async def test_most_requests_within_long_talk_are_found_and_nothing_is_proposed_unasked() -> None:
    unasked, missed = await judged(LONG)
    assert unasked == []
    assert 1 - len(missed) / len(LONG) >= UNDERSTOOD_OF_LONG, missed


@pytest.mark.usefixtures("_known_world")
@pytest.mark.parametrize("each", sentences("mended.jsonl"), ids=lambda each: each.id)
async def test_what_was_misunderstood_once_is_understood(each: Sentence) -> None:
    told = await reported(each)
    assert is_right(told, each.expect), (each.text, told)


@pytest.mark.usefixtures("_known_world")
@pytest.mark.parametrize("text", AGAINST)
async def test_what_is_no_wish_proposes_nothing(text: str) -> None:
    told = await reported(Sentence("", text, {}, {}))
    assert not told["writes"], told


@pytest.mark.usefixtures("_known_world")
async def framed(wishes: list[tuple[World, Sentence]], frames: list[str], each: int) -> list[str]:
    """What is proposed of wishes in frames; of each in some of them, one after the other."""
    found: list[str] = []
    for at, (world, wish) in enumerate(wishes):
        for turn in range(each):
            frame = frames[(at * each + turn) % len(frames)]
            if any(word.strip(".,:'\"()").lower() in world.directory for word in frame.split()):
                continue  # a name there, and no word
            text = frame.format(wish.text if frame.endswith("{}") else wish.text.rstrip(" .!?"))
            if (await reported(Sentence("", text, wish.context, {}), world))["writes"]:
                found.append(text)
    return found


def wishes_of(corpus: list[tuple[World, Sentence]]) -> list[tuple[World, Sentence]]:
    """The sentences of a corpus that are wishes for certain."""
    return [
        (world, each)
        for world, each in corpus
        if each.expect.get("writes") and not each.expect.get("or") and "\n" not in each.text and " " in each.text
    ]


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("_known_world")
async def test_no_wish_is_one_that_is_quoted_taken_back_or_said_to_somebody_else() -> None:
    assert await framed(wishes_of([*CORPUS, *LONG]), WHOLE_FRAMES, 2) == []


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("_known_world")
async def test_no_plain_wish_is_one_in_any_frame() -> None:
    plain = [
        (world, each)
        for world, each in wishes_of(CORPUS)
        if not PLAIN.search(each.text.lower()) and not each.context.get("previous")
    ]
    assert await framed(plain, FRAMES, 2) == []


@pytest.mark.parametrize("frame", FRAMES)
async def test_what_is_told_denied_feared_or_tried_is_no_wish(frame: str) -> None:
    said = [frame.format(wish) for wish in WISHED]
    assert [text for text in said if (await reported(Sentence("", text, {}, {})))["writes"]] == []
