"""What a person wrote about a cluster, made into the provider's own model of one."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import SpecRefused, UsageError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

LARGEST = 1_000_000
"""Bytes of a file."""


def described(model: "type[BaseModel]", values: Mapping[str, Any], part: str = "") -> "BaseModel":
    """The model of these values.

    Args:
        model: of a configuration, or of a cluster.
        values: of its fields.
        part: of a file, in which the values stand.

    Raises:
        SpecRefused: it does not take them; the field is named as `pools.0.size`, in a file as `cluster.pools.0.size`.
    """
    from pydantic import ValidationError

    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        first, *more = _refused(error, part)
        first.more = tuple(more)
        raise first from None


def recalled(model: "type[BaseModel]", values: Mapping[str, Any]) -> "BaseModel":
    """The model of what a work was begun with: that was taken then, and rules that came since keep nobody from it.

    Raises:
        SpecRefused: its fields are of another form by now.
    """
    from kubegenie_tui.providers.part_of_model import without_rules

    return described(without_rules(model), values)


def require_fit(*parts: "tuple[type[BaseModel] | None, Mapping[str, Any], str]") -> None:
    """Raise SpecRefused for all that is wrong with the parts of a file: as `described`."""
    faults: list[SpecRefused] = []
    for model, values, part in parts:
        try:
            if model is not None:
                described(model, values, part)
        except SpecRefused as error:
            faults += (error, *error.more)
    if faults:
        faults[0].more = tuple(faults[1:])
        raise faults[0]


def _refused(error: "ValidationError", part: str) -> list[SpecRefused]:
    from kubegenie_tui.providers.wording import refusals

    found = []
    for each in refusals(error):
        field, *others = (".".join(filter(None, (part, name))) for name in each.fields or ("",))
        what = f"{field}: {each.why}" if field and (part or not others) else each.why
        found.append(SpecRefused(what, field=field, others=tuple(others)))
    return found


def read_description(path: Path) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The provider, its configuration and the cluster that a YAML file describes.

    Raises:
        UsageError: it cannot be read, or is not such a file.
    """
    import yaml

    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} is larger than {LARGEST:,} bytes", next_step="is it the right file?")
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read", error.strerror or "") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no YAML", " ".join(str(error).split())) from error
    return _parts(path, tree)


def _parts(path: Path, tree: object) -> tuple[str, dict[str, Any], dict[str, Any]]:
    shape = "a file has provider, config and cluster: see the guide"
    if not isinstance(tree, dict):
        raise UsageError(f"{path} describes no cluster", next_step=shape)
    if stray := sorted(map(str, tree.keys() - {"provider", "config", "cluster"})):
        means = "which means nothing" if len(stray) == 1 else "which mean nothing"
        raise UsageError(f"{path} has {', '.join(stray)}, {means}", next_step=shape)
    provider, config, cluster = tree.get("provider"), tree.get("config") or {}, tree.get("cluster")
    if not isinstance(provider, str) or not isinstance(config, dict) or not isinstance(cluster, dict):
        raise UsageError(f"{path} describes no cluster", next_step=shape)
    return provider, config, cluster
