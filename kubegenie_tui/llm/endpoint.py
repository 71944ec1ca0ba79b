"""One model server: its client with key, headers, proxy and certificates, and what it tells of its models."""

import asyncio
import os
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.llm.backend import Wire
from kubegenie_tui.llm.failures import Door, library_errors, model_error, unknown_model

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 10.0
_ASIDE_SECONDS = 5.0
"""How long a question on the side may take."""
_NOT_FOR_CHAT = ("embed", "whisper", "tts", "dall-e", "moderation", "rerank", "transcribe", "realtime", "image", "sora")


class Endpoint:
    """The connection to one server, for one model."""

    def __init__(
        self,
        door: Door,
        settings: ModelSettings,
        *,
        read_timeout: float,
        fetch_key: Callable[[], str] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """`fetch_key`: reads the key from where it is kept, in a thread, when the first request comes."""
        self.door = door
        self._settings = settings
        self._read_timeout = read_timeout
        self._fetch_key = fetch_key
        self._environ = environ
        self._client: AsyncOpenAI | None = None

    async def open(self) -> None:
        """Import and set up the client library, in a thread.

        Raises:
            ModelError: the key or the certificates cannot be read.
            SettingsError: a header names a variable that is not set.
        """
        if self._client is None:
            self._client = await asyncio.to_thread(self._new_client)

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def create(self, request: Wire) -> Any:
        """The response to a chat request; raises what the library does."""
        assert self._client is not None
        return await self._client.chat.completions.create(**request, extra_body=self._settings.extra_body or None)

    def to_the_letter(self, request: Wire) -> Wire:
        """A request with all that goes into its body."""
        return {**request, **self._settings.extra_body}

    async def served(self) -> list[Wire] | None:
        """The models that the server lists, each with what it tells of it; None when it cannot say.

        Raises:
            ModelError: it cannot be reached, or wants another key.
        """
        import openai

        try:
            answer = await self.get("models")
        except (openai.APIConnectionError, openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise model_error(error, self.door) from None
        except library_errors():
            return None
        listed = answer.get("data") if isinstance(answer, dict) else answer
        return [each for each in listed or () if isinstance(each, dict) and isinstance(each.get("id"), str)]

    async def names(self) -> list[str] | None:
        """The same, names only."""
        served = await self.served()
        return None if served is None else [str(each["id"]) for each in served]

    async def first_model(self) -> str:
        """The first one that chats.

        Raises:
            ModelError: there is none, or the server cannot say.
        """
        names = await self.names()
        chat = [name for name in names or () if not any(word in name.lower() for word in _NOT_FOR_CHAT)]
        if not chat:
            raise unknown_model(self.door, names or [])
        return chat[0]

    async def get(self, path: str) -> Any:
        """A JSON value from below the address, or from the server's root when the path begins with a slash."""
        assert self._client is not None
        return await self._client.get(self._place(path), cast_to=object, options={"timeout": _ASIDE_SECONDS})

    async def post(self, path: str, body: Wire) -> Any:
        """The same, asked with a body."""
        assert self._client is not None
        options: Any = {"timeout": _ASIDE_SECONDS}
        return await self._client.post(self._place(path), cast_to=object, body=body, options=options)

    def _place(self, path: str) -> str:
        parts = urlsplit(self.door.server)
        return f"{parts.scheme}://{parts.netloc}{path}" if path.startswith("/") else f"/{path}"

    def _new_client(self) -> "AsyncOpenAI":
        import openai

        if not self.door.key and self._fetch_key is not None:
            self.door.key = self._fetch_key()
        headers = self._settings.header_values(self._environ)
        self.door.secrets = tuple(value for name, value in headers.items() if value != self._settings.headers[name])
        timeout = openai.Timeout(self._read_timeout, connect=CONNECT_SECONDS)
        return openai.AsyncOpenAI(
            base_url=self.door.server,
            api_key=self.door.key or "none-needed",
            max_retries=0,
            timeout=timeout,
            default_headers=headers,
            http_client=self._http_client(timeout),
        )

    def _http_client(self, timeout: Any) -> Any:
        """A client of its own where the library's would not do."""
        import openai

        options: dict[str, Any] = {}
        if self._settings.proxy:
            options["proxy"] = self._settings.proxy
        if self._settings.ca_file:
            options["verify"] = _trusting(self._settings.ca_file)
        return openai.DefaultAsyncHttpxClient(timeout=timeout, **options) if options else None


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(Path(ca_file).expanduser()))
    except (OSError, ssl.SSLError) as error:
        why = str(getattr(error, "strerror", "") or error)
        raise ModelError(f"The certificates in {ca_file} cannot be read", why, "mend ca_file in the settings") from None
