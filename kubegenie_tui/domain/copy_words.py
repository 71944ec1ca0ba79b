"""What is typed after `:cp`: a container, or which file goes where."""

import shlex

import msgspec

from kubegenie_tui.domain.errors import UsageError

USAGE = "`:cp FILE :/path` copies into the pod, `:cp :/path FILE` from it; `-c CONTAINER` in front names the container"


class CopyWords(msgspec.Struct, frozen=True):
    """What is known of a copy; what is empty is asked for."""

    container: str = ""
    into_pod: bool = False
    remote: str = ""
    local: str = ""


def read_copy_words(typed: str) -> CopyWords:
    """Understand `app`, `:/path`, `FILE :/path` and `:/path FILE`, behind `-c CONTAINER` or without.

    Raises:
        UsageError: it is none of these.
    """
    try:
        words = shlex.split(typed)
    except ValueError as error:
        raise UsageError(f"`:cp {typed}` cannot be read", str(error), USAGE) from None
    container = words[1] if words[:1] == ["-c"] and len(words) > 1 else ""
    match words[2:] if container else words:
        case []:
            return CopyWords(container)
        case [word] if _in_pod(word):
            return CopyWords(container, remote=word[1:])
        case [word] if not container and not set("/:") & set(word) and not word.startswith("-"):
            return CopyWords(word)
        case [source, target] if _in_pod(source) and not _in_pod(target):
            return CopyWords(container, remote=source[1:], local=target)
        case [source, target] if _in_pod(target) and not _in_pod(source):
            return CopyWords(container, True, target[1:], source)
    raise UsageError(f"`:cp {typed}` does not say what to copy where", next_step=USAGE)


def _in_pod(word: str) -> bool:
    return len(word) > 1 and word.startswith(":")
