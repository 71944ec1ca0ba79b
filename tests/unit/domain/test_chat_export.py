"""Conversations handed on: Markdown that reads well whatever was said, JSON with all of it."""

import json

from kubegenie_tui.domain.chat_export import as_markdown, exported
from kubegenie_tui.domain.conversation import (
    PROPOSED,
    Aftermath,
    Conversation,
    Focus,
    LookUp,
    Message,
    Outcome,
    Proposal,
    Record,
    Symptom,
    Usage,
)
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kept_result import KeptResult
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note
from kubegenie_tui.domain.turns import turns_of

AT = 1_764_000_000.0
CHAT = Conversation(7, "why is checkout failing?", "prod", AT, AT + 60)
POD = ObjectRef("pods", "checkout-1", "shop")
SECRET = ObjectRef("secrets", "checkout-db", "shop")
FOUND = LookUp("diagnose", '{"name": "checkout"}', True, "1 problem", 38.4, (Symptom("missing-secret-key", SECRET),))
ASKED = Message("user", "why is checkout failing?", AT, id=1, record=Record(focus=Focus("prod", "shop", "pods", POD)))
LOOKED = Message("tool", "key url is missing", AT + 1, "diagnose checkout", 2, Record(look_up=FOUND))
ROLL_BACK = Proposal("Roll back deployment shop/checkout", "prod", 2, "kubegenie do rollback deployment/checkout")
ANSWERED = Message(
    "assistant",
    f"The **key** is missing.\n\n{PROPOSED}{ROLL_BACK.title}",
    AT + 2,
    id=3,
    record=Record(proposals=(ROLL_BACK,), usage=Usage("gpt-x", 1200, 34, 2.04)),
)
ENDED = Message(
    "assistant",
    "Made: Roll back deployment shop/checkout. 2 of 2 pods ready",
    AT + 30,
    id=4,
    record=Record(outcome=Outcome(ROLL_BACK.title, True, "2 of 2 pods ready")),
)
TURN = [ASKED, LOOKED, ANSWERED, ENDED]


def test_a_turn_reads_from_the_question_to_what_became_of_the_proposal() -> None:
    assert as_markdown(CHAT, TURN) == (
        "# why is checkout failing?\n\n"
        "Cluster `prod`, from 2025-11-24 16:00:00 UTC to 2025-11-24 16:01:00 UTC.\n\n"
        "## 1. why is checkout failing?\n\n"
        "*2025-11-24 16:00:00 UTC, namespace `shop`, `pod shop/checkout-1`*\n\n"
        "<details>\n<summary>Looked up: diagnose checkout (38 ms) → 1 problem</summary>\n\n"
        '```text\ndiagnose {"name": "checkout"}\n```\n\n'
        "```text\nkey url is missing\n```\n\n</details>\n\n"
        "The **key** is missing.\n\n"
        "> **Proposed** (W2 disruptive): Roll back deployment shop/checkout\n>\n"
        "> `kubegenie do rollback deployment/checkout`\n\n"
        "*gpt-x · 1,200 + 34 tokens · 2.0 s*\n\n"
        "> **Made** at 2025-11-24 16:00:30 UTC: Roll back deployment shop/checkout. 2 of 2 pods ready\n"
    )


def test_what_was_kept_without_records_is_handed_on_too() -> None:
    old = [
        Message("user", "why?\nand how?", AT),
        Message("tool", "x", AT, "list pods"),
        Message("assistant", "So.", AT),
    ]
    text = as_markdown(CHAT, old)
    assert "## 1. why?\n\n```text\nwhy?\nand how?\n```\n" in text
    assert "<summary>Looked up: list pods</summary>" in text
    assert text.endswith("\n\nSo.\n")


