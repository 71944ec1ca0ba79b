"""Model server failures in words a person can act on. Keys never get into them."""

import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from kubegenie_tui.domain.errors import ConversationTooLong, ModelError
from kubegenie_tui.domain.text import plain

_LONGEST_REASON = 300
_NO_ADDRESS = re.compile(r"\b(?:endpoint|path|route|url|not found)\b", re.IGNORECASE)
"""Tells that a server does not know what it was asked at this address."""
PATIENCE = frozenset({429, 503, 529})
"""Statuses that say: later."""
FAILED = frozenset({500, 502, 504})
"""Statuses of a server that failed, or of what stands before it: another try may go well."""
_WAIT = 10.0
"""Seconds until another try is worth it when the server does not say."""


class Door:
    """Where requests go: what an error must name, and the key it must never show."""

    def __init__(self, server: str, model: str, key: str, key_env: str, section: str = "") -> None:
        """`section`: of the settings, empty for the one that the environment can set."""
        self.server = server
        self.model = model
        self.key_env = key_env
        self.key = key
        self.url_setting = f"base_url in [{section}]" if section else "KUBEGENIE_MODEL_URL"
        self.name_setting = f"name in [{section}]" if section else "KUBEGENIE_MODEL"
        self.secrets: tuple[str, ...] = ()
        """Other values that must not be shown: headers out of the environment."""

    def __repr__(self) -> str:
        return f"Door({self.server!r}, {self.model!r})"

    @property
    def has_key(self) -> bool:
        """Whether a key is sent."""
        return bool(self.key)

    def safe(self, text: str) -> str:
        """Foreign text on one line, short, without our key."""
        for secret in (self.key, *self.secrets):
            text = text.replace(secret, "[key]") if secret else text
        return plain(text).strip()[:_LONGEST_REASON]


def library_errors() -> tuple[type[Exception], ...]:
    """What the client library raises: its own tree, and what an answer of another shape leads to."""
    import openai

    return openai.OpenAIError, OSError, ValueError, TypeError, AttributeError


def model_error(error: BaseException, door: Door) -> ModelError:
    """Translate whatever the client library raises."""
    import openai

    if isinstance(error, ModelError):
        return error
    if isinstance(error, openai.APITimeoutError):
        return _timed_out(door)
    if isinstance(error, openai.APIStatusError):
        return _refused_by_status(error, door)
    if isinstance(error, openai.APIConnectionError):
        return _unreachable(error, door)
    if isinstance(error, openai.APIError):
        return ModelError("The model server broke off its answer", door.safe(error.message), "ask again")
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return ModelError(
            f"The model server at {door.server} sent what is not JSON",
            door.safe(str(error)),
            "check that the address is that of an OpenAI-compatible API, usually ending in /v1",
        )
    return ModelError("The model server's answer could not be read", door.safe(f"{type(error).__name__}: {error}"))


def broken_off(door: Door) -> ModelError:
    """The stream ended without saying that the answer is complete."""
    return ModelError(
        "The model's answer broke off", f"{door.server} closed the connection before the end", "ask again"
    )


def no_answer(door: Door, answer: Any = None) -> ModelError:
    """The server said yes and then nothing of a chat: an error, a start page, a proxy's login, another API."""
    reason = door.safe(_words_in(getattr(answer, "error", None) or getattr(answer, "detail", None)))
    if reason and not _NO_ADDRESS.search(reason):
        return ModelError("The model server answered with an error", reason, "ask again, or choose another model")
    return ModelError(
        f"What answers at {door.server} is no model server",
        reason or "its answer is none of a chat",
        f"check {door.url_setting}: it is the address of an OpenAI-compatible API and usually ends in /v1",
    )


def unknown_model(door: Door, served: Sequence[str]) -> ModelError:
    """404 for the model: say which ones there are."""
    named = f'the model "{door.model}"' if door.model else "any model"
    if not served:
        return ModelError(
            f"{door.server} does not know {named}",
            "and it lists no models",
            f"check the model's name ({door.name_setting}) and the address ({door.url_setting}, usually ending in /v1)",
        )
    shown = ", ".join(door.safe(name) for name in served[:12])
    more = f" and {len(served) - 12} more" if len(served) > 12 else ""
    return ModelError(
        f"{door.server} does not know {named}", f"it has: {shown}{more}", f"set {door.name_setting} to one, or `:model`"
    )


