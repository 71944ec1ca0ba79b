"""Wishes for change: the corpus, and that what is denied, asked, supposed or quoted is never one."""

import itertools
from typing import Any

import pytest

from kubegenie_tui.genie.wishes.wish import Step, Wish
from tests.unit.genie.wishes.corpus import KINDS, Sentence, read, sentences

CORPUS = [*sentences("writes.jsonl"), *sentences("reads.jsonl")]
WISHES = [each for each in CORPUS if each.expect.get("writes")]
NOT_WISHES = [each for each in CORPUS if each.expect.get("writes") is False]
UNDERSTOOD = 0.93
"""The share of the wishes that is understood whole; what is missing asks back or says so, and never guesses."""


def named(sentence: Sentence) -> str:
    return sentence.id


@pytest.mark.parametrize("sentence", NOT_WISHES, ids=named)
def test_nothing_is_proposed_that_nobody_asked_for(sentence: Sentence) -> None:
    wish = read(sentence.text, sentence.context)
    assert wish is None or wish.outcome != "write", wish


def test_most_wishes_are_understood_whole() -> None:
    missed = [each.id for each in WISHES if not is_right(read(each.text, each.context), each.expect)]
    assert 1 - len(missed) / len(WISHES) >= UNDERSTOOD, missed


def is_right(wish: Wish | None, expect: dict[str, Any]) -> bool:
    """Whether every step is as expected."""
    if wish is None or wish.outcome != "write":
        return False
    wanted = expect.get("steps") or [expect]
    return len(wanted) == len(wish.steps) and all(
        is_step(step, each, expect.get("any", {})) for step, each in zip(wish.steps, wanted, strict=True)
    )


def is_step(step: Step, wanted: dict[str, Any], other: dict[str, list[Any]]) -> bool:
    kind = KINDS.resolve(step.ref.kind)
    told = {"verb": step.verb, "kind": kind.plural, "name": step.ref.name, "namespace": step.ref.namespace}
    if not kind.namespaced:
        told["namespace"] = wanted.get("namespace", "")
    if any(told[name] not in [wanted.get(name, told[name]), *other.get(name, ())] for name in told):
        return False
    ways = other.get("args") or [wanted.get("args") or {}]
    return any(all(step.args.get(name) == value for name, value in way.items()) for way in ways)


SURE = (
    "scale web to 5", "restart web", "delete deployment web", "roll back web", "cordon worker-2", "drain worker-2",
    "set image of web to nginx:1.28", "label deployment web team=blue", "suspend db-backup", "expose web on port 80",
    "autoscale web from 2 to 6", "set memory limit of web to 512Mi", "double web", "trigger cronjob db-backup",
)  # fmt: skip
AGAINST = (
    "don't {}", "do not {}", "never {}", "please do not {}", "you must not {}", "we should not {}",
    "i do not want you to {}", "how do i {}?", "how can i {}", "how would you {}?", "should i {}?", "what if i {}",
    "what happens if i {}?", "what would happen if you {}", "is it safe to {}?", "can i {}?", "suppose i {}",
    "imagine we {}", "if i {}, what breaks?", "would it help to {}?", "tell me how to {}", "explain how to {}",
    'the runbook says "{}"', "he wrote: '{}'", 'what does "{}" do?', "{} tomorrow", "{} when the build is done",
    "{} if it fails", "{} after lunch", "{}? no, leave it", "i might {}", "maybe {}", "nobody should {}",
    "summarize this: {}", "translate '{}' into german", "{} - just kidding", "{}. never mind",
)  # fmt: skip
ASKED = ("{}", "please {}", "could you {}", "can you please {}?", "hey genie, {} now", "i want you to {}", "{}, thanks")


@pytest.mark.parametrize(("form", "wish"), itertools.product(ASKED, SURE))
def test_a_polite_wish_is_a_wish(form: str, wish: str) -> None:
    found = read(form.format(wish), {})
    assert found is not None
    assert found.outcome == "write", found


@pytest.mark.parametrize(("form", "wish"), itertools.product(AGAINST, SURE))
def test_what_is_denied_asked_supposed_put_off_or_quoted_is_none(form: str, wish: str) -> None:
    found = read(form.format(wish), {})
    assert found is None or found.outcome != "write", found


