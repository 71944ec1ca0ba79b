"""What the words before a wish speak of, not looked up yet: `cart is slow. restart it`."""

import msgspec

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR
from kubegenie_tui.genie.wishes.phrases import Phrases
from kubegenie_tui.genie.wishes.targets import Target

_JOINTS = frozenset({"and", "or", "vs", "versus"})


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


def joined(text: str, directory: Directory) -> Target | None:
    """Several live names that a text joins, of which `it` may be any: `is web or cart down?`; else None."""
    words = [word.strip(",.:;?!").lower() for word in text.split()]
    places = [at for at, word in enumerate(words) if word in directory and _is_name(word, directory)]
    names = dict.fromkeys(words[at] for at in places)
    if len(names) < 2 or not _JOINTS.intersection(words[places[0] : places[-1]]):
        return None
    return Target((*names,), is_clear=False)


def _is_name(word: str, directory: Directory) -> bool:
    is_grammar = word in GRAMMAR or word in directory.kind_words
    return not is_grammar and any(ref.kind != "namespaces" for ref in directory.find(word))


def either(one: Target | None, other: Target | None) -> Target | None:
    """What two sentences speak of; where that are two things, a target that is not clear."""
    if one is None or other is None or one.names == other.names:
        return other or one
    names, spaces = (*one.names, *other.names), (*one.namespaces, *other.namespaces)
    return Target(tuple(dict.fromkeys(names)), namespaces=tuple(dict.fromkeys(spaces)), is_clear=False)


def with_object(said: str, bare: str, language: Phrases) -> str:
    """A polite wish of one word about what was named before it: `rack-1 is fine again, please uncordon`."""
    is_polite = language.asks_politely.search(said) is not None
    return f"{bare} it" if is_polite and bare.lower() in language.words.verbs else said


def of_marked(text: str, language: Phrases) -> str:
    """A wish that names nothing as one about the marked row; any other text as it is."""
    said = text.strip(" .!")
    if said.lower() in language.words.alone:
        return f"{said} it"
    found = ((frame, match) for frame in language.marked if (match := frame.says.fullmatch(said)))
    return next((frame.order.format(**match.groupdict("")) for frame, match in found), text)


def of_topic(target: Target, topic: Target) -> Target:
    """The target that a pronoun means, with all that is said beside it, understood or not."""
    spaces = target.namespaces or topic.namespaces
    return msgspec.structs.replace(target, names=topic.names, namespaces=spaces, kind=target.kind or topic.kind)


def unneeded(text: str, language: Phrases) -> str:
    """The words for what nobody needs, where a text tells just that; else none."""
    match = language.moods.unneeded.fullmatch(text)
    return (match["T"] or match["T2"]) if match is not None else ""
