"""What the words before a wish speak of, not looked up yet: `cart is slow. restart it`."""

import msgspec

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.phrases import Phrases
from kubegenie_tui.genie.wishes.targets import Target


def topic_of(text: str, directory: Directory, language: Phrases) -> Target | None:
    """The only live name in a text, where the text says it lives; None where it names none or several."""
    known, said = language.words, [word.strip(",.:;").lower() for word in text.split()]
    words = dict.fromkeys(word for at, word in enumerate(said) if not (at and _tells_how(said[at - 1], language)))
    spaces = tuple(word for word in words if word in directory.namespaces)
    grammar = known.verbs | known.fillers | known.pronouns | language.too_much
    named = [word for word in words if word in directory and word not in spaces and word not in grammar]
    return Target((named[0],), namespaces=spaces) if len(named) == 1 else None


def _tells_how(before: str, language: Phrases) -> bool:
    """Whether what follows a word tells how something is, whatever lives under that name: `all is slow`."""
    return before in language.words.degrees or language.moods.states.fullmatch(before) is not None


def of_topic(target: Target, topic: Target) -> Target:
    """The target that a pronoun means, with all that is said beside it, understood or not."""
    return msgspec.structs.replace(target, names=topic.names, namespaces=target.namespaces or topic.namespaces)
