"""Calls that a model wrote into its text, in whatever form it was taught: nobody else reads them for us."""

import ast
import json
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

import msgspec

from kubegenie_tui.llm.loose_json import read_first, read_loose

Names = Collection[str]


class Spoken(msgspec.Struct, frozen=True):
    """One call as it stands in a text."""

    name: str
    arguments: str
    """JSON; as the model wrote it when it is none."""
    start: int
    """Where in the text it begins, its mark included."""


_NAME_KEYS = ("name", "tool", "tool_name", "function_name", "action")
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "params", "input", "action_input", "tool_input", "kwargs")
_WRAPPERS = ("function", "call", "tool_call", "function_call")
_BLOCK = re.compile(
    r"<(?P<tag>tool_calls?|function_calls?|tools?)>\s*(?P<tagged>.*?)\s*(?:</(?P=tag)>|(?=<(?P=tag)>)|\Z)"
    r"|```[ \t]*(?P<fence>\w*)[ \t]*\n(?P<fenced>.*?)(?:\n?[ \t]*```|\Z)"
    r"|(?:<\|python_tag\|>|<\|tool_call\|>|functools(?=\[))(?P<rest>.*?)(?:<\|eom_id\|>|<\|/tool_call\|>|\Z)"
    r"|\[TOOL_CALLS\]\s*(?P<mistral>.*?)(?=\[TOOL_CALLS\]|\Z)",
    re.DOTALL,
)
_XML = re.compile(r"<function=(?P<name>[\w.-]+)>(?P<body>.*?)(?:</function>|\Z)", re.DOTALL)
_XML_ARGUMENT = re.compile(r"<parameter=([\w.-]+)>\n?(.*?)\n?\s*(?:</parameter>|(?=<parameter=)|\Z)", re.DOTALL)
_GLM = re.compile(
    r"<tool_call>\s*(?P<name>[\w.-]+)\s*(?P<body>(?:<arg_key>.*?</arg_key>\s*<arg_value>.*?</arg_value>\s*)*)"
    r"(?:</tool_call>|(?=<tool_call>)|\Z)",
    re.DOTALL,
)
_GLM_ARGUMENT = re.compile(r"<arg_key>\s*(.*?)\s*</arg_key>\s*<arg_value>\n?(.*?)\n?</arg_value>", re.DOTALL)
_DEEPSEEK = re.compile(
    r"(?:<\uff5ctool\u2581calls\u2581begin\uff5c>\s*)?<\uff5ctool\u2581call\u2581begin\uff5c>"
    r"(?:function<\uff5ctool\u2581sep\uff5c>)?(?P<name>[\w.-]+)(?:<\uff5ctool\u2581sep\uff5c>|\s)*(?:```(?:json)?\s*)?"
    r"(?P<body>.*?)\s*(?:```\s*)?(?:<\uff5ctool\u2581call\u2581end\uff5c>|\Z)",
    re.DOTALL,
)
_HARMONY = re.compile(
    r"(?:<\|start\|>assistant)?<\|channel\|>\w+ to=functions\.(?P<name>[\w-]+)[^\n{]*?<\|message\|>(?P<body>.*?)"
    r"(?:<\|call\|>|\Z)",
    re.DOTALL,
)
_REACT = re.compile(r"^[ \t*]*Action:?\**:?[ \t]*`?(?P<name>\w+)`?[ \t]*\n+[ \t*]*Action Input:?\**:?[ \t]*", re.M)
_NAMED_JSON = re.compile(r"^\s*(?:functions\.)?(?P<name>\w+)\s*(?:\[ARGS\]|:)?\s*\(?\s*(?=\{)")
_BARE = re.compile(r"^[ \t]*(?=\{|\[\s*\{)", re.M)
_LIST_OF_CALLS = re.compile(r"^\s*\[\s*\w+\(.*\)\s*\]\s*$", re.DOTALL)
_BROKEN_NAME = re.compile(r'"(?:name|tool)"\s*:\s*"(\w+)"')


def calls_in(text: str, names: Names) -> list[Spoken]:
    """The calls of a text, in order; a mention of a tool in a sentence is none.

    Known forms: Hermes and Qwen (`<tool_call>`), Qwen Coder (`<function=…>`), Llama 3 (`{"name", "parameters"}`,
    `<|python_tag|>`), Llama 4 (`[list(kind="pods")]`), Mistral (`[TOOL_CALLS]`), Phi (`functools[…]`), ReAct
    (`Action:`, `Action Input:`), GLM (`<arg_key>`), DeepSeek and gpt-oss (marks of their own), fenced or bare JSON with
    a tool's name in it.
    """
    readers: tuple[Callable[[str, Names], Iterator[Spoken]], ...] = (_in_xml, _in_marks, _in_blocks, _in_react, _bare)
    for read in readers:
        if found := list(read(text, names)):
            return found
    return _in_python(text, 0, names) if _LIST_OF_CALLS.match(text) else []


