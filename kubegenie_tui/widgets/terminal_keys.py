"""Keys as a terminal sends them to a program (xterm's sequences, ctlseqs of XFree86)."""

_CURSOR = {"up": "A", "down": "B", "right": "C", "left": "D", "home": "H", "end": "F"}
_TILDE = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6}
_FUNCTION = {"f1": "OP", "f2": "OQ", "f3": "OR", "f4": "OS"}
_FUNCTION_TILDE = {"f5": 15, "f6": 17, "f7": 18, "f8": 19, "f9": 20, "f10": 21, "f11": 23, "f12": 24}
_SINGLE = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "escape": "\x1b",
    "ctrl+space": "\0",
    "ctrl+at": "\0",
    "ctrl+backslash": "\x1c",
    "ctrl+right_square_bracket": "\x1d",
    "ctrl+circumflex_accent": "\x1e",
    "ctrl+underscore": "\x1f",
    "ctrl+backspace": "\x08",
}
_MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}


def sequence_of(key: str, character: str | None, *, application: bool) -> str:
    """What a program is sent for a key; empty for one that terminals do not send.

    Args:
        key: Textual's name of it.
        character: what it types, if it types something.
        application: whether the program asked for application cursor keys (DECCKM).
    """
    if key in _SINGLE:
        return _SINGLE[key]
    *modifiers, name = key.split("+")
    if special := _special(name, modifiers, application=application):
        return special
    if modifiers == ["ctrl"] and len(name) == 1 and name.isascii() and name.isalpha():
        return chr(ord(name.lower()) & 0x1F)
    if "alt" in modifiers:
        plain = "+".join(each for each in (*modifiers, name) if each != "alt")
        inner = sequence_of(plain, name if len(name) == 1 else character, application=application)
        return f"\x1b{inner}" if inner else ""
    return character or ""


def _special(name: str, modifiers: list[str], *, application: bool) -> str:
    mask = sum(_MODIFIERS.get(each, 0) for each in modifiers)
    if name in _CURSOR:
        if mask:
            return f"\x1b[1;{mask + 1}{_CURSOR[name]}"
        return f"\x1b{'O' if application else '['}{_CURSOR[name]}"
    if number := _TILDE.get(name) or _FUNCTION_TILDE.get(name):
        return f"\x1b[{number};{mask + 1}~" if mask else f"\x1b[{number}~"
    if name in _FUNCTION:
        return f"\x1b[1;{mask + 1}{_FUNCTION[name][1]}" if mask else f"\x1b{_FUNCTION[name]}"
    return ""
