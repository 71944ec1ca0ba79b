"""What a person may set, documented where it is defined: the settings file (TOML), then the environment, which wins."""

import os
import re
import types
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, TypeVar, get_origin

import msgspec

from kubegenie_tui.domain.acting import name_as
from kubegenie_tui.domain.cluster import is_meant
from kubegenie_tui.domain.conversation import BUILT_IN
from kubegenie_tui.domain.errors import SettingsError, UsageError
from kubegenie_tui.domain.genie_settings import GenieSettings
from kubegenie_tui.domain.json_path import parse_path
from kubegenie_tui.domain.model_settings import DEFAULT, KEY_PLACES, ModelSettings, require_no_key
from kubegenie_tui.domain.outside_server import OutsideServer, require_sound
from kubegenie_tui.domain.policy_settings import PolicySettings
from kubegenie_tui.domain.reserved_words import meaning_of
from kubegenie_tui.domain.user_command import UserCommand
from kubegenie_tui.paths import settings_file

S = TypeVar("S", bound=msgspec.Struct)
_KEY_WORD = re.compile(r"^(api_?)?key$|token|secret|password", re.IGNORECASE)
COMMAND_NAME = re.compile(r"[a-z][a-z0-9-]*")
"""What a word after `:` may look like that is not one of ours."""


class UiSettings(msgspec.Struct, frozen=True):
    """How things look."""

    theme: Literal["dark", "light", "high-contrast", "terminal"] = "dark"
    """Colours. `terminal` uses the 16 colours of your terminal, as `dark` does where it has no more."""
    reduce_motion: bool = False
    """Nothing fades or moves."""
    tree: bool = True
    """Show the resource tree when a cluster is opened for the first time."""
    genie: bool = True
    """Show the chat pane when a cluster is opened for the first time."""
    detail: bool = False
    """Show the detail pane when a cluster is opened for the first time."""
    shell: Literal["embedded", "suspend"] = "embedded"
    """Where a shell in a pod opens: inside the app, or in your whole terminal while the app steps aside."""


class ClusterSettings(msgspec.Struct, frozen=True):
    """What may be done to clusters."""

    read_only: bool = False
    """Refuse every change, on all clusters."""
    protected: str = ""
    """Clusters where every change needs one tier more care: names or patterns separated by commas, `prod-*,*-live`."""

    def protected_patterns(self) -> tuple[str, ...]:
        """The same one by one."""
        return tuple(pattern.strip() for pattern in self.protected.split(",") if pattern.strip())


class PluginSettings(msgspec.Struct, frozen=True):
    """Plugins: commands, providers and agents that were installed beside us. `kubegenie plugins list` names them."""

    off: str = ""
    """Plugins that are not loaded: names or patterns separated by commas; `*` for none at all."""

    def is_off(self, name: str) -> bool:
        """Whether a plugin of this name is not to be loaded."""
        return any(fnmatchcase(name, pattern.strip()) for pattern in self.off.split(","))


class ProvisionSettings(msgspec.Struct, frozen=True):
    """The making of clusters."""

    look_seconds: float = 15.0
    """Seconds before a provider is asked again how far it has come; at most twice as long: not all ask at once."""


class DiagnosisSettings(msgspec.Struct, frozen=True):
    """What is wrong: `:problems`, `kubegenie diagnose`, and why in the chat."""

    ignore: str = ""
    """Findings that are not told, separated by commas: a rule, such as `cronjob-suspended`, or a rule and the objects
    that have to change, `scaled-to-zero:batch/*`, `*:sandbox/*`. How many were left out is always said."""

    def patterns(self) -> tuple[str, ...]:
        """The same one by one."""
        return tuple(pattern.strip() for pattern in self.ignore.split(",") if pattern.strip())


class ChatsSettings(msgspec.Struct, frozen=True):
    """What was said to the genie."""

    keep_days: int = 0
    """Conversations that nobody has spoken in or opened for so many days are forgotten a moment after the start, except
    those that are open or pinned. 0 keeps them for ever."""


Repair = Literal["off", "propose", "allow-w1"]
"""What an agent may do about a fault that it found unasked."""


