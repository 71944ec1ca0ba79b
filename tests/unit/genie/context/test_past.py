"""What is said of earlier turns: the last ones as they were, older ones in short, and what is pinned."""

from kubegenie_tui.domain.conversation import PROPOSED, LookUp, Message, Record, Symptom
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.context.digest import arranged, digest, open_plans, pinned
from kubegenie_tui.genie.context.kept import Kept
from kubegenie_tui.genie.context.past import Past, Summaries
from kubegenie_tui.genie.context.transcript import Transcript

TALK = [
    Message("user", "why is checkout failing?", 1.0),
    Message("tool", "…", 2.0, "diagnose deployments checkout"),
    Message("assistant", "The Secret checkout-db is missing.", 3.0),
    Message("user", "scale it to 0", 4.0),
    Message("assistant", "Proposed, not made: Scale checkout to 0", 5.0),
    Message("user", "and what about web?", 6.0),
    Message("assistant", "web is healthy.", 7.0),
    Message("user", "are you sure?", 8.0),
    Message("assistant", "Yes.", 9.0),
]


def test_the_digest_tells_each_thing_under_its_heading() -> None:
    assert digest(TALK).splitlines() == [
        "Goal:",
        "- why is checkout failing?",
        "- scale it to 0",
        "- and what about web?",
        "- are you sure?",
        "Established facts:",
        "- looked up: diagnose deployments checkout",
        "- The Secret checkout-db is missing.",
        "- Proposed, not made: Scale checkout to 0",
        "- web is healthy.",
        "- Yes.",
        "Open questions:",
        "- Scale checkout to 0",
    ]


def looked(name: str, summary: str, *findings: Symptom, text: str = "...") -> Message:
    record = Record(look_up=LookUp(name, "{}", True, summary, findings=findings))
    return Message("tool", text, 2.0, f"{name} web", record=record)


def test_without_a_model_all_the_headings_of_a_summary_are_filled() -> None:
    found = Symptom("crash-loop", ObjectRef("pods", "web-1", "shop"))
    told = digest(
        [
            Message("user", "why is web slow?", 1.0),
            looked("diagnose", "1 problem", found),
            looked("diagnose", "no problems"),
            looked("events", "3 warnings"),
            looked("todo", "1 of 2 done", text="[x] events\n[ ] logs of db"),
            Message("tool", "Goal: ...", 3.0, "sum up the conversation so far"),
            Message("assistant", "Made: Restart web. restarted", 4.0),
            Message("user", "and now?", 5.0),
        ]
    )
    assert told.splitlines() == [
        "Goal:",
        "- why is web slow?",
        "- and now?",
        "Established facts:",
        "- diagnose web: 1 problem",
        "- events web: 3 warnings",
        "Ruled out:",
        "- diagnose web: no problems",
        "Changes made:",
        "- Made: Restart web. restarted",
        "Open questions:",
        "- [ ] logs of db",
        "- and now?",
    ]


def test_what_a_model_sums_up_stands_under_the_same_headings_once_each() -> None:
    said = (
        "It is slow.\n## Open Questions\n- who wrote it?\n\n**Goal:** find out why\nGoal is a word\n1. Goal\n- mend it"
    )
    assert arranged(said).splitlines() == [
        "Goal:",
        "find out why",
        "Goal is a word",
        "- mend it",
        "Established facts:",
        "It is slow.",
        "Open questions:",
        "- who wrote it?",
    ]


def test_a_digest_of_ten_thousand_messages_is_short_and_counts_what_it_leaves_out() -> None:
    many = [Message("user", f"question {number} " + "x" * 1_000, float(number)) for number in range(10_000)]
    told = digest(many)
    assert len(told) < 4_000
    assert told.startswith("Goal (9988 earlier ones left out):")


def test_a_plan_is_open_until_it_is_said_how_it_ended() -> None:
    assert open_plans(TALK) == ["Scale checkout to 0"]
    made = [*TALK, Message("assistant", "Made: Scale checkout to 0. scaled", 10.0)]
    assert open_plans(made) == []
    assert "Changes made:\n- Made: Scale checkout to 0. scaled" in digest(made)
    assert pinned(TALK).splitlines() == [
        "It began with: why is checkout failing?",
        "Proposed, and neither made nor refused yet: Scale checkout to 0",
    ]
    assert pinned(made) == "It began with: why is checkout failing?"


def test_what_of_earlier_turns_can_be_recalled_is_told_by_its_name_and_its_look_up() -> None:
    said = [looked("list", "300 pods", text=Kept().cut("pod\n" * 9_000)), looked("events", "3 warnings"), *TALK]
    past = Past([Message("user", "what is there?", 0.5), *said], Summaries())
    assert past.recallable == "r1: list web"
    system = Transcript(past, "and now?", Kept()).told("rules", 10_000)[0]["content"]
    assert "for `recall`:\n<data " in system
    assert Past(TALK, Summaries()).recallable == ""


def test_the_last_turns_stay_as_they_were_and_a_summary_is_made_once() -> None:
    summaries = Summaries()
    past = Past(TALK, summaries)
    assert [message.text for message in past.older()][-1] == "Proposed, not made: Scale checkout to 0"
    past.sum_up("In short.")
    short, told = past.told(1_000)
    assert [message["content"] for message in told] == [
        "and what about web?",
        "web is healthy.",
        "are you sure?",
        "Yes.",
    ]
    assert "In short." in short
    grown = Past([*TALK, Message("user", "thanks", 10.0), Message("assistant", "Gladly.", 11.0)], summaries)
    assert grown.summary == "In short."
    assert [message.text for message in grown.older()] == ["and what about web?", "web is healthy."]
    assert Past(TALK[:5], summaries).summary == "In short."
    assert Past([Message("user", "another conversation", 1.0)], summaries).summary == ""


def test_what_does_not_fit_is_left_out_from_the_oldest_on() -> None:
    short, told = Past(TALK, Summaries()).told(40)
    assert [message["content"] for message in told] == ["are you sure?", "Yes."]
    assert short.splitlines() == [
        "It began with: why is checkout failing?",
        "Proposed, and neither made nor refused yet: Scale checkout to 0",
        "Goal (2 earlier ones left out):",
        "- and what about web?",
        "Established facts (3 earlier ones left out):",
        "- web is healthy.",
        "Open questions:",
        "- Scale checkout to 0",
    ]


def test_the_last_turns_are_whole_where_they_fit_and_cut_where_that_is_enough() -> None:
    long = "web restarts because of its probe. " * 400
    past = Past([Message("user", "why?", 1.0), Message("assistant", long, 2.0)], Summaries())
    assert past.told(len(long) + 100)[1][1]["content"] == long
    cut = past.told(len(long) - 100)[1][1]["content"]
    assert cut == f"{long[:6_000]}… (cut)"


def test_a_single_long_turn_that_does_not_fit_is_stood_in_for() -> None:
    long = [Message("user", "scale it", 1.0), Message("assistant", "x " * 3_000 + f"\n\n{PROPOSED}Scale web", 2.0)]
    past = Past(long, Summaries())
    assert past.told(10_000)[0] == ""
    short, told = past.told(2_000)
    assert told == []
    assert short.startswith("It began with: scale it\nProposed, and neither made nor refused yet: Scale web\nGoal:")
    assert len(short) < 2_000


def test_what_is_dropped_after_a_summary_is_told_beside_it() -> None:
    past = Past(TALK, Summaries())
    past.sum_up("In short.")
    short, told = past.told(0)
    assert told == []
    assert "In short.\nGoal (1 earlier ones left out):\n- are you sure?" in short
