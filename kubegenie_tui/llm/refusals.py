"""Which part of a request a server refuses, read from its own words: there is no code for it that servers agree on."""

import re
from typing import Literal

Feature = Literal["tools", "stream", "usage"]

_REFUSING = frozenset({400, 404, 405, 415, 422, 500, 501})
_USAGE = re.compile(r"stream_options|include_usage", re.IGNORECASE)
_TOOLS = re.compile(r"\btools?\b|\btool[_ -]?(choice|call|use)|function[_ -]?call", re.IGNORECASE)
_STREAM = re.compile(r"\bstream(ing)?\b", re.IGNORECASE)
_ABOUT_MESSAGES = re.compile(r"\brole\b|tool_call_id|messages?\[", re.IGNORECASE)


def refused_feature(status: int, reason: str) -> Feature | None:
    """The feature that a refusal is about; None when it is about something else.

    Wordings seen: Ollama "does not support tools", vLLM "requires --enable-auto-tool-choice", llama.cpp "tools param
    requires --jinja flag" (500), OpenRouter "No endpoints found that support tool use" (404), OpenAI "must be verified
    to stream this model".
    """
    if status not in _REFUSING or _ABOUT_MESSAGES.search(reason):
        return None
    if _USAGE.search(reason):
        return "usage"
    if _TOOLS.search(reason):
        return "tools"
    return "stream" if _STREAM.search(reason) else None
