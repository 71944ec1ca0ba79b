"""An object as it is typed after a command: its kind and its name, and its namespace where it is another one."""

from kubegenie_tui.domain.errors import UsageError

_NAMESPACE = ("-n", "--namespace")


def typed_object(line: str) -> tuple[str, str, str]:
    """The kind as it was typed, the namespace, empty when none was, and the name.

    `deploy web`, `deploy/web`, `deploy shop/web`, `deploy web -n shop`.

    Raises:
        UsageError: it is no kind with a name.
    """
    words, namespace = line.replace("/", " ").split(), ""
    flag = next((at for at, word in enumerate(words) if word in _NAMESPACE), None)
    if flag is not None:
        namespace = "".join(words[flag + 1 : flag + 2])
        del words[flag : flag + 2]
    match words:
        case [kind, name]:
            return kind, namespace, name
        case [kind, where, name] if flag is None:
            return kind, where, name
    raise UsageError(
        f'"{line}" names no object', next_step="type its kind and its name: `deploy web`, `deploy shop/web`"
    )
