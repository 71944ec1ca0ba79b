"""German sentences as `kubegenie intent` prints them: what they say is done, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.languages.hearing import hear
from kubegenie_tui.genie.languages.language import languages
from kubegenie_tui.genie.offline.elsewhere import elsewhere
from kubegenie_tui.genie.offline.engine import understand
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.unit.genie.languages.said import gaps, samples, wished
from tests.unit.genie.wishes.corpus import SHOP, WORLD, Sentence, WorldReader, sentences
from tests.unit.genie.wishes.test_corpus import WISHED, is_right, may_write, reported

GERMAN = next(each for each in languages() if each.name == "German")
SENTENCES = sentences(str(Path(__file__).with_name("de.jsonl")))
WITHHELD = [word for words in GERMAN.withholding.values() for word in words]
DENIED = ["not", "never", "don't", "do not", "no", "if", "unless", "without", "should i", "how to", "until", "nobody"]
SAID = list(wished(GERMAN))


@pytest.fixture(autouse=True)
def _known_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubegenie_tui.genie.offline.engine.Directory", lambda *_: WORLD)


@pytest.mark.parametrize("each", SENTENCES, ids=lambda each: each.id)
async def test_a_sentence_is_understood(each: Sentence) -> None:
    told = await reported(each)
    assert is_right(told, each.expect), (each.text, told)
    assert not told["writes"] or may_write(told, each.expect), (each.text, told)


@pytest.mark.parametrize("verb", dict.fromkeys(phrase.verb for phrase in GERMAN.wishes))
def test_a_word_that_withholds_makes_every_wish_none(verb: str) -> None:
    shortest = [samples(phrase)[0] for phrase in GERMAN.wishes if phrase.verb == verb]
    for number, said in enumerate(shortest):
        places = gaps(said)
        for other, word in enumerate((*WITHHELD, *DENIED)):
            before, behind = places[(number + other) % len(places)]
            heard = hear(f"{before} {word} {behind}", WORLD)
            assert heard is None or not (heard.order and heard.verb), f"{before} {word} {behind}"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SAID), st.sampled_from([*WITHHELD, *DENIED]), st.integers(0, 99), st.sampled_from(" ,.!:-"))
async def test_no_way_to_withhold_a_wish_leaves_a_plan(
    wish: tuple[object, str], word: str, place: int, mark: str
) -> None:
    places = gaps(wish[1])
    before, behind = places[place % len(places)]
    told = await reported(Sentence("", f"{before} {word}{mark} {behind}", {}, {}))
    assert not told["writes"], told


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(WISHED), st.sampled_from(WITHHELD), st.sampled_from(["{}! {}", "{}: {}", "{}, {}", "{} {}"]))
async def test_an_english_wish_beside_a_german_word_that_withholds_is_none(wish: str, word: str, frame: str) -> None:
    if all(part not in GERMAN.signs for part in GERMAN.spelt(word).split()):
        return
    for text in (frame.format(word, wish), frame.format(wish, word)):
        told = await reported(Sentence("", text, {}, {}))
        assert not told["writes"], told


async def test_what_was_talked_about_in_german_is_known_in_english_and_the_other_way_round() -> None:
    for earlier, text in (("beschreibe worker-2", "drain it"), ("describe worker-2", "leere ihn")):
        told = await reported(Sentence("", text, {"previous": [earlier]}, {}))
        assert (told["verb"], told["name"], told["writes"]) == ("drain", "worker-2", True)


class Clusters:
    """Two clusters, one with a short name."""

    statuses = (ClusterStatus("prod", ""), ClusterStatus("dev", ""))
    current = "prod"

    async def open(self, name: str) -> WorldReader:
        raise AssertionError(name)


async def test_a_german_article_is_no_cluster_with_a_slip_in_its_name() -> None:
    scope = Scope(WorldReader(SHOP), Focus("prod"), Redactor(), Clusters())
    said = ["starte web in der staging neu"]
    assert await elsewhere(scope, said) == (scope, said)


@pytest.mark.parametrize(
    ("earlier", "text", "name"),
    [
        ("Nicht! restart web", "again", None),
        ("Nicht! scale it to 3", "again", None),
        ("lösche cart nicht!", "restart it", "cart"),
    ],
)
async def test_what_was_denied_before_is_not_done_again(earlier: str, text: str, name: str | None) -> None:
    told = await reported(Sentence("", text, {"previous": [earlier]}, {}))
    assert told["writes"] is (name is not None)
    assert told["name"] == name


async def test_two_languages_in_one_sentence_are_told() -> None:
    scope = Scope(WorldReader(SHOP), Focus("prod"), Redactor())
    intent = await understand(scope, ["Nicht! restart checkout"])
    assert not intent.choices
    assert intent.reply.startswith("nicht is German, and the rest is English")