def reason_of(error: Any, door: Door) -> str:
    """The server's own words: OpenAI's `error.message`, or the other shapes that servers send."""
    return door.safe(_words_in(getattr(error, "body", None)) or str(getattr(error, "message", error)))


def _words_in(body: Any) -> str:
    while isinstance(body, dict):
        body = body.get("message") or body.get("error") or body.get("detail") or ""
    return str(body or "")


def _timed_out(door: Door) -> ModelError:
    return ModelError(
        f"The model server at {door.server} did not answer in time",
        "it may be loading the model or be overloaded",
        f"ask again, or choose a smaller model ({door.name_setting})",
        retry_after=5.0,
    )


def _refused_by_status(error: Any, door: Door) -> ModelError:
    status, reason = error.status_code, reason_of(error, door)
    if status in (401, 403):
        return _not_allowed(status, reason, door)
    if status == 429 and is_out_of_quota(error, reason):
        return ModelError(
            "The account at the model server has no quota left", reason, "look at its billing, or choose another model"
        )
    if status in PATIENCE:
        wait = retry_after(error)
        step = f"try again in {wait:.0f} s" if wait is not None else "try again in a while"
        return ModelError("The model server asks to wait", reason, step, retry_after=wait or _WAIT)
    if status == 413 or is_overflow(reason):
        return ConversationTooLong(
            "The conversation is too long for the model", reason, "start a new conversation, or ask about less at once"
        )
    if status == 404:
        return ModelError(
            f"Nothing answers at {door.server}", reason, f"check {door.url_setting}: it usually ends in /v1"
        )
    if status >= 500:
        return ModelError(f"The model server failed ({status})", reason, "try again", retry_after=2.0)
    return ModelError(f"The model server does not accept the request ({status})", reason, "try another model")


def _not_allowed(status: int, reason: str, door: Door) -> ModelError:
    if door.has_key:
        return ModelError(
            f"The model server refused the key ({status})",
            reason,
            f"set {door.key_env} to a valid key and start again, or `kubegenie model key set`",
        )
    return ModelError(
        "The model server wants a key", reason, f"set {door.key_env} and start again, or `kubegenie model key set`"
    )


def is_overflow(reason: str) -> bool:
    """Whether a server's words say that the conversation is too long for the model."""
    text = reason.lower()
    known = (
        "context length", "context window", "context size", "maximum context", "too many tokens", "n_ctx",
        "prompt is too long", "exceeds the context", "exceed_context_size", "input is too long", "maximum length",
    )  # fmt: skip
    return any(words in text for words in known)


def retry_after(error: Any) -> float | None:
    """Seconds that the server asks to wait; None when it does not say."""
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * unit)
        except (KeyError, ValueError):
            continue
    try:
        at = parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, at.timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def is_out_of_quota(error: Any, reason: str) -> bool:
    """Whether waiting would not help: the account is used up."""
    return getattr(error, "code", None) == "insufficient_quota" or "exceeded your current quota" in reason


def _unreachable(error: BaseException, door: Door) -> ModelError:
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return ModelError(
            f"The model server's name does not resolve: {door.server}", "", f"check {door.url_setting} and your network"
        )
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return ModelError(
            f"Nothing listens at {door.server}", "", f"start the model server, or mend {door.url_setting}"
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return ModelError(
            f"The connection to {door.server} is not trusted",
            door.safe(str(causes[-1])),
            "name the file of its authority (ca_file in the settings), or use http for a local server",
        )
    why = door.safe(str(causes[-1]) or type(causes[-1]).__name__)
    return ModelError(f"The connection to {door.server} failed", why, "check the network, then ask again")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    pending = [error]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        pending.extend(current.exceptions if isinstance(current, BaseExceptionGroup) else ())
        pending.extend(cause for cause in (current.__context__, current.__cause__) if cause is not None)