class AgentSettings(msgspec.Struct, frozen=True):
    """What runs in the background: `:agents`."""

    watch: Literal["open", "silent", "all"] = "silent"
    """Whether clusters that nobody looks at are checked now and then: version, readiness, certificates and nodes.
    `open` leaves them alone, `silent` checks those that are reached without a login program, a browser or a passphrase,
    `all` checks every one. What does not answer any more is told in a corner."""
    watch_minutes: int = 5
    """Between two such checks of a cluster; longer where there are many, for one begins at most every five seconds."""
    repair: Repair = "off"
    """Faults of open clusters that a diagnosis is sure how to end, by what is reversible (W1): `off` leaves them to
    `:problems`, `propose` puts a plan into `:proposals`, `allow-w1` carries it out unasked, on record and to be undone.
    Where changes need more care, it carries out nothing. It reads whole clusters every five minutes."""
    repairs_an_hour: int = 4
    """So many at the most, proposed or carried out, of all clusters together; others wait."""


class OneCluster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for the clusters whose name fits a pattern."""

    read_only: bool = False
    """Refuse every change there."""
    protected: bool = False
    """Every change there needs one tier more care."""
    namespace: str = ""
    """Where to begin when one is opened for the first time; several with commas between."""
    repair: Literal["", "off", "propose", "allow-w1"] = ""
    """Instead of `agents.repair`, when it is not empty."""


class Settings(msgspec.Struct, frozen=True):
    """All settings, one section each."""

    model: ModelSettings = ModelSettings()
    ui: UiSettings = UiSettings()
    clusters: ClusterSettings = ClusterSettings()
    keys: dict[str, str] = {}
    """Other keys for what a key does: the binding's id (see the key reference) and its keys, separated by commas,
    such as `toggle-tree = "ctrl+b,f2"`."""
    models: dict[str, ModelSettings] = {}
    """More models by names of your own: `[models.local]` with the settings of `[model]`. `:model` in the chat and
    `kubegenie ask --model` switch to one. Without a `[model]` the first of them answers."""
    cluster: dict[str, OneCluster] = {}
    """What holds for some clusters only, by name or pattern: `[cluster."prod-*"]`, and in it `read_only = true`,
    `protected = true`, `repair = "propose"`, or `namespace = "shop"`, where to begin."""
    commands: dict[str, UserCommand] = {}
    """Commands of your own: `[commands.stern]`, and in it `command`, a list of words in which `$NAME`, `$NAMESPACE`,
    `$CONTEXT`, `$KIND` and others stand for the row's, and as you like `key`, `scopes`, `description`, `confirm`,
    `background`, `shell` and `read_only`. See the guide."""
    columns: dict[str, dict[str, str]] = {}
    """Columns of your own, a table for each kind: `[columns."deployments.apps"]`, and in it a title and a JSONPath a
    line, such as `zone = ".metadata.labels.zone"`. `[columns.pods]` needs no quotes. Secrets can have none."""
    mcp: dict[str, OutsideServer] = {}
    """Servers of the Model Context Protocol whose tools a model may use: `[mcp.github]`, and in it `command`, a list of
    words, or `url`; as you like `env`, names of environment variables to give a program, `headers` of the requests to
    an address, in which `${NAME}` stands for an environment variable and `${keyring:name}` for a key that
    `kubegenie mcp key set name` has put into the keyring of your system (a key itself is refused), `tier`: `"ask"` (you
    are asked before each call) or `"read"` (only tools that it says only read, unasked), and `tools`, what holds for
    single ones instead: `{ close = "ask", find = "read", drop = "off" }`. See the guide."""
    plugins: PluginSettings = PluginSettings()
    provision: ProvisionSettings = ProvisionSettings()
    diagnosis: DiagnosisSettings = DiagnosisSettings()
    genie: GenieSettings = GenieSettings()
    policy: PolicySettings = PolicySettings()
    chats: ChatsSettings = ChatsSettings()
    agents: AgentSettings = AgentSettings()


_OWN_NAMES = {("model", "base_url"): "KUBEGENIE_MODEL_URL", ("model", "name"): "KUBEGENIE_MODEL"}


def variable(section: str, key: str) -> str:
    """Name of the environment variable that sets `section.key`."""
    return _OWN_NAMES.get((section, key), f"KUBEGENIE_{section}_{key}".upper())


def load_settings(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the file (by default the one in the configuration directory, which may be missing), then the environment.

    Raises:
        SettingsError: the file cannot be read, or a key or a value is not one we know.
    """
    file = path or settings_file()
    tree = _read(file, required=path is not None)
    _refuse_unknown(file, tree)
    settings = _convert(tree, str(file))
    _check_models(file, settings)
    _check_columns(file, settings)
    _check_commands(file, settings)
    _check_servers(file, settings)
    _check_policy(str(file), settings)
    _check_genie(str(file), settings.genie)
    settings = _apply_environment(settings, environ)
    _check_policy("The environment", settings)
    _check_genie("The environment", settings.genie)
    if not settings.model.base_url and environ.get("OPENAI_BASE_URL"):
        model = msgspec.structs.replace(settings.model, base_url=environ["OPENAI_BASE_URL"])
        settings = msgspec.structs.replace(settings, model=model)
    return settings


