"""A server of the Model Context Protocol that a person named, so that a model may use its tools."""

import os
import re
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from kubegenie_tui.domain.errors import SettingsError, UsageError
from kubegenie_tui.domain.written_keys import has_password, headers_with_keys

REFERENCE = re.compile(r"\$\{(?:(?P<variable>[A-Za-z_][A-Za-z0-9_]*)|keyring:(?P<word>[a-z][a-z0-9-]*))\}")
"""`${NAME}`, an environment variable, or `${keyring:name}`, a key that `kubegenie mcp key set name` has kept."""
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_UNSENDABLE = re.compile(r"[^\x20-\x7e\t]")
_PLACES = (
    "export it as a variable and write ${NAME}, or keep it in the keyring with `kubegenie mcp key set NAME` "
    "and write ${keyring:NAME}"
)


class OutsideServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One server of the settings file: it is started, or it is called."""

    command: tuple[str, ...] = ()
    """The program and its words: it is started by us, and spoken with on its standard input and output."""
    url: str = ""
    """Where it answers (streamable HTTP), when it runs already."""
    env: tuple[str, ...] = ()
    """Names of environment variables that it is given, beside `PATH`, `HOME` and the like."""
    headers: dict[str, str] = {}
    """Headers of each request to `url`; a key in them is a `REFERENCE` to where it is kept."""
    tier: Literal["ask", "read"] = "ask"
    """`ask`: the person is asked before each call. `read`: only tools of which it says that they only read, unasked."""
    tools: dict[str, Literal["ask", "read", "off"]] = {}
    """What holds for single tools instead. `read`: unasked, if it says that they only read, else as `ask`."""

    @property
    def words(self) -> set[str]:
        """Names of the keys in the keyring that its headers refer to."""
        found = (each["word"] for text in self.headers.values() for each in REFERENCE.finditer(text))
        return {word for word in found if word}

    def header_values(
        self, read_word: Callable[[str], str], environ: Mapping[str, str] = os.environ
    ) -> tuple[dict[str, str], set[str]]:
        """The headers with what they refer to in its place; and what that is, so that it can be hidden.

        Args:
            read_word: reads a key from the keyring by its name; empty when it has none.
            environ: the variables.

        Raises:
            UsageError: a variable is not set, there is no such key, or what it is cannot be sent.
            KeyringFailed: as `read_word`.
        """
        secrets: set[str] = set()

        def value(found: "re.Match[str]") -> str:
            name, word = found["variable"], found["word"]
            held = (environ.get(name, "") if name else read_word(word)).strip()
            if not held:
                what = f"{name} is not set" if name else f"The keyring has no key {word}"
                step = "set it before KubeGenie is started" if name else f"kubegenie mcp key set {word}"
                raise UsageError(what, next_step=step)
            if _UNSENDABLE.search(held):
                raise UsageError(
                    f"What {found[0]} stands for cannot be sent in a header",
                    "it has more than one line, or letters that are not ASCII",
                )
            secrets.add(held)
            return held

        return {name: REFERENCE.sub(value, text) for name, text in self.headers.items()}, secrets


def require_sound(place: str, server: OutsideServer) -> None:
    """Refuse headers that cannot be sent, and keys that were written into the settings; the words do not repeat them.

    Raises:
        SettingsError: there is one.
    """
    if server.headers and not server.url:
        raise SettingsError(
            f"{place}.headers cannot be sent", "the server is started, not called", "give it variables: env"
        )
    for name, text in server.headers.items():
        rest = REFERENCE.sub("", text)
        if not _HEADER_NAME.fullmatch(name) or _UNSENDABLE.search(rest):
            raise SettingsError(
                f"{place}.headers has a header that cannot be sent", "its name or value has letters that none may have"
            )
        if "${" in rest:
            raise SettingsError(
                f"{place}.headers.{name} refers to nothing", "it has ${ and no name of a variable or a key", _PLACES
            )
    fields = [
        *(f"headers.{name}" for name in headers_with_keys(server.headers, REFERENCE)),
        *(["url"] if has_password(server.url) else []),
    ]
    for field in fields:
        raise SettingsError(f"{place}.{field} looks like a key or a password", "keys are never kept in a file", _PLACES)
