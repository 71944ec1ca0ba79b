"""The draft of a postmortem: what was wrong, what was changed and what is open, from one conversation."""

from kubegenie_tui.domain.conversation import (
    Aftermath,
    Conversation,
    Focus,
    LookUp,
    Message,
    Outcome,
    Proposal,
    Record,
    Symptom,
)
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note
from kubegenie_tui.domain.postmortem import Act, postmortem_of
from kubegenie_tui.domain.postmortem_text import as_postmortem

AT = 1_764_000_000.0
CHAT = Conversation(7, "why is checkout failing?", "prod", AT, AT + 600)
KEY = Symptom("missing-secret-key", ObjectRef("secrets", "checkout-db", "shop"), "checkout lacks the key url")
POD = Symptom("crash-loop", ObjectRef("pods", "web-7c9f4d8b5f-x2xkq", "shop"), "web crashes")
TOLD = """cluster prod: 2 problems found in namespace shop, 60 objects checked
- critical [missing-secret-key] checkout lacks the key url
  cause: the key url is not in it (root: secrets shop/checkout-db, field data.url; confidence 100%)
  evidence: pods shop/checkout-1 status.reason = CreateContainerConfigError
  evidence: secrets shop/checkout-db data = user
  next: add it
- warning [crash-loop] web crashes
  cause: it ends with 1 (root: pods shop/web-7c9f4d8b5f-x2xkq; confidence 50%)"""
ROLL_BACK, SCALE = "Roll back deployment shop/checkout", "Scale deployment shop/web from 1 to 2"


def looked(at: float, *findings: Symptom, text: str = "cluster prod: nothing", tool: str = "diagnose shop") -> Message:
    return Message("tool", text, AT + at, tool, record=Record(look_up=LookUp(findings=findings)))


def proposed(at: float, title: str, tier: int = 2) -> Message:
    return Message("assistant", "", AT + at, record=Record(proposals=(Proposal(title, "prod", tier),)))


def ended(at: float, title: str, made: bool, how: str) -> Message:
    return Message("assistant", "", AT + at, record=Record(outcome=Outcome(title, made, how)))


def act(seq: int, at: float, plan: str, *, cluster: str = "prod", result: str = "done") -> Act:
    what = "patch deployments.apps shop/checkout"
    return Act(seq, AT + at, cluster, "shop", plan, what, 2, "key y", "alice", result)


ASKED = Message("user", "why is *checkout* failing?", AT, record=Record(focus=Focus("prod", "web")))
TALK = [
    ASKED,
    looked(1, KEY, POD, text=TOLD),
    proposed(2, ROLL_BACK),
    ended(30, ROLL_BACK, True, "2 of 2 pods ready"),
    looked(60, POD, text="cluster prod: 1 problem"),
    proposed(61, SCALE, 1),
    ended(90, SCALE, False, "Left by the person"),
]


def test_it_tells_all_that_is_known_and_leaves_the_rest_to_a_person() -> None:
    assert as_postmortem(CHAT, TALK, [act(4, 20, ROLL_BACK)]) == (
        "# Postmortem: why is checkout failing?\n\n"
        "- Time: 2025-11-24 16:00:00 UTC to 2025-11-24 16:10:00 UTC\n"
        "- Clusters: `prod`\n"
        "- Namespaces: `shop`, `web`\n"
        "- Drafted by KubeGenie from conversation 7 and the audit log\n\n"
        "## Impact\n\n*To be filled in: who noticed, how badly, and for how long.*\n\n"
        "## Timeline\n\n"
        "- 2025-11-24 16:00:00 UTC **asked** why is \\*checkout\\* failing?\n"
        "- 2025-11-24 16:00:01 UTC **found** checkout lacks the key url"
        " (missing-secret-key, `secret shop/checkout-db`)\n"
        "- 2025-11-24 16:00:01 UTC **found** web crashes (crash-loop, `pod shop/web-*`)\n"
        "- 2025-11-24 16:00:02 UTC **proposed** Roll back deployment shop/checkout (W2 disruptive)\n"
        "- 2025-11-24 16:00:20 UTC **changed** `patch deployments.apps shop/checkout`:"
        " W2, approved by key y as `alice`, done\n"
        "- 2025-11-24 16:00:30 UTC **made** Roll back deployment shop/checkout. 2 of 2 pods ready\n"
        "- 2025-11-24 16:01:00 UTC **gone** checkout lacks the key url\n"
        "- 2025-11-24 16:01:01 UTC **proposed** Scale deployment shop/web from 1 to 2 (W1 reversible)\n"
        "- 2025-11-24 16:01:30 UTC **not made** Scale deployment shop/web from 1 to 2. Left by the person\n\n"
        "## Root causes\n\n"
        "### checkout lacks the key url\n\n"
        "- Cause: the key url is not in it\n"
        "- Object to change: `secret shop/checkout-db` in `prod`\n"
        "- Rule: `missing-secret-key`\n"
        "- Evidence: pods shop/checkout-1 status.reason = CreateContainerConfigError\n"
        "- Evidence: secrets shop/checkout-db data = user\n\n"
        "### web crashes\n\n"
        "- Cause: it ends with 1\n"
        "- Object to change: `pod shop/web-*` in `prod`\n"
        "- Rule: `crash-loop`\n\n"
        "## What was changed\n\n"
        "- Roll back deployment shop/checkout (W2 disruptive) in `prod`\n"
        "  - 2025-11-24 16:00:20 UTC `patch deployments.apps shop/checkout`: W2, approved by key y as `alice`, done\n\n"
        "## Open points\n\n"
        "- Not seen to be gone: web crashes (crash-loop, `pod shop/web-*`), last found 2025-11-24 16:01:00 UTC\n"
        "- Not made: Scale deployment shop/web from 1 to 2. Left by the person\n\n"
        "## Follow-ups\n\n*To be filled in: what keeps it from coming back, who does it, until when.*\n"
    )