def holds_for(settings: Settings, cluster: str) -> OneCluster:
    """What is set for a cluster: all `[cluster]` sections that fit count, for the namespace and the repair the last."""
    everywhere = settings.clusters
    fitting = [each for pattern, each in settings.cluster.items() if is_meant(cluster, pattern)]
    return OneCluster(
        everywhere.read_only or any(each.read_only for each in fitting),
        any(is_meant(cluster, pattern) for pattern in everywhere.protected_patterns())
        or any(each.protected for each in fitting),
        next((each.namespace for each in reversed(fitting) if each.namespace), ""),
        next((each.repair for each in reversed(fitting) if each.repair), settings.agents.repair),
    )


def _read(file: Path, *, required: bool) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if not required:
            return {}
        raise SettingsError(f"There is no settings file {file}", next_step="check the path") from error
    except OSError as error:
        raise SettingsError(f"The settings file {file} cannot be read", error.strerror or "") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {file} is not TOML", str(error), "mend that line") from error


def sections() -> Iterator[tuple[str, type[msgspec.Struct]]]:
    """The tables of settings whose names are ours, with what may stand in them."""
    for field in msgspec.structs.fields(Settings):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield field.encode_name, field.type


def _named_tables(tree: dict[str, Any]) -> Iterator[tuple[str, Any, type[msgspec.Struct]]]:
    """The tables whose names a person chooses, each with its place: `cluster.prod`."""
    structs: dict[str, type[msgspec.Struct]] = {
        "models": ModelSettings,
        "cluster": OneCluster,
        "commands": UserCommand,
        "mcp": OutsideServer,
    }
    for section, struct in structs.items():
        if isinstance(tree.get(section), dict):
            yield from ((f"{section}.{name}", table, struct) for name, table in tree[section].items())


def _refuse_unknown(file: Path, tree: dict[str, Any]) -> None:
    _refuse(file, "", tree, Settings)
    ours = ((section, tree.get(section), struct) for section, struct in sections())
    for place, table, struct in (*ours, *_named_tables(tree)):
        if isinstance(table, dict):
            _refuse(file, f"{place}.", table, struct)


def _refuse(file: Path, prefix: str, table: dict[str, Any], struct: type[msgspec.Struct]) -> None:
    import difflib

    known = struct.__struct_fields__
    for key in table:
        if key not in known:
            if struct is ModelSettings and _KEY_WORD.search(key):
                what = f'{file} sets "{prefix}{key}"'
                raise SettingsError(what, "keys are never kept in a file", KEY_PLACES)
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"did you mean {prefix}{near[0]}?" if near else f"known here: {', '.join(known)}"
            raise SettingsError(f'{file} sets "{prefix}{key}"', "there is no such setting", hint)


def _convert(tree: dict[str, Any], source: str) -> Settings:
    for place, table, struct in _named_tables(tree):
        _converted(table, struct, source, place)
    return _converted(tree, Settings, source)


def _converted(table: Any, struct: type[S], source: str, place: str = "") -> S:
    try:
        return msgspec.convert(table, struct)
    except msgspec.ValidationError as error:
        why, _, inside = str(error).partition(" - at ")
        key = (place + inside.strip("`").removeprefix("$")).removeprefix(".").removesuffix("[...]")
        allowed = f"allowed: {describe(_type_at(struct, key.removeprefix(place)))}"
        raise SettingsError(f'{source} sets "{key}" to what cannot be used', _plain(why), allowed) from error


def _check_models(file: Path, settings: Settings) -> None:
    require_no_key(f"{file}: model", settings.model)
    for name, model in settings.models.items():
        if not COMMAND_NAME.fullmatch(name) or name in (DEFAULT, BUILT_IN):
            why = "a name has small letters, digits and dashes, and is neither `default` nor `built-in`"
            raise SettingsError(f'{file} sets "models.{name}"', why, "give it another name")
        require_no_key(f"{file}: models.{name}", model)


