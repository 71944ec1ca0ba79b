"""What a person says of a model and its server. A key is never among it: only where it is kept."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from kubegenie_tui.domain.errors import SettingsError
from kubegenie_tui.domain.written_keys import fields_with_keys, has_password, headers_with_keys, is_key

DEFAULT = "default"
"""The name of the model of the section `[model]`."""
KEY_PLACES = (
    "export it as a variable and name that (api_key_env, or ${NAME} in a header), "
    "or keep it in the keyring with `kubegenie model key set`"
)
Profile = Literal["full", "small"]
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class TurnLimits(msgspec.Struct, frozen=True):
    """What one turn of a model may take; 0 for no limit."""

    seconds: float = 180.0
    """Of the model and its look-ups."""
    tokens: int = 500_000
    """In and out, of all requests."""
    dollars: float = 1.0
    """Of all requests, by the prices of the model; nothing is counted where there are none."""


class ModelSettings(msgspec.Struct, frozen=True):
    """The model that answers in the chat. Without one the built-in engine answers."""

    base_url: str = ""
    """Address of an OpenAI-compatible server, such as `http://127.0.0.1:11434/v1`. Empty: OpenAI, if there is a key."""
    name: str = ""
    """The model's name as its server knows it. Empty: the first model the server lists."""
    api_key_env: str = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key. The key itself is never kept in a file."""
    key_from: Literal["environment", "keyring"] = "environment"
    """Where the key is kept: in that variable, or in the keyring of your system, where `kubegenie model key set` puts
    it."""
    profile: Literal["auto", "full", "small"] = "auto"
    """How much the model is given: `small` is a dozen tools in few words, one look-up a step and short results. `auto`
    is small for a context below 16,000 tokens and for models that know nothing of tools."""
    context: int = 0
    """Tokens that fit into the model's context. 0: as the server says."""
    timeout: float = 120.0
    """The longest silence of the server in seconds. A large model on a small machine may need more."""
    turn_seconds: float = 180.0
    """How long the model and its look-ups may take for one answer, in seconds. While you are asked for leave no time is
    counted. Then the answer ends with what was found so far; ask it to go on. A large model on a small machine may need
    more. 0: no limit."""
    turn_tokens: int = 500_000
    """How many tokens one answer may take, sent and answered in all its requests together. Then it ends in the same
    way. 0: no limit."""
    turn_cost: float = 1.0
    """How many dollars one answer may cost, by the prices below. Then it ends in the same way. Without a price nothing
    is counted. 0: no limit."""
    hide_names: bool = False
    """Whether the model is told other words for the names of objects, images, hosts and clusters (`name-12`), also in
    events and logs. You see the names themselves. It costs the model what a name tells of itself."""
    input_price: float = 0.0
    """Dollars for a million tokens that are sent. With a price the chat shows what a turn cost."""
    output_price: float = 0.0
    """Dollars for a million tokens that are answered."""
    headers: dict[str, str] = {}
    """More headers of each request; `${NAME}` stands for the environment variable of that name, so that a header may
    hold a key: `headers = { "api-key" = "${AZURE_KEY}" }`."""
    extra_body: dict[str, Any] = {}
    """More parameters of each request, such as `{ temperature = 0.2 }`."""
    proxy: str = ""
    """Address of an HTTP proxy. Empty: as `HTTPS_PROXY` and its like say."""
    ca_file: str = ""
    """A file with the certificates that the server's is checked by. Empty: those of your system."""

    @property
    def turn_limits(self) -> TurnLimits:
        """What one turn may take."""
        return TurnLimits(self.turn_seconds, self.turn_tokens, self.turn_cost)

    def api_key(self, environ: Mapping[str, str] = os.environ) -> str:
        """The key in the environment, empty without one."""
        return environ.get(self.api_key_env, "")

    def header_values(self, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The headers with their variables filled in.

        Raises:
            SettingsError: a variable is not set.
        """

        def value(found: "re.Match[str]") -> str:
            if not environ.get(found[1]):
                what = f"The header of the model server needs the environment variable {found[1]}"
                raise SettingsError(what, "it is not set", f"export {found[1]}=…")
            return environ[found[1]]

        return {name: _VARIABLE.sub(value, text) for name, text in self.headers.items()}


def require_no_key(place: str, model: ModelSettings) -> None:
    """Refuse a key that was written into the settings; the words do not repeat it.

    Raises:
        SettingsError: there is one.
    """
    for field in _keys_in(model):
        raise SettingsError(
            f"{place}.{field} looks like a key or a password",
            "keys are never kept in a file",
            KEY_PLACES,
        )


def _keys_in(model: ModelSettings) -> Iterator[str]:
    """Names of the fields that hold one."""
    if not _VARIABLE_NAME.fullmatch(model.api_key_env) or is_key(model.api_key_env):
        yield "api_key_env"
    for field in ("base_url", "proxy"):
        if has_password(getattr(model, field)):
            yield field
    for name in headers_with_keys(model.headers, _VARIABLE):
        yield f"headers.{name}"
    for name in fields_with_keys(model.extra_body):
        yield f"extra_body.{name}" if name else "extra_body"
