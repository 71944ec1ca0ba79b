"""What a person wrote about a cluster, made into the provider's own model of one."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import SpecRefused, UsageError

if TYPE_CHECKING:
    from pydantic import BaseModel

LARGEST = 1_000_000
"""Bytes of a file."""


def described(model: "type[BaseModel]", values: Mapping[str, Any]) -> "BaseModel":
    """The model of these values.

    Raises:
        SpecRefused: it does not take them; the field is named as `pools.0.size`.
    """
    from pydantic import ValidationError

    from kubegenie_tui.providers.wording import refusals

    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        first = refusals(error)[0]
        field, *others = first.fields or ("",)
        what = f"{field}: {first.why}" if field and not others else first.why
        raise SpecRefused(what, field=field, others=tuple(others)) from None


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
        raise UsageError(f"{path} has {stray[0]}, which means nothing", next_step=shape)
    provider, config, cluster = tree.get("provider"), tree.get("config") or {}, tree.get("cluster")
    if not isinstance(provider, str) or not isinstance(config, dict) or not isinstance(cluster, dict):
        raise UsageError(f"{path} describes no cluster", next_step=shape)
    return provider, config, cluster
