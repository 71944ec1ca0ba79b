"""Which part of a request a server refuses, read from its own words: there is no code for it that servers agree on."""

import re

from kubegenie_tui.llm.backend import Feature

_REFUSING = frozenset({400, 404, 405, 415, 422, 500, 501})
_USAGE = re.compile(r"stream_options|include_usage", re.IGNORECASE)
_TOOLS = re.compile(r"\btools?\b|\btool[_ -]?(choice|call|use)|function[_ -]?call", re.IGNORECASE)
_STREAM = re.compile(r"\bstream(ing)?\b", re.IGNORECASE)
_STOP = re.compile(r"\bstop\b", re.IGNORECASE)
_SCHEMA = re.compile(r"response_?format|json_?schema|guided|grammar|structured output", re.IGNORECASE)
_SYSTEM = re.compile(r"system\W+(role|message|prompt|instruction)|role\W+system|developer instruction", re.IGNORECASE)
_REFUSED = re.compile(
    r"not (be )?(supported|allowed|enabled)|unsupported|does(n't| not) support|only (user|supports)", re.I
)
_ABOUT_MESSAGES = re.compile(r"\brole\b|tool_call_id|messages?\[", re.IGNORECASE)


def refused_feature(status: int, reason: str) -> Feature | None:
    """The feature that a refusal is about; None when it is about something else.

    Wordings seen: Ollama "does not support tools", vLLM "requires --enable-auto-tool-choice", llama.cpp "tools param
    requires --jinja flag" (500), OpenRouter "No endpoints found that support tool use" (404), OpenAI "must be verified
    to stream this model", llama.cpp "Cannot use tools with stream", Gemma's template "System role not supported".
    """
    if status not in _REFUSING:
        return None
    if _SYSTEM.search(reason) and _REFUSED.search(reason):
        return "system"
    if _ABOUT_MESSAGES.search(reason):
        return None
    if _USAGE.search(reason):
        return "usage"
    if _STOP.search(reason):
        return "stop"
    if _SCHEMA.search(reason):
        return "schema"
    if _STREAM.search(reason):  # before tools: "cannot use tools with stream" is mended without losing them
        return "stream"
    return "tools" if _TOOLS.search(reason) else None
