"""What the words before a wish speak of, not looked up yet: `cart is slow. restart it`."""

import msgspec

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.phrases import Words
from kubegenie_tui.genie.wishes.targets import Target


def topic_of(text: str, directory: Directory, known: Words) -> Target | None:
    """The only live name in a text, where the text says it lives; None where it names none or several."""
    words = dict.fromkeys(word.strip(",.:;").lower() for word in text.split())
    spaces = tuple(word for word in words if word in directory.namespaces)
    grammar = known.verbs | known.fillers | known.pronouns
    named = [word for word in words if word in directory and word not in spaces and word not in grammar]
    return Target((named[0],), namespaces=spaces) if len(named) == 1 else None


def of_topic(target: Target, topic: Target) -> Target:
    """The target that a pronoun means, with all that is said beside it, understood or not."""
    return msgspec.structs.replace(target, names=topic.names, namespaces=target.namespaces or topic.namespaces)