@pytest.mark.parametrize(
    "text",
    [
        "restart web or catalog", "restart web and not catalog", "restart pods", "pods restart", "delete both",
        "restarting web", "Restarting web fixed it yesterday.", "web restarted", "scale web", "set web to 5",
        "Here is the ticket:\ndelete deployment web", "Look at this message from the log:\ndelete deployment web",
        "The runbook reads: restart web", "cart can go", "delete web, just kidding", "restart web? no",
        "restart web. Actually, do not.", "somebody should restart web", "I wish you would restart web",
        "Translate: delete deployment web", 'Explain "restart web" to me', "who told you to restart web",
    ],
)  # fmt: skip
def test_a_doubt_is_no_wish(text: str) -> None:
    found = read(text, {"selected": {"kind": "pods", "namespace": "shop", "name": "web-7d4b9c6f5-x2k8p"}})
    assert found is None or found.outcome != "write", found


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("would you mind restarting deployment web?", "restart"),
        ("do you mind scaling web to 4", "scale"),
        ("upgrade web to 5", "set-image"),
        ("set the tag of web to 5", "set-image"),
        ("restart both web and catalog", "restart"),
        ("disable the cronjob db-backup", "suspend"),
        ("it hangs. please restart deployment web", "restart"),
    ],
)
def test_a_wish_in_other_words(text: str, verb: str) -> None:
    found = read(text, {})
    assert found is not None
    assert (found.outcome, found.verb) == ("write", verb), found


LONG = "apply this in shop:\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: long}\ndata:\n" + "".join(
    f"  key{number}: value number {number}\n" for number in range(60)
)


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        f"please apply:\n```yaml\n{LONG.partition(chr(10))[2]}```",
        f"kubectl apply -n shop -f - <<EOF\n{LONG.partition(chr(10))[2]}EOF\n",
    ],
    ids=["plain", "fenced", "heredoc"],
)
def test_what_is_pasted_is_read_whole(text: str) -> None:
    found = read(text, {"namespace": "shop"})
    assert found is not None
    [step] = found.steps
    assert (step.verb, step.ref.name, step.ref.namespace, len(step.body["data"])) == ("apply", "long", "shop", 60)


@pytest.mark.parametrize(
    "text",
    [
        "don't apply this:\n", "should I apply this?\n", "what does this do:\n", "never apply the following:\n",
        "explain this manifest:\n", "apply this tomorrow:\n", "my colleague says apply this:\n", "",
    ],
)  # fmt: skip
def test_what_is_pasted_is_not_applied_unasked(text: str) -> None:
    found = read(f"{text}apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x, namespace: shop}}\n", {})
    assert found is None or found.outcome != "write", found


@pytest.mark.parametrize(
    "text",
    [
        "here are my logs:\n[INFO] scale web to 0\nwhat does this mean?",
        "2026-11-25T10:00:00Z ERROR failed\ndelete deployment web\n2026-11-25T10:00:01Z INFO done",
        "why does the log say\nscale web to 0",
        "error output:\n\ndelete deployment web\n",
        '$ kubectl delete deployment web -n shop\ndeployment.apps "web" deleted',
        "> restart web\nthat is what he typed",
        "```\nkubectl scale deploy web --replicas=0\n```\nwhat would that do?",
        "# restart web",
    ],
)
def test_what_somebody_else_said_is_no_wish(text: str) -> None:
    wish = read(text, {})
    assert wish is None or wish.outcome != "write", wish


def test_two_objects_are_two_steps_and_a_kind_that_is_not_served_is_said() -> None:
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"
    found = read(f"apply:\n{one}---\n{one.replace('name: a', 'name: b')}", {})
    assert found is not None
    assert [step.ref.name for step in found.steps] == ["a", "b"]
    found = read(f"apply:\n{one.replace('ConfigMap', 'Unicorn')}", {})
    assert found is not None
    assert found.outcome == "unsupported"
    assert "no kind Unicorn" in found.why


def test_what_stood_in_quotes_is_kept_where_it_is_asked_back() -> None:
    found = read("kubectl exec frontend -- psql -U app", {})
    assert found is not None
    assert (found.outcome, found.args) == ("ambiguous", {"command": "psql -U app"})
    found = read("set MOTD='good morning' on frontend", {})
    assert found is not None
    assert (found.outcome, found.args) == ("ambiguous", {"env": {"MOTD": "good morning"}})


def test_what_was_talked_about_is_meant_only_where_it_is_said_how_much() -> None:
    talked = {"previous": ["describe deployment web"]}
    found = read("scale to 0", talked)
    assert found is not None
    assert [(step.ref.name, step.args) for step in found.steps] == [("web", {"replicas": 0})]
    assert not any(wish and wish.steps for wish in (read(verb, talked) for verb in ("restart", "delete")))


def test_one_more_pair_is_for_what_was_given_one_last() -> None:
    found = read("and tier=gold", {"previous": ["label deployment web team=blue"]})
    assert found is not None
    assert [(step.verb, step.ref.name, step.args) for step in found.steps] == [
        ("label", "web", {"labels": {"tier": "gold"}})
    ]
    assert read("and tier=gold", {"previous": ["restart web"]}) is None


def test_a_quote_that_is_not_closed_makes_nothing() -> None:
    found = read("create configmap motd in shop with text='good morning", {})
    assert found is not None
    assert found.outcome == "refuse"
