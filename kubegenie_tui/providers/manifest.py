"""What a plugin says of itself before any of it runs: a TOML file beside the module of its entry point."""

import re
import tomllib
from enum import Enum

import msgspec

from kubegenie_tui.domain.errors import PluginError
from kubegenie_tui.providers.api import API

LARGEST = 65_536
"""Bytes of a manifest."""
OBJECT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
"""Something in a module: `kubegenie_acme.provider:AcmeProvider`."""


class PluginKind(Enum):
    """What a plugin adds."""

    PROVIDER = "provider"
    AGENT = "agent"

    @property
    def group(self) -> str:
        """The group of entry points."""
        return f"kubegenie.{self.value}s"


class Capability(Enum):
    """What a provider can be asked for: each is a protocol in `providers.api` or `providers.making`."""

    LIST = "list"
    REGISTER = "register"
    CREATE = "create"
    CHANGE = "change"
    BOUNDS = "bounds"
    PREVIEW = "preview"

    @property
    def methods(self) -> tuple[str, ...]:
        """The names of its methods."""
        return {
            Capability.LIST: ("list_clusters",),
            Capability.REGISTER: ("kubeconfig",),
            Capability.CREATE: ("identify", "choices", "outline", "steps", "leftovers", "kubeconfig"),
            Capability.CHANGE: ("versions", "change_outline", "change_steps"),
            Capability.BOUNDS: ("change_outline", "change_steps"),
            Capability.PREVIEW: ("preview",),
        }[self]


class Manifest(msgspec.Struct, frozen=True):
    """A plugin as a person sees it in the list."""

    kind: PluginKind
    name: str
    """The entry point's."""
    version: str
    """The distribution's."""
    api: int
    label: str
    """What it is, in a few words."""
    capabilities: tuple[Capability, ...] = ()
    """None for an agent."""
    secrets: dict[str, str] = {}
    """Fields of the configuration that hold a secret, each with where a person gets it."""
    credentials: tuple[str, ...] = ()
    """Fields of the configuration that say who we are beside those."""
    config: str = ""
    """The pydantic model of the configuration, as `module:Class`; empty for none."""
    spec: str = ""
    """The pydantic model of a cluster that it makes, as `module:Class`; empty when it makes none."""

    @property
    def login(self) -> frozenset[str]:
        """The fields that say who we are: a work that was begun may be given others."""
        return frozenset((*self.credentials, *self.secrets))


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    api: int
    label: str
    capabilities: tuple[str, ...] = ()
    secrets: dict[str, str] = {}
    credentials: tuple[str, ...] = ()
    config: str = ""
    spec: str = ""


def file_name(kind: PluginKind, name: str) -> str:
    """The file of a plugin's manifest: `acme.provider.toml`."""
    return f"{name}.{kind.value}.toml"


def read_manifest(data: bytes, kind: PluginKind, name: str, version: str) -> Manifest:
    """The manifest that a file holds.

    Args:
        data: the file.
        kind: what the plugin adds.
        name: of the entry point.
        version: of the distribution.

    Raises:
        PluginError: it cannot be read, or is for another version of our API.
    """
    table = _table(data)
    if (api := table.get("api")) != API:
        raise PluginError(
            f"It is made for version {api} of the API of plugins, and this KubeGenie has {API}",
            next_step="upgrade the older of the two",
        )
    try:
        file = msgspec.convert(table, _File)
    except msgspec.ValidationError as error:
        raise PluginError("Its manifest cannot be used", str(error), "tell its author") from error
    for field in ("config", "spec"):
        if (value := getattr(file, field)) and not OBJECT.fullmatch(value):
            raise PluginError("Its manifest cannot be used", f"{field} is not module:Class", "tell its author")
    capabilities = _capabilities(kind, file.capabilities)
    if (Capability.CREATE in capabilities) != bool(file.spec):
        raise PluginError("Its manifest cannot be used", "create and spec belong together", "tell its author")
    plugin = Manifest(kind, name, version, api, file.label, capabilities)
    return msgspec.structs.replace(
        plugin, secrets=file.secrets, credentials=file.credentials, config=file.config, spec=file.spec
    )


def _table(data: bytes) -> dict[str, object]:
    if len(data) > LARGEST:
        raise PluginError("Its manifest cannot be used", f"it is larger than {LARGEST:,} bytes", "tell its author")
    try:
        return tomllib.loads(data.decode())
    except ValueError as error:
        raise PluginError("Its manifest cannot be used", str(error), "tell its author") from error


def _capabilities(kind: PluginKind, words: tuple[str, ...]) -> tuple[Capability, ...]:
    known = {each.value: each for each in Capability} if kind is PluginKind.PROVIDER else {}
    for word in words:
        if word not in known:
            have = f"there are {', '.join(known)}" if known else f"{kind.value}s have none"
            raise PluginError(f'"{word}" is no capability', have, "upgrade KubeGenie, or tell its author")
    if known and not words:
        raise PluginError("Its manifest names no capability", f"there are {', '.join(known)}", "tell its author")
    return tuple(known[word] for word in words)
