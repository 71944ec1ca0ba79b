import base64
from typing import Any

import pytest

from kubegenie_tui.domain.errors import Invalid
from kubegenie_tui.domain.helm_run import HelmRun
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb
from kubegenie_tui.domain.sent_values import hide_values, sent_by, without_values

CANARY = "a canary/7"
ENCODED = base64.b64encode(CANARY.encode()).decode()
CONTAINER = {"name": "app", "env": [{"name": "MODE", "value": CANARY}]}
SENT: dict[str, Any] = {
    "a variable": {"spec": {"template": {"spec": {"containers": [CONTAINER]}}}},
    "an annotation": {"metadata": {"annotations": {"example.com/mode": CANARY}}},
    "a ConfigMap": {"data": {"mode": CANARY}},
    "a file in a ConfigMap": {"data": {"app.conf": f"a: b\nmode = {CANARY}\n"}},
    "a JSON file in a ConfigMap": {"data": {"app.json": f'{{\n  "mode": "{CANARY}",\n  "a": 1\n}}'}},
    "a Secret": {"data": {"mode": ENCODED}},
    "a Secret in the clear": {"stringData": {"mode": CANARY}},
    "a command": {"spec": {"containers": [{"command": ["run", CANARY]}]}},
    "a credential of a custom object": {"spec": {"admin": {"password": CANARY}}},
    "a JSON patch": [{"op": "add", "path": "/metadata/annotations/x", "value": CANARY}],
}


@pytest.mark.parametrize("body", SENT.values(), ids=SENT)
@pytest.mark.parametrize("quoted", [CANARY, f'"{CANARY}"', ENCODED])
def test_what_was_sent_is_not_in_what_was_said(body: Any, quoted: str) -> None:
    said = without_values(f"denied: {quoted} is no mode", [body])
    assert said in ("denied: … is no mode", 'denied: "…" is no mode')


def test_a_value_with_quotes_is_known_as_json_has_it() -> None:
    assert without_values('denied: "it is \\"so\\""', [{"data": {"a": 'it is "so"'}}]) == 'denied: "…"'


def test_a_number_is_known() -> None:
    told = "expected string, got &value.valueUnstructured{Value:902101}"
    assert "902101" not in without_values(told, [{"data": {"pin": 902101}}])


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {"name": "web", "labels": {"app": "web"}}, "spec": {"replicas": 3, "image": "web:1"}},
        {"data": {"a": "is", "b": "true", "c": "", "d": None, "e": True}},
        {"spec": {"secretName": "web"}},
        [],
        None,
    ],
)
def test_names_and_short_values_stay(body: Any) -> None:
    said = "web is true: web:1 with 3 replicas cannot be"
    assert without_values(said, [body]) == said


def test_a_part_of_a_word_stays() -> None:
    assert without_values("productions in prod", [{"data": {"a": "prod"}}]) == "productions in …"


def test_an_error_is_told_without_what_a_plan_and_its_chart_send() -> None:
    chart = HelmRun("install", "cache", "shop", b"", {"auth": {"password": "chart-word"}}, "prod", "")
    step = Step(Verb.PATCH, ObjectRef("configmaps", "web", "shop"), {"data": {"mode": CANARY}})
    plan = Plan("Patch it", "prod", (step,), helm=chart)
    error = Invalid(f"{CANARY} is no mode", f"chart-word and {CANARY}", "look")
    assert str(hide_values(error, sent_by(plan))) == "… is no mode · … and … · look"
