"""How many tokens fit into a model's context: each kind of server tells it in another place, if at all."""

import re
from typing import Any

from kubegenie_tui.llm.backend import Wire
from kubegenie_tui.llm.endpoint import Endpoint
from kubegenie_tui.llm.failures import library_errors

_IN_LIST = ("max_model_len", "context_length", "context_window", "max_context_length", "loaded_context_length")
"""vLLM and SGLang; OpenRouter and Together; Groq; Mistral; LM Studio."""
_OLLAMA_PORT = ":11434"
_OLLAMA_DEFAULT = 4096
"""What Ollama gives a model unless told otherwise; a longer prompt it cuts without a word."""
_SAID = re.compile(
    r"(?:context (?:length|window|size)|n_ctx)(?: of(?: the model)?| is| limit(?: is| of)?)?(?: only)?\s*[:=(]?\s*"
    r"(\d[\d,]{2,})",
    re.IGNORECASE,
)


async def context_of(endpoint: Endpoint) -> tuple[int, bool]:
    """Tokens that fit, 0 when the server does not tell; and whether that is sure, or may change once it is loaded.

    Raises:
        ModelError: it cannot be reached, or wants another key.
    """
    served = await endpoint.served()
    own = next((each for each in served or () if each["id"] == endpoint.door.model), {})
    if size := _first_size(own, _IN_LIST):
        return size, True
    try:
        if own.get("owned_by") == "llamacpp":
            return await _of_llama(endpoint), True
        if own.get("owned_by") == "library" or _OLLAMA_PORT in endpoint.door.server:
            return await _of_ollama(endpoint)
    except library_errors():
        return 0, True
    return 0, True


def context_in(error: Any, reason: str) -> int:
    """Tokens that fit, as the refusal of a longer request tells; 0 when it does not."""
    body = getattr(error, "body", None)
    if isinstance(body, dict) and (size := _first_size(body, ("n_ctx",))):
        return size
    said = _SAID.search(reason)
    return int(said[1].replace(",", "")) if said else 0


async def _of_llama(endpoint: Endpoint) -> int:
    props = await endpoint.get("/props")
    given = props.get("default_generation_settings") if isinstance(props, dict) else None
    return _first_size(given, ("n_ctx",)) or _first_size(props, ("n_ctx",))


async def _of_ollama(endpoint: Endpoint) -> tuple[int, bool]:
    """Of the loaded model; else of its own parameters; else what every model gets."""
    running = await endpoint.get("/api/ps")
    for each in (running.get("models") if isinstance(running, dict) else None) or ():
        if endpoint.door.model in (each.get("name"), each.get("model")) and (size := _first_size(each, _IN_LIST)):
            return size, True
    shown = await endpoint.post("/api/show", {"model": endpoint.door.model})
    parameters = str(shown.get("parameters", "")) if isinstance(shown, dict) else ""
    found = re.search(r"^num_ctx\s+(\d+)", parameters, re.MULTILINE)
    return (int(found[1]) if found else _OLLAMA_DEFAULT), False


def _first_size(told: Wire | Any, names: tuple[str, ...]) -> int:
    if not isinstance(told, dict):
        return 0
    return next((told[name] for name in names if isinstance(told.get(name), int) and told[name] > 0), 0)
