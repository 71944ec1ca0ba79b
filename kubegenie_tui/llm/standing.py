"""A model as a person sees it in a list: who it is, where, and what is known of it."""

import asyncio

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.model_settings import Profile
from kubegenie_tui.llm.ability import RUNG_WORDS
from kubegenie_tui.llm.openai_backend import OpenAIBackend

LOOK_SECONDS = 3.0
"""How long a server may take to list its models."""


class Standing(msgspec.Struct, frozen=True):
    """What is known of one model. None: not known."""

    name: str
    """Of the settings."""
    model: str
    server: str
    asked_by: str = ""
    """How it is asked for calls; empty until that was learnt."""
    calls: bool | None = None
    parallel: bool | None = None
    counts_tokens: bool | None = None
    context: int = 0
    profile: Profile = "full"
    learnt: float = 0.0
    """Seconds since the epoch; 0 for never."""
    reachable: bool | None = None
    problem: str = ""
    """Why it is not reachable."""
    offers: tuple[str, ...] = ()
    """The models that its server lists."""


async def known(name: str, backend: OpenAIBackend) -> Standing:
    """What was learnt of a model before; nobody is asked."""
    await backend.recall()
    ability = backend.ability
    return Standing(
        name,
        backend.model,
        backend.server,
        RUNG_WORDS[ability.rung] if ability.learnt else "",
        ability.calls,
        ability.parallel,
        ability.usage,
        backend.context_tokens,
        backend.profile,
        ability.learnt,
    )


async def looked_at(name: str, backend: OpenAIBackend) -> Standing:
    """The same, with whether its server can be reached and what that offers."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            offers = await backend.models()
    except TimeoutError:
        standing, problem = await known(name, backend), f"no answer in {LOOK_SECONDS:.0f} s"
    except KubeGenieError as error:
        standing, problem = await known(name, backend), str(error)
    else:
        return msgspec.structs.replace(await known(name, backend), reachable=True, offers=tuple(offers))
    return msgspec.structs.replace(standing, reachable=False, problem=problem)
