"""A conversation that goes on about another cluster, or as somebody else: what counts as here, and what is said."""

import pytest

from kubegenie_tui.domain.asked_where import back_to, here, leading_there, moved_words, told_apart
from kubegenie_tui.domain.conversation import Focus, Link, LookUp, Message, Record, ShowRequested
from kubegenie_tui.domain.object_ref import ObjectRef

LINK = Link("secret shop/db", ShowRequested("secrets", "shop", "", "db", "detail"))


def turn(text: str, cluster: str) -> list[Message]:
    answer = Record(links=(LINK,), choices=(ObjectRef("pods", "web-0", "shop"),), answers=("yes",))
    return [
        Message("user", text, 1.0, record=Record(focus=Focus(cluster)) if cluster else None),
        Message("tool", f"found {text}", 2.0, record=Record(look_up=LookUp("list"))),
        Message("assistant", f"answer {text}", 3.0, record=answer),
    ]


TALK = [*turn("a", "prod as jane (dev)"), *turn("b", "staging"), *turn("c", "")]


def test_turns_of_another_cluster_or_of_somebody_else_are_not_here() -> None:
    assert here(TALK, "prod as jane (dev)") == [*TALK[:3], *TALK[6:]]
    for somebody in ("prod", "prod as bob", "prod as jane"):
        assert here(TALK, somebody) == TALK[6:]
    assert here(TALK, "staging") == TALK[3:]
    assert here(TALK, "") == TALK


def test_a_model_is_told_what_was_asked_elsewhere_and_not_what_was_looked_up_there() -> None:
    told = [(each.role, each.text) for each in told_apart(TALK, "staging")]
    assert told[:2] == [
        ("user", "(This was asked about cluster prod as jane (dev).) a"),
        ("assistant", "answer a"),
    ]
    assert told[2:] == [(each.role, each.text) for each in TALK[3:]]
    assert told_apart(TALK, "prod")[0].text == "(This was asked as jane (dev).) a"
    assert told_apart([*turn("a", "prod")], "prod as jane")[0].text == "(This was asked as yourself.) a"


def test_links_lead_to_their_own_cluster_and_what_was_to_be_chosen_there_is_not_offered() -> None:
    there, stays, _ = (each.record for each in leading_there(TALK, "staging") if each.role == "assistant")
    assert there is not None
    assert (there.links[0].show.cluster, there.choices, there.answers) == ("prod as jane (dev)", (), ())
    assert stays == TALK[5].record
    as_jane = leading_there(TALK, "prod")[2].record
    assert as_jane is not None
    assert (as_jane.links[0].show.cluster, as_jane.choices, as_jane.answers) == ("", (), ())


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ("prod", "prod", ""),
        ("", "prod", ""),
        ("prod", "", ""),
        ("prod", "staging", "What is above was asked about prod. What follows is about staging: what was seen"),
        (
            "prod as jane (dev)",
            "prod",
            "What is above was asked as jane (dev). What follows is asked as yourself, in prod: what was seen",
        ),
        ("prod", "prod as jane", "What is above was asked as yourself. What follows is asked as jane, in prod: what"),
    ],
)
def test_a_change_of_the_cluster_or_of_the_identity_is_told(before: str, now: str, words: str) -> None:
    assert moved_words(before, now).startswith(words)
    assert bool(moved_words(before, now)) == bool(words)


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ("prod as jane (dev, ops)", "prod", "go on as jane (dev, ops)  :as jane dev ops"),
        ("prod", "prod as jane", "go on as yourself  :as"),
        ("prod as jane", "staging", ""),
        ("prod", "prod", ""),
        ("", "prod", ""),
    ],
)
def test_a_link_leads_back_to_whom_it_was_asked_as(before: str, now: str, words: str) -> None:
    link = back_to(before, now)
    assert (link.words if link else "") == words
    assert link is None or link.show == ShowRequested("", cluster=before)