def calls_of_value(value: Any, names: Names, start: int = 0, *, is_certain: bool = False) -> list[Spoken]:
    """The calls that a JSON value stands for. `is_certain`: it can only be a call, of a tool that may not be there."""
    if isinstance(value, list):
        return [call for each in value for call in calls_of_value(each, names, start, is_certain=is_certain)]
    if not isinstance(value, dict):
        return []
    if isinstance(inner := value.get("tool_calls"), list):
        return calls_of_value(inner, names, start, is_certain=True)
    for wrapper in _WRAPPERS:
        if isinstance(value.get(wrapper), dict):
            return calls_of_value(value[wrapper], names, start, is_certain=True)
    name = next((value[key] for key in (*_NAME_KEYS, "function") if isinstance(value.get(key), str)), "")
    name = name.removeprefix("functions.")
    given = next((value[key] for key in _ARGUMENT_KEYS if key in value), None)
    if (name in names and given is not None) or (name and is_certain):
        return [Spoken(name, _as_json(given), start)]
    if (
        len(value) == 1
        and isinstance(given := next(iter(value.values())), dict)
        and (name := next(iter(value))) in names
    ):
        return [Spoken(name, _as_json(given), start)]
    return []


def _as_json(given: Any) -> str:
    if isinstance(given, str):
        return given or "{}"
    return json.dumps({} if given is None else given, ensure_ascii=False, default=str)


def _in_blocks(text: str, names: Names) -> Iterator[Spoken]:
    """Within marks that say that a call follows."""
    for block in _BLOCK.finditer(text):
        body = next((part for part in block.group("tagged", "fenced", "rest", "mistral") if part is not None), "")
        is_certain = block["fenced"] is None or block["fence"].startswith("tool")
        yield from _of_body(body, block.start(), names, is_certain=is_certain)


def _of_body(body: str, start: int, names: Names, *, is_certain: bool) -> Iterator[Spoken]:
    """`is_certain`: whether the mark around it says that this is a call and nothing else."""
    found = list(_values(body, names, start, is_certain=is_certain))
    if not found and (named := _NAMED_JSON.match(body)) and (is_certain or named["name"] in names):
        value = read_first(body, named.end())
        found = [Spoken(named["name"], _as_json(value[0]) if value else body[named.end() :], start)]
    if not found and is_certain:
        found = _in_python(body, start, names) or _broken(body, start, names)
    yield from found


def _values(body: str, names: Names, start: int, *, is_certain: bool) -> Iterator[Spoken]:
    """JSON values one after the other."""
    at = _next_bracket(body, 0)
    if at is None or body[:at].strip():
        return
    while at is not None:
        value = read_first(body, at)
        if value is None:
            yield from _whole(body[at:], names, start, is_certain=is_certain)
            return
        yield from calls_of_value(value[0], names, start, is_certain=is_certain)
        at = _next_bracket(body, value[1])


def _whole(body: str, names: Names, start: int, *, is_certain: bool = False) -> list[Spoken]:
    try:
        return calls_of_value(read_loose(body), names, start, is_certain=is_certain)
    except ValueError:
        return []


def _next_bracket(text: str, at: int) -> int | None:
    places = [place for place in (text.find("{", at), text.find("[", at)) if place >= 0]
    return min(places) if places else None


def _broken(body: str, start: int, names: Names) -> list[Spoken]:
    """A call whose JSON nobody can read: its tool will say so to the model."""
    name = _BROKEN_NAME.search(body)
    return [Spoken(name[1], body, start)] if name and name[1] in names else []


def _in_python(body: str, start: int, names: Names) -> list[Spoken]:
    """`list(kind="pods")`, or several in a list."""
    try:
        parsed = ast.parse(body.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return []
    found = []
    for each in parsed.elts if isinstance(parsed, ast.List) else [parsed]:
        if not (isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in names):
            return []
        try:
            given = {word.arg: ast.literal_eval(word.value) for word in each.keywords if word.arg}
        except ValueError:
            return []
        found.append(Spoken(each.func.id, _as_json(given), start))
    return found


def _in_xml(text: str, _: Names) -> Iterator[Spoken]:
    for call in _XML.finditer(text):
        body = call["body"].strip()
        given = {name: _scalar(value) for name, value in _XML_ARGUMENT.findall(body)}
        arguments = body if body.startswith("{") else _as_json(given)
        before = text[: call.start()]
        mark = before.rfind("<tool_call>")
        start = mark if mark >= 0 and not before[mark + len("<tool_call>") :].strip() else call.start()
        yield Spoken(call["name"], arguments, start)


def _in_marks(text: str, names: Names) -> Iterator[Spoken]:
    """Between marks that only models of one school write."""
    for call in _GLM.finditer(text):
        if call["body"] or call["name"] in names:
            given = {name: _scalar(value) for name, value in _GLM_ARGUMENT.findall(call["body"])}
            yield Spoken(call["name"], _as_json(given), call.start())
    for pattern in (_DEEPSEEK, _HARMONY):
        for call in pattern.finditer(text):
            yield Spoken(call["name"], call["body"].strip() or "{}", call.start())


def broken_in(text: str, names: Names) -> list[Spoken]:
    """The call of a text that was cut or written wrongly: its tool will say so to the model."""
    return _broken(text, 0, names)


def _scalar(value: str) -> Any:
    """A number, a truth or an object is meant as such; anything else is text."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _in_react(text: str, _: Names) -> Iterator[Spoken]:
    call = _REACT.search(text)
    if call is None:
        return
    value = read_first(text, call.end())
    given = _as_json(value[0]) if value else text[call.end() :].partition("\n")[0].strip()
    yield Spoken(call["name"], given or "{}", call.start())


def _bare(text: str, names: Names) -> Iterator[Spoken]:
    """JSON that begins a line and names a tool."""
    at = 0
    while found := _BARE.search(text, at):
        value = read_first(text, found.end())
        if value is None:
            yield from _whole(text[found.end() :], names, found.start())
            return
        yield from calls_of_value(value[0], names, found.start())
        at = value[1]
