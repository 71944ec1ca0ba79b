"""The keys that a person set otherwise: every name is known, and no key does two things."""

from collections.abc import Iterable, Mapping

from textual.binding import Binding
from textual.keys import key_to_character

from kubegenie_tui.domain.errors import SettingsError
from kubegenie_tui.key import Key
from kubegenie_tui.key_sharing import keys_in_force
from kubegenie_tui.keys import EVERY_KEY, PLACES


def check_keymap(keymap: Mapping[str, str]) -> dict[str, str]:
    """The person's own keys, checked: every id exists and no two things that can be done at one moment share a key.

    Raises:
        SettingsError: an unknown id; a clash, with the two ids and the key; a letter that could not be typed any more.
    """
    for binding_id in keymap:
        if binding_id not in EVERY_KEY:
            near = _nearest(binding_id)
            hint = f"did you mean {near}?" if near else "docs/reference/keys.md lists every id"
            raise SettingsError(f'There is no key binding "{binding_id}"', "it stands in [keys]", hint)
        _check_typing(EVERY_KEY[binding_id], keymap)
    for place in PLACES if keymap else ():
        for keys in keys_in_force(place):
            _check_clash(keys, keymap)
    return dict(keymap)


def check_command_keys(keys: Mapping[str, str], keymap: Mapping[str, str]) -> None:
    """Check the keys of the person's own commands, by name.

    Raises:
        SettingsError: a key does something else already.
    """
    taken = taken_keys(keymap)
    for command, names in keys.items():
        for name in filter(None, (each.strip() for each in names.split(","))):
            other = taken.setdefault(name, command)
            if other != command:
                raise SettingsError(
                    f'The key "{name}" would do two things', f"{other} and commands.{command}", "choose another key"
                )


def taken_keys(keymap: Mapping[str, str]) -> dict[str, str]:
    """Every key that does something where rows are shown, with the id of what it does."""
    return {
        name: key.id
        for key in _in_order(("everywhere", "table", "explorer", "fleet"))
        for name in names_of(key, keymap)
    }


def _check_typing(key: Key, keymap: Mapping[str, str]) -> None:
    """A key that works in the middle of typing types nothing itself."""
    for name in names_of(key, keymap) if key.priority else ():
        character = key_to_character(name)
        if character and character.isprintable():
            raise SettingsError(
                f'The key "{name}" could no longer be typed',
                f"{key.id} works wherever one types",
                "choose one with ctrl, or a function key",
            )


def _check_clash(keys: Iterable[Key], keymap: Mapping[str, str]) -> None:
    taken: dict[str, str] = {}
    for key in keys:
        for name in names_of(key, keymap):
            other = taken.setdefault(name, key.id)
            if other != key.id and (other in keymap or key.id in keymap):
                raise SettingsError(
                    f'The key "{name}" would do two things', f"{other} and {key.id}", "change one in [keys]"
                )


def names_of(key: Key, keymap: Mapping[str, str]) -> list[str]:
    """Textual's names of what a person presses, who may have written `[` for left_square_bracket."""
    written = [name.strip() for name in keymap.get(key.id, key.keys).split(",")]
    return [_named(name) if len(name) == 1 and not name.isalnum() else name for name in written]


def _named(character: str) -> str:
    return next(iter(Binding.make_bindings([(character, "")]))).key


def _in_order(places: Iterable[str]) -> list[Key]:
    return [key for place in dict.fromkeys(places) for key in PLACES[place]]


def _nearest(binding_id: str) -> str:
    import difflib

    return next(iter(difflib.get_close_matches(binding_id, EVERY_KEY, n=1)), "")
