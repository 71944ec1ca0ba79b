"""One configuration laid over a live object, item by item where lists are maps in disguise."""

from typing import Any

from kubegenie_tui.demo.state.structure import ATOMIC, SETS, item_key, list_keys


def merge(live: Any, config: Any, name: str = "", *, custom: bool = False) -> Any:
    """One value laid over another, item by item where lists are maps in disguise."""
    if isinstance(live, dict) and isinstance(config, dict) and name not in ATOMIC:
        over = {key: merge(live.get(key), value, key, custom=custom) for key, value in config.items()}
        return {**live, **over}
    if isinstance(live, list) and isinstance(config, list):
        if name in SETS:
            return [*live, *(each for each in config if each not in live)]
        keys = () if custom else list_keys(name, [*live, *config])
        if keys:
            return _merge_items(live, config, keys)
    return config


def _merge_items(live: list[Any], config: list[Any], keys: tuple[str, ...]) -> list[Any]:
    given = {item_key(keys, item): item for item in config}
    known = {item_key(keys, item) for item in live}
    merged = [merge(item, given.get(item_key(keys, item), {})) for item in live]
    return merged + [item for key, item in given.items() if key not in known]