def _check_columns(file: Path, settings: Settings) -> None:
    for kind_id, paths in settings.columns.items():
        if kind_id == "secrets":
            raise SettingsError(f"{file} sets columns.secrets", "the values of Secrets are never shown in a table")
        for title, text in paths.items():
            try:
                parse_path(text)
            except UsageError as error:
                raise SettingsError(f'{file} sets "columns.{kind_id}.{title}"', str(error), error.next_step) from error


def _check_commands(file: Path, settings: Settings) -> None:
    for name, command in settings.commands.items():
        meaning = meaning_of(name)
        if not COMMAND_NAME.fullmatch(name) or meaning:
            why = f"{name} is {meaning} already" if meaning else "a name has small letters, digits and dashes"
            raise SettingsError(f'{file} sets "commands.{name}"', why, "give it another name")
        if not command.command:
            raise SettingsError(f'{file} sets "commands.{name}.command"', "it is empty", "name a program")


def _check_servers(file: Path, settings: Settings) -> None:
    for name, server in settings.mcp.items():
        if not COMMAND_NAME.fullmatch(name):
            why = "a name has small letters, digits and dashes"
            raise SettingsError(f'{file} sets "mcp.{name}"', why, "give it another name")
        if bool(server.command) == bool(server.url):
            why = "it has to be started, or to be called"
            raise SettingsError(f'{file} sets "mcp.{name}"', why, "set either command or url")
        if server.url and not server.url.startswith(("http://", "https://")):
            raise SettingsError(f'{file} sets "mcp.{name}.url"', "it begins with neither http:// nor https://")
        require_sound(f"{file}: mcp.{name}", server)


def _check_genie(source: str, genie: GenieSettings) -> None:
    try:
        name_as("", genie.act_as, genie.groups())
    except UsageError as error:
        why = error.why or "there is no user that they could be of"
        raise SettingsError(f"{source} says whom the genie acts as: {error.what}", why, "set genie.act_as") from error


def _check_policy(source: str, settings: Settings) -> None:
    if settings.policy == PolicySettings():
        return
    from kubegenie_tui.domain.policy_parameters import parameters_of

    try:
        parameters_of(settings.policy)
    except UsageError as error:
        raise SettingsError(f"{source}: {error.what}", error.why, error.next_step) from error


def _apply_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    for section, struct in sections():
        given: dict[str, Any] = {}
        for field in msgspec.structs.fields(struct):
            name = variable(section, field.name)
            if environ.get(name) and get_origin(field.type) is not dict:
                given[field.name] = _from_text(environ[name], field.type, name)
        if given:
            changed = msgspec.structs.replace(getattr(settings, section), **given)
            settings = msgspec.structs.replace(settings, **{section: changed})
    return settings


def _from_text(text: str, wanted: Any, name: str) -> Any:
    try:
        return msgspec.convert(text, wanted, strict=False)
    except msgspec.ValidationError as error:
        allowed = f"allowed: {describe(wanted)}"
        raise SettingsError(f'The environment variable {name} is "{text}"', _plain(str(error)), allowed) from error


def _plain(reason: str) -> str:
    return reason.replace("`", "").replace("Expected", "expected").replace("Invalid enum value", "unknown value")


def _type_at(struct: type[msgspec.Struct], key: str) -> Any:
    section, _, name = key.removeprefix(".").partition("[")[0].rpartition(".")
    inner = dict(sections()).get(section, struct)
    return {field.name: field.type for field in msgspec.structs.fields(inner)}.get(name)


def describe(wanted: Any) -> str:
    """What a setting of this type may be, in words."""
    if isinstance(wanted, types.UnionType):
        return " or ".join(describe(each) for each in wanted.__args__)
    match get_origin(wanted):
        case origin if origin is Literal:
            return ", ".join(f'"{value}"' for value in wanted.__args__)
        case origin if origin is tuple:
            return "a list of text"
        case origin if origin is dict:
            value = wanted.__args__[1]
            if value is str:
                return "a table of text by name"
            return f"a table of {describe(value)} by name" if get_origin(value) is Literal else "a table"
    words = {bool: "true or false", str: "text", int: "a whole number", float: "a number"}
    return words.get(wanted, "a table")
