"""How a model is asked on each rung of the ladder: what is sent, and how its answer is heard."""

import msgspec

from kubegenie_tui.llm import by_schema, by_text
from kubegenie_tui.llm.ability import Ability
from kubegenie_tui.llm.backend import Wire
from kubegenie_tui.llm.hearing import CallHearing, Hearing, PlainHearing
from kubegenie_tui.llm.told import RESULT_OF, without_system, without_tools


class Asking(msgspec.Struct, frozen=True):
    """One request."""

    request: Wire
    hearing: Hearing
    streams: bool


def asking(ability: Ability, model: str, messages: list[Wire], tools: list[Wire]) -> Asking:
    """The request for one answer."""
    names = frozenset(tool["function"]["name"] for tool in tools)
    streams = ability.streams
    more: Wire = {}
    hearing: Hearing = CallHearing(names)
    if not tools:
        hearing = PlainHearing()
    elif ability.rung == "schema":
        hearing = by_schema.SchemaHearing(names)
        more["response_format"] = by_schema.response_format(tools)
        messages = without_tools(messages, f"{by_text.described(tools)}\n\n{by_schema.HOW}", by_schema.written)
    elif ability.rung == "text":
        messages = without_tools(messages, f"{by_text.described(tools)}\n\n{by_text.HOW}", by_text.written)
        if ability.stops:
            more["stop"] = [f"\n{RESULT_OF}"]  # models go on and dream up the result
    else:
        more["tools"] = tools
        streams = streams and ability.rung == "streamed"
    if not ability.system:
        messages = without_system(messages)
    if streams:
        more |= {"stream": True}
        more |= {"stream_options": {"include_usage": True}} if ability.usage_option else {}
    return Asking({"model": model, "messages": messages, **more}, hearing, streams)
