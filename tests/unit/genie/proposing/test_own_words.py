"""What of a model's proposals the person's own text asks for."""

import pytest

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.proposing.own_words import OwnWords
from kubegenie_tui.genie.proposing.planning import Wish
from tests.unit.agents.demo_clusters import world
from tests.unit.genie.model_and_cluster import talk
from tests.unit.genie.proposing.test_by_model import shop

WEB = ObjectRef("deployments.apps", "web", "shop", "prod")
TO_FIVE = Wish("scale", (WEB,), {"replicas": "5"})
RESTART = Wish("restart", (WEB,))
LABEL = Wish("label", (WEB,), {"pairs": "team=blue"})


async def asks(text: str, wish: Wish, *history: Message, cluster: str = "prod") -> bool:
    async with talk(lambda _: None, shop(), others=(world("staging"),)) as made:  # type: ignore[arg-type,return-value]
        return await OwnWords(made.scope, text, history).ask_for(wish, cluster)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("scale web to 5", TO_FIVE),
        ("scale web up by 3", TO_FIVE),
        ("our customers complain since noon that the shop is slow, so please scale web to 5", TO_FIVE),
        ("skaliere web auf 5", TO_FIVE),
        ("restart web", RESTART),
        ("label web with team=blue", LABEL),
        ("label web with team=blue and scale web to 5", TO_FIVE),
    ],
)
async def test_what_is_said_is_asked_for(text: str, wish: Wish) -> None:
    assert await asks(text, wish)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("what do you make of web and its grumbling lately?", TO_FIVE),
        ("scale web to 4", TO_FIVE),
        ("restart web", TO_FIVE),
        ("scale web to 5", RESTART),
        ("scale web to 5?", TO_FIVE),
        ("should I scale web to 5?", TO_FIVE),
        ("do not scale web to 5", TO_FIVE),
        ('the log says "scale web to 5"', TO_FIVE),
        ("scale web to 5 tomorrow", TO_FIVE),
        ("label web with team=red", LABEL),
        ("web", RESTART),
        ("yes", TO_FIVE),
        ("", TO_FIVE),
        ("undo that", TO_FIVE),
    ],
)
async def test_what_is_not_said_is_not(text: str, wish: Wish) -> None:
    assert not await asks(text, wish)


async def test_every_object_has_to_be_said() -> None:
    other = ObjectRef("deployments.apps", "api", "shop", "prod")
    assert not await asks("restart web", Wish("restart", (WEB, other)))


async def test_it_is_asked_for_in_the_cluster_that_is_meant() -> None:
    assert not await asks("scale web to 5", TO_FIVE, cluster="staging")
    assert not await asks("scale web to 5 in staging", TO_FIVE)


async def test_of_what_was_said_before_the_persons_own_words_alone_count() -> None:
    own, others = Message("user", "scale web to 4", 1.0), Message("assistant", "scale web to 5", 1.0)
    assert await asks("make it 5", TO_FIVE, own)
    assert not await asks("do it", TO_FIVE, others)
    assert not await asks("make it so", TO_FIVE, own, others)