def test_what_became_of_a_change_is_in_its_course() -> None:
    seen = Aftermath(ROLL_BACK, "unwell", (Note(Health.WARN, "still: web crashes"),), seconds=60.0)
    talk = [*TALK, Message("assistant", "", AT + 92, record=Record(aftermath=seen))]
    told = as_postmortem(CHAT, talk, [])
    assert f"**seen after it** {ROLL_BACK}: not well after 60 s; still: web crashes" in told
    assert postmortem_of(CHAT, talk, []).attempts[0].aftermath == seen


def test_a_finding_is_gone_only_when_the_same_look_does_not_find_it_again() -> None:
    other = looked(60, tool="diagnose deployment web")
    elsewhere = looked(61, text="cluster dev: nothing wrong")
    failed = Message("tool", "", AT + 62, "diagnose shop", record=Record(look_up=LookUp(ok=False)))
    [cause] = postmortem_of(CHAT, [looked(1, KEY, text=TOLD), other, elsewhere, failed], []).causes
    assert cause.gone == 0
    talk = [looked(1, KEY, text=TOLD), looked(60), looked(90, KEY), looked(120)]
    [cause] = postmortem_of(CHAT, talk, []).causes
    assert (cause.first, cause.last, cause.gone) == (AT + 1, AT + 90, AT + 120)
    assert cause.cause == "the key url is not in it"


def test_only_writes_of_its_own_plans_belong_to_it_and_what_took_them_back() -> None:
    talk = [proposed(2, ROLL_BACK), ended(30, ROLL_BACK, True, "ready"), proposed(50, ROLL_BACK)]
    acts = [
        act(1, 1, ROLL_BACK),
        act(2, 20, ROLL_BACK),
        act(3, 20, ROLL_BACK, cluster="dev"),
        act(4, 40, ROLL_BACK),
        act(5, 45, f"Undo: {ROLL_BACK}"),
        act(6, 46, f"Undo: {ROLL_BACK}", result="failed"),
        act(7, 55, ROLL_BACK, result=""),
    ]
    first, second = postmortem_of(CHAT, talk, acts).attempts
    assert ([each.seq for each in first.acts], [each.seq for each in first.undone]) == ([2], [5])
    assert ([each.seq for each in second.acts], second.outcome) == ([7], None)
    text = as_postmortem(CHAT, talk, acts)
    assert "16:00:45 UTC **undone** `patch" in text
    assert "  - taken back at 2025-11-24 16:00:45 UTC: `patch" in text
    assert f"- Taken back: {ROLL_BACK}\n- Result unknown: `patch deployments.apps shop/checkout`, for " in text


def test_what_nobody_decided_on_or_put_on_record_is_said() -> None:
    made = [proposed(2, SCALE), ended(3, SCALE, True, "made"), proposed(4, ROLL_BACK)]
    text = as_postmortem(CHAT, made, [])
    assert f"- {SCALE} (W2 disruptive) in `prod`\n  - not found in the audit log\n" in text
    assert f"- Proposed and left open: {ROLL_BACK}\n" in text
    bare = as_postmortem(CHAT, [], [])
    for words in ("Nothing was asked.", "None was found.", "\nNothing.\n", "None that the conversation tells of."):
        assert words in bare


def test_nothing_that_a_cluster_says_breaks_out_of_its_place() -> None:
    hostile = Symptom("rule", ObjectRef("pods", "a`b", "shop"), "# *x* \x1b[31m<b>")
    text = as_postmortem(CHAT, [looked(1, hostile)], [])
    assert "### \\# \\*x\\* " in text
    assert "``pod shop/a`b``" in text
    assert "\x1b" not in text


def test_each_of_several_namespaces_in_view_is_concerned() -> None:
    asked = Message("user", "what is wrong here?", AT, record=Record(focus=Focus("prod", "web,cart")))
    assert postmortem_of(CHAT, [asked], []).namespaces == ["cart", "web"]
