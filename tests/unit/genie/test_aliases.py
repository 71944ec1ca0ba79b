"""Other words for names: everywhere a name stands, and back, also when an answer comes in pieces."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubegenie_tui.genie.reading.naming import Naming
from kubegenie_tui.genie.redaction.aliases import Aliases, Arriving
from tests.unit.genie.played_reader import PlayedReader

NAMES = ("checkout", "shop", "checkout-db", "arn:aws:eks:eu-1:4711:cluster/prod", "ip-10-0-0-1.ec2.internal")


def aliases(*names: str) -> Aliases:
    made = Aliases()
    made.learn(names)
    return made


def hidden(known: Aliases, text: str) -> str:
    steps = known.hidden(text)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return str(end.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("why is checkout failing in shop?", "why is name-1 failing in name-2?"),
        (
            "dial tcp: lookup checkout-db.shop.svc.cluster.local:5432",
            "dial tcp: lookup name-3.name-2.svc.cluster.local:5432",
        ),
        ("pod checkout-7d9f-x2x1z on ip-10-0-0-1.ec2.internal", "pod name-1-7d9f-x2x1z on name-5"),
        ('{"kind": "pods", "name": "checkout"}', '{"kind": "pods", "name": "name-1"}'),
        ("CHECKOUT_HOST=checkout", "name-1_HOST=name-1"),
        ("old-checkout-db-password", "old-name-3-password"),
        ("in arn:aws:eks:eu-1:4711:cluster/prod", "in name-4"),
        ("checkouts and workshop are other words", "checkouts and workshop are other words"),
    ],
)
def test_a_name_is_hidden_wherever_it_stands_as_one(text: str, told: str) -> None:
    assert hidden(aliases(*NAMES), text) == told


def test_what_everybody_has_stays_as_it_is() -> None:
    known = aliases("default", "kube-system", "web", "list", "7", "x")
    known.leave_open(["List"])
    told = hidden(known, "list web in default and kube-system: 7 x")
    assert told == "list name-3 in default and kube-system: 7 x"


def test_what_was_made_by_a_named_thing_keeps_looking_like_it() -> None:
    known = aliases("web")
    known.learn_owned(["web-7d9f-x2x1z", "lonely-1"])
    assert len(known) == 2
    assert hidden(known, "web-7d9f-x2x1z lonely-1") == "name-1-7d9f-x2x1z name-2"


def test_a_word_that_stands_for_no_name_is_left() -> None:
    known = aliases("web")
    assert known.shown("name-1 name-2 name-12 name-0 surname-1") == "web name-2 name-12 name-0 surname-1"


@given(
    st.lists(st.integers(1, 9)),
    st.lists(st.sampled_from([*NAMES, "and", "n", "na", "name", " ", ".", "name-"]), max_size=12),
)
def test_an_answer_in_pieces_reads_as_one_in_whole(cuts: list[int], words: list[str]) -> None:
    known = aliases(*NAMES)
    text = " ".join(hidden(known, word) for word in words)
    arriving, said, start = Arriving(known), [], 0
    for length in cuts:
        said.append(arriving.more(text[start : start + length]))
        start += length
    said += [arriving.more(text[start:]), arriving.rest()]
    assert "".join(said) == known.shown(text)


@given(st.text(max_size=80))
def test_text_without_names_is_not_touched(text: str) -> None:
    assert hidden(aliases("qqzzy"), text) == text


def test_a_long_text_is_worked_on_in_steps() -> None:
    assert sum(1 for _ in aliases("web").hidden("web is up. " * 10_000)) > 10


async def test_whom_the_cluster_takes_us_for_is_a_name_too() -> None:
    for identity, is_known in (("jane@acme.example", True), ("system:admin", False)):
        known, reader = Aliases(), PlayedReader()
        reader.status = msgspec.structs.replace(reader.status, identity=identity)
        await Naming(known).learn(reader)
        assert (identity not in hidden(known, f"the user {identity} reads")) is is_known
