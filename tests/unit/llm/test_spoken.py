"""Calls in the text, as models of all schools write them, and sentences that only look like calls."""

import json

import pytest

from kubegenie_tui.llm.by_schema import SchemaHearing
from kubegenie_tui.llm.hearing import CallHearing, Hearing

NAMES = frozenset({"list", "get", "logs"})
PODS = '{"kind": "pods"}'


def heard(hearing: Hearing, text: str, size: int) -> tuple[str, list[tuple[str, str]]]:
    said = "".join(hearing.take(text[at : at + size]) for at in range(0, len(text), size))
    rest, calls = hearing.end()
    return (said + rest).strip(), [(call.name, call.arguments) for call in calls]


CALLS = {
    "hermes": f'<tool_call>\n{{"name": "list", "arguments": {PODS}}}\n</tool_call>',
    "hermes without its end": f'<tool_call>\n{{"name": "list", "arguments": {PODS}}}',
    "qwen coder": "<tool_call>\n<function=list>\n<parameter=kind>\npods\n</parameter>\n</function>\n</tool_call>",
    "llama 3": f'{{"name": "list", "parameters": {PODS}}}',
    "llama 3 with its type": f'{{"type": "function", "function": {{"name": "list", "parameters": {PODS}}}}}',
    "llama 3 with its tag": f'<|python_tag|>{{"name": "list", "parameters": {PODS}}}',
    "llama 4": '[list(kind="pods")]',
    "mistral": f'[TOOL_CALLS][{{"name": "list", "arguments": {PODS}}}]',
    "mistral, newer": f"[TOOL_CALLS]list[ARGS]{PODS}",
    "phi": f'functools[{{"name": "list", "arguments": {PODS}}}]',
    "react, and a dreamt result": f"Action: list\nAction Input: {PODS}\nObservation: 7 pods\nFinal answer: 7",
    "react, bold": f"**Action:** list\n**Action Input:** {PODS}",
    "openai's own shape": f'{{"tool_calls": [{{"function": {{"name": "list", "arguments": {json.dumps(PODS)}}}}}]}}',
    "glm": "<tool_call>list\n<arg_key>kind</arg_key>\n<arg_value>pods</arg_value>\n</tool_call>",
    "deepseek 3": (
        "<\uff5ctool\u2581calls\u2581begin\uff5c><\uff5ctool\u2581call\u2581begin\uff5c>function<\uff5ctool\u2581sep\uff5c>list\n"
        f"```json\n{PODS}\n```<\uff5ctool\u2581call\u2581end\uff5c><\uff5ctool\u2581calls\u2581end\uff5c>"
    ),
    "deepseek 3.1": (
        f"<\uff5ctool\u2581calls\u2581begin\uff5c><\uff5ctool\u2581call\u2581begin\uff5c>list<\uff5ctool\u2581sep\uff5c>{PODS}"
        "<\uff5ctool\u2581call\u2581end\uff5c><\uff5ctool\u2581calls\u2581end\uff5c>"
    ),
    "gpt-oss": f"<|channel|>commentary to=functions.list <|constrain|>json<|message|>{PODS}<|call|>",
    "gpt-oss from its start": f"<|start|>assistant<|channel|>commentary to=functions.list json<|message|>{PODS}",
    "our block": f'```tool\n{{"name": "list", "arguments": {PODS}}}\n```',
    "our block with words behind": f'```tool\n{{"name": "list", "arguments": {PODS}}}\n```\nThere are 7 pods.',
    "our block, cut": '```tool\n{"name": "list", "arguments": {"kind": "pods"',
    "a block of json with other words": '```json\n{"tool": "list", "args": {"kind": "pods",},}\n```',
    "a block with a name before": f"```tool\nlist {PODS}\n```",
    "python's words": "```tool\n{'name': 'list', 'arguments': {'kind': 'pods'}}\n```",
    "python itself": '```tool_code\nlist(kind="pods")\n```',
    "curly quotes": "```tool\n{“name”: “list”, “arguments”: {“kind”: “pods”}}\n```",
    "the name as a key": f'{{"list": {PODS}}}',
    "a call of the schema": f'{{"call": {{"name": "list", "arguments": {PODS}}}}}',
}


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS.keys())
def test_a_call_is_understood_however_it_is_written(text: str, size: int) -> None:
    said, [(name, arguments)] = heard(CallHearing(NAMES), text, size)
    assert (said, name, json.loads(arguments)) == ("", "list", {"kind": "pods"})


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_what_is_said_before_is_answer_and_what_is_said_behind_is_dreamt(size: int) -> None:
    block = f'```tool\n{{"name": "list", "arguments": {PODS}}}\n```'
    said, calls = heard(CallHearing(NAMES), f"I look it up.\n{block}\nResult: 9 pods, all broken.", size)
    assert said == "I look it up."
    assert calls == [("list", PODS)]


