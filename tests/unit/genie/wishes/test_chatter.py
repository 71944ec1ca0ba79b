"""What is left of a question when the talk around it is taken off, and what is no mere talk."""

import pytest

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.genie.offline.chatter import without_ceremony, without_chatter
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.parse import parse
from tests.unit.genie.wishes.corpus import WORLD, Name


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("is the rollout of web done? they keep calling me", "is the rollout of web done?"),
        ("could be nothing. show the events in staging", "show the events in staging"),
        ("lightning struck in staging around two, show the events in staging", "show the events in staging"),
        ('Ines wrote "staging is slow" - list the pods there', "list the pods in staging"),
    ],
)
def test_talk_that_names_nothing_is_left_out(text: str, asked: str) -> None:
    assert without_chatter(text, WORLD) == asked


@pytest.mark.parametrize(
    "text",
    [
        "show the logs of web, the last 30 lines are enough",
        "are there pods that wait? I mean the pending ones",
        "web is slow, show its logs",
        "something is wrong in staging, which pods are failing?",
        "logs of web, errors only",
        "please bring me to the namespace staging, I must test something there",
    ],
)
def test_what_narrows_a_question_or_tells_what_it_is_about_is_kept(text: str) -> None:
    assert without_chatter(text, WORLD) == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Would you happen to know why web is down?", "why web is down?"),
        ("could I trouble you for the logs of web", "the logs of web"),
        ("would you mind telling me how to restart web", "would you mind telling me how to restart web"),
        ("I was wondering if you could restart web", "I was wondering if you could restart web"),
    ],
)
def test_ceremony_is_taken_off_questions_alone(text: str, rest: str) -> None:
    assert without_ceremony(text, WORLD) == rest


def test_a_name_that_is_a_kind_is_one_beside_its_kind_also_at_the_end() -> None:
    kinds = KindIndex(BUILTIN_KINDS)
    directory = Directory("prod", kinds)
    directory.put(kinds.resolve("configmaps"), [Name("nodes", "timetable")])
    assert parse("what's inside configmap nodes", directory).names == ("nodes",)
    assert parse("describe configmap nodes", directory).names == ("nodes",)


def test_a_text_of_two_letters_is_no_part_of_a_longer_word() -> None:
    kinds = KindIndex(BUILTIN_KINDS)
    directory = Directory("prod", kinds)
    directory.put(kinds.resolve("jobs"), [Name("reindex-stops", "timetable"), Name("db-copy", "timetable")])
    assert directory.containing("ps", "jobs.batch") == []
    assert [ref.name for ref in directory.containing("db", "jobs.batch")] == ["db-copy"]
