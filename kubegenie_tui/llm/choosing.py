"""Which model answers, from the settings and the environment."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubegenie_tui.llm.openai_backend import OpenAIBackend
    from kubegenie_tui.settings import ModelSettings


def backend_from(model: "ModelSettings", environ: Mapping[str, str] = os.environ) -> "OpenAIBackend | None":
    """The backend that the settings name; None when there is neither an address nor a key."""
    key = model.api_key(environ)
    if not model.base_url and not key:
        return None
    from kubegenie_tui.llm.openai_backend import OpenAIBackend

    return OpenAIBackend(model.base_url, key, model.name, key_env=model.api_key_env)