def test_several_calls_are_several() -> None:
    one, other = f'{{"name": "list", "arguments": {PODS}}}', '{"name": "get", "arguments": {"kind": "pods"}}'
    for text in (
        f"<tool_call>{one}</tool_call>\n<tool_call>{other}</tool_call>",
        f"[{one}, {other}]",
        f"{one}\n{other}",
    ):
        assert [name for name, _ in heard(CallHearing(NAMES), text, 5)[1]] == ["list", "get"]


def test_several_calls_between_marks_are_several() -> None:
    glm = "<tool_call>{}\n<arg_key>kind</arg_key>\n<arg_value>pods</arg_value>\n</tool_call>"
    mark = (
        "<\uff5ctool\u2581call\u2581begin\uff5c>{}<\uff5ctool\u2581sep\uff5c>{{}}<\uff5ctool\u2581call\u2581end\uff5c>"
    )
    for form in (glm, mark):
        text = f"I look.\n{form.format('list')}\n{form.format('get')}"
        said, calls = heard(CallHearing(NAMES), text, 5)
        assert (said, [name for name, _ in calls]) == ("I look.", ["list", "get"])


def test_arguments_that_nobody_can_read_are_handed_on_for_the_tool_to_complain() -> None:
    [(name, arguments)] = heard(CallHearing(NAMES), '```tool\n{"name": "list", "arguments": {"kind": ]]}\n```', 9)[1]
    assert name == "list"
    assert "]]" in arguments


UNKNOWN = [
    '```tool\n{"name": "delete", "arguments": {"kind": "pods"}}\n```',
    '<tool_call>{"name": "delete", "arguments": {"kind": "pods"}}</tool_call>',
    "<function=delete><parameter=kind>pods</parameter></function>",
    'Action: delete\nAction Input: {"kind": "pods"}',
    '{"call": {"name": "delete", "arguments": {"kind": "pods"}}}',
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_call_of_a_tool_that_is_not_there_is_one_so_that_the_model_learns_of_it(text: str) -> None:
    assert heard(CallHearing(NAMES), text, 3) == ("", [("delete", PODS)])


def test_a_tool_that_takes_nothing_needs_no_arguments() -> None:
    assert heard(CallHearing(NAMES), '```tool\n{"name": "list"}\n```', 3) == ("", [("list", "{}")])


NO_CALLS = [
    'Use `list(kind="pods")`, or {"name": "list"} as it were.',
    'Here:\n```yaml\nkind: Pod\nname: list\n```\nand\n```json\n{"kind": "Pod", "name": "web"}\n```\nend',
    "[link](http://x) is good\nnext",
    '{"a": 1}\nis JSON',
    "Action: restart it yourself",
    "```\nlist pods\n```\nok",
    "a < b, and ``` alone",
    '{"name": "drop", "arguments": {}}',
    '```json\n{"name": "web", "arguments": ["--debug"]}\n```',
    "- [ ] todo\n{x}\n[y]: z",
]


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("text", NO_CALLS)
def test_what_only_looks_like_a_call_is_said(text: str, size: int) -> None:
    assert heard(CallHearing(NAMES), text, size) == (text, [])


def test_an_answer_streams_while_nothing_of_it_looks_like_a_call() -> None:
    hearing = CallHearing(NAMES)
    text = "All is well.\n```yaml\nkind: Pod\n```\nNothing to do"
    assert "".join(hearing.take(char) for char in text) == text


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize(
    ("text", "said", "calls"),
    [
        (r'{"answer": "Hi \"you\" \u00e9 \ud83d\ude80\n- x"}', 'Hi "you" é 🚀\n- x', []),
        ('```json\n{"answer": "yes"}\n```', "yes", []),
        ('{"call": {"name": "list", "arguments": {"kind": "pods"}}}', "", [("list", PODS)]),
        ('{"name": "list", "arguments": {"kind": "pods"}}', "", [("list", PODS)]),
        ('{"answer": ""}', "", []),
    ],
)
def test_an_answer_by_the_schema_is_a_text_or_a_call(
    text: str, said: str, calls: list[tuple[str, str]], size: int
) -> None:
    hearing = SchemaHearing(NAMES)
    assert heard(hearing, text, size) == (said, calls)
    assert not hearing.was_ignored


@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_call_by_the_schema_that_was_cut_is_one_for_its_tool_to_complain_of(size: int) -> None:
    hearing, text = SchemaHearing(NAMES), '{"call": {"name": "list", "arguments": {"kind": "po'
    assert heard(hearing, text, size) == ("", [("list", text)])
    assert not hearing.was_ignored


def test_an_answer_by_the_schema_streams() -> None:
    hearing = SchemaHearing(NAMES)
    assert hearing.take('{"answer": "One tw') == "One tw"
    assert hearing.take("o\\") == "o"
    assert hearing.take("n") == "\n"


@pytest.mark.parametrize("text", ["There are 3 pods.", '{"reply": "3 pods"}'])
def test_a_model_that_keeps_to_no_schema_is_heard_all_the_same(text: str) -> None:
    hearing = SchemaHearing(NAMES)
    assert heard(hearing, text, 3) == (text, [])
    assert hearing.was_ignored
