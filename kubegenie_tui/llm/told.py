"""A conversation with tools told to a server without them: calls and results as plain messages, in turns."""

from collections.abc import Callable

from kubegenie_tui.llm.backend import Wire

RESULT_OF = "Result of "
"""How the message with a result begins."""
Write = Callable[[str, str], str]
"""How a call with a name and arguments is written."""


def without_tools(messages: list[Wire], how: str, write: Write) -> list[Wire]:
    """The same conversation; `how` is added to what the model is told first."""
    names: dict[str, str] = {}
    told: list[Wire] = []
    for message in messages:
        if message["role"] == "tool":
            name = names.get(message["tool_call_id"], "the tool")
            told.append({"role": "user", "content": f"{RESULT_OF}{name}:\n{message['content']}"})
        elif calls := message.get("tool_calls"):
            names |= {call["id"]: call["function"]["name"] for call in calls}
            written = [write(call["function"]["name"], call["function"]["arguments"]) for call in calls]
            told.append({"role": "assistant", "content": "\n".join(filter(None, [message["content"], *written]))})
        else:
            told.append(message)
    if not told or told[0]["role"] != "system":
        told.insert(0, {"role": "system", "content": ""})
    told[0] = {**told[0], "content": f"{told[0]['content']}\n\n{how}".strip()}
    return in_turns(told)


def without_system(messages: list[Wire]) -> list[Wire]:
    """What the model is told first, at the head of the first question: some templates know no system role."""
    system = [message["content"] for message in messages if message["role"] == "system"]
    rest = [message for message in messages if message["role"] != "system"]
    if not system:
        return rest
    if not rest or rest[0]["role"] != "user":
        return [{"role": "user", "content": "\n\n".join(system)}, *rest]
    return [{**rest[0], "content": "\n\n".join([*system, rest[0]["content"]])}, *rest[1:]]


def in_turns(messages: list[Wire]) -> list[Wire]:
    """One message for what the same side says in a row: some servers and templates want the sides to alternate."""
    turns: list[Wire] = []
    for message in messages:
        if turns and turns[-1]["role"] == message["role"]:
            turns[-1] = {**message, "content": f"{turns[-1]['content']}\n\n{message['content']}"}
        else:
            turns.append(message)
    return turns