def test_nothing_that_a_cluster_says_breaks_out_of_its_place() -> None:
    hostile = "```\n</details>\n# owned\n\x1b[31m\u202e````"
    look_up = LookUp("logs", "`", False, "<script>", 1.0)
    messages = [
        Message("user", "# *why* <b>", AT),
        Message("tool", hostile, AT, "</summary> `x`", record=Record(look_up=look_up)),
        Message(
            "assistant", "so", AT, record=Record(proposals=(Proposal("[x](y) **z**"),), usage=Usage(ended="stopped"))
        ),
    ]
    text = as_markdown(CHAT, messages)
    assert "## 1. \\# \\*why\\* \\<b\\>" in text
    assert "`````text\n```\n</details>\n# owned\n````\n`````" in text
    assert "&lt;/summary&gt; `x` (1 ms), failed → &lt;script&gt;</summary>" in text
    assert "> **Proposed**: \\[x\\](y) \\*\\*z\\*\\*" in text
    assert "*stopped · 0.0 s*" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_each_of_several_proposals_stands_where_it_was_made() -> None:
    text = f"First.\n\n{PROPOSED}Cordon a\n\nThen.\n\n{PROPOSED}Restart b"
    both = Record(proposals=(Proposal("Cordon a"), Proposal("Restart b")))
    told = as_markdown(CHAT, [ASKED, Message("assistant", text, AT, record=both)])
    assert told.endswith("First.\n\n> **Proposed**: Cordon a\n\nThen.\n\n> **Proposed**: Restart b\n")


def test_what_became_of_a_change_is_told_below_how_it_ended() -> None:
    notes = (Note(Health.OK, "web: *2* of 2 pods ready"), Note(Health.OK, "gone: web crashes"))
    seen = Aftermath(ROLL_BACK.title, "well", notes, "it answers", 12.0)
    message = Message("assistant", seen.text, AT + 42, record=Record(aftermath=seen))
    assert as_markdown(CHAT, [*TURN, message]).endswith(
        "> **Seen after it** at 2025-11-24 16:00:42 UTC: Roll back deployment shop/checkout: all is well after 12 s\n"
        ">\n"
        "> - web: \\*2\\* of 2 pods ready\n> - gone: web crashes\n> - promised was, not checked: it answers\n"
    )


def test_as_data_all_that_was_recorded_is_there() -> None:
    told = json.loads(exported(CHAT, TURN, "json"))
    assert (told["id"], told["title"], told["created"]) == (7, "why is checkout failing?", "2025-11-24T16:00:00Z")
    asked, looked, answered, ended = told["messages"]
    assert asked["record"]["focus"]["selected"]["name"] == "checkout-1"
    assert looked["record"]["look_up"]["arguments"] == '{"name": "checkout"}'
    assert looked["record"]["look_up"]["findings"][0]["rule"] == "missing-secret-key"
    assert answered["record"]["usage"] == {
        "engine": "gpt-x", "input_tokens": 1200, "output_tokens": 34, "seconds": 2.04,
    }  # fmt: skip
    assert answered["record"]["proposals"][0]["tier"] == 2
    assert ended["record"]["outcome"]["made"] is True
    assert "results" not in told
    whole = json.loads(exported(CHAT, TURN, "json", [KeptResult("r1", 9, "all of it")]))
    assert whole["results"] == [{"name": "r1", "characters": 9, "text": "all of it"}]


def test_turns_begin_with_a_question_and_know_their_answer() -> None:
    stray = Message("assistant", "Made: something", AT)
    first, second = turns_of([stray, *TURN, Message("user", "and now?", AT)])
    assert (first.question, first.look_ups, first.answers) == (ASKED, (LOOKED,), (ANSWERED, ENDED))
    assert (first.answer, first.last) == (ANSWERED, ENDED)
    assert (second.answer, second.last.text) == (None, "and now?")


def test_several_namespaces_in_view_are_named() -> None:
    asked = Message("user", "what is wrong here?", AT, record=Record(focus=Focus("prod", "shop,cart")))
    assert "UTC, namespaces `shop` and `cart`*" in as_markdown(CHAT, [asked])
