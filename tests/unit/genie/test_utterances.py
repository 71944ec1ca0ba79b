"""What the built-in engine understands: utterances over a played cluster, and what each asks for."""

from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import Forbidden, Refused
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.engine import understand
from kubegenie_tui.genie.offline.intent import Details, Intent
from kubegenie_tui.genie.wishes.wish import Step
from tests.unit.genie.played_reader import PlayedReader, played_scope


def rows(name: str) -> list[list[str]]:
    """What is said and what it means, line by line."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return [line.split(" => ") for line in text.strip().split("\n")]


def brief(intent: Intent) -> str:
    """An intent on one line; `shows` is left out."""
    parts: list[str] = [intent.verb or "?", intent.kind.partition(".")[0], intent.name]
    parts += [f"in {intent.namespace}"] if intent.namespace else []
    parts += [f"owner {intent.owner.name}"] if intent.owner else []
    parts += [f"unknown {intent.unknown_is} {intent.unknown}"] if intent.unknown else []
    parts += [f"choices {', '.join(str(ref) for ref in intent.choices)}"] if intent.choices else []
    parts += [meant_change(intent)] if intent.raw else []
    parts += ["note"] if intent.note else []
    for name, value in msgspec.structs.asdict(intent.details).items():
        if value != getattr(Details(), name):
            parts.append(f"{name}={'+'.join(value) if isinstance(value, tuple) else value}")
    return " ".join(part for part in parts if part)


def meant_change(intent: Intent) -> str:
    """The operations that a wish may mean with what was said of them, or the first words of why it means none."""
    if intent.wish is not None and (intent.wish.steps or intent.choices):
        return "does " + (" then ".join(step_in_brief(step) for step in intent.wish.steps) or intent.wish.verb)
    return f"says {' '.join(intent.reply.split()[:4])}"


def step_in_brief(step: Step) -> str:
    """`scale deployments shop/web replicas=3`, the object left out where it is the only one."""
    said = dict(step.args)
    for name, value in said.items():
        if isinstance(value, dict):
            said[name] = "".join(f"{key}={each}" for key, each in value.items())
    return " ".join([step.verb, str(step.ref), *(f"{name}={value}" for name, value in said.items())])


@pytest.mark.parametrize(("said", "meant"), rows("utterances.txt"))
async def test_an_utterance_is_understood(said: str, meant: str) -> None:
    assert brief(await understand(played_scope(), [said])) == meant


@pytest.mark.parametrize(("said", "meant"), rows("follow_ups.txt"))
async def test_a_sentence_goes_on_from_those_before(said: str, meant: str) -> None:
    assert brief(await understand(played_scope(), said.split(" / "))) == meant


def looking_at(namespace: str = "", kind: str = "", name: str = "") -> Focus:
    return Focus("prod", namespace, kind, ObjectRef(kind, name, namespace, "prod") if name else None)


@pytest.mark.parametrize(
    ("said", "focus", "meant"),
    [
        ("its logs", looking_at("shop", "pods", "web-1"), "logs pods web-1 in shop"),
        ("describe this", looking_at("shop", "deployments.apps", "cart"), "describe deployments cart in shop"),
        ("why is this failing?", looking_at("shop", "pods", "web-0"), "why pods web-0 in shop"),
        ("show me the logs", looking_at("shop", "pods", "web-1"), "logs pods web-1 in shop"),
        ("why is redis failing", looking_at("payments", "pods"), "why statefulsets redis in payments"),
        ("logs of redis", looking_at("shop"), "logs statefulsets redis in shop"),
        ("describe checkout", looking_at("shop", "services", "checkout"), "describe services checkout in shop"),
        ("why is grafana down", looking_at("shop", "pods"), "why deployments grafana in monitoring"),
        ("list pods", looking_at("shop", "pods"), "list pods"),
    ],
)
async def test_what_is_in_view_is_meant(said: str, focus: Focus, meant: str) -> None:
    assert brief(await understand(played_scope(focus), [said])) == meant


async def test_a_name_in_several_namespaces_is_asked_back_and_the_marked_one_is_taken() -> None:
    intent = await understand(played_scope(), ["why is redis failing?"])
    assert [str(ref) for ref in intent.choices] == ["statefulsets.apps shop/redis", "statefulsets.apps payments/redis"]
    picked = Focus("prod", "payments", "statefulsets.apps", intent.choices[1])
    assert (
        brief(await understand(played_scope(picked), ["why is redis failing?"])) == "why statefulsets redis in payments"
    )


async def test_kinds_that_may_not_be_listed_are_passed_over() -> None:
    denied = Forbidden("You may not list nodes", verb="list", resource="nodes")
    reader = PlayedReader(forbidden={"nodes": denied, "services": denied, "namespaces": denied})
    assert (
        brief(await understand(played_scope(reader=reader), ["logs of checkout"]))
        == "logs deployments checkout in shop"
    )
    assert brief(await understand(played_scope(reader=reader), ["list pods in hidden"])) == "list pods in hidden"


async def test_a_cluster_that_is_down_is_an_error() -> None:
    down = dict.fromkeys(PlayedReader()._rows, Refused("Nothing listens at https://prod"))
    with pytest.raises(Refused):
        await understand(played_scope(reader=PlayedReader(forbidden=down)), ["why is checkout failing?"])


@pytest.mark.parametrize(
    "text",
    ["", " ", "…", "!!!", "`", '"', "\x1b[31m", "(", "x" * 5000, "日本語のポッド", "🚀", "-", "--", "\ue000"],
)
async def test_nonsense_is_not_understood_and_breaks_nothing(text: str) -> None:
    assert (await understand(played_scope(), [text])).verb in ("", "describe")
