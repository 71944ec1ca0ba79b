"""What comes of a sentence in another language: the change that it says and no other, or none."""

from collections.abc import Awaitable, Callable, Sequence

from kubegenie_tui.genie.languages.hearing import Heard, foreign_to, hear
from kubegenie_tui.genie.offline.changing import intent_of
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.wishes.wish import Wish

_OTHERWISE = "That reads as more than one thing, so I propose nothing. Say it in English, or in fewer words."


async def in_any_language(
    scope: Scope,
    directory: Directory,
    sentences: Sequence[str],
    in_english: Callable[[Scope, Directory, Sequence[str]], Awaitable[Intent]],
    read_all: Callable[[Scope, Directory, str], Awaitable[None]],
) -> Intent:
    """What the last sentence asks for, in whatever language each of them is.

    Args:
        scope: the cluster.
        directory: what lives in it.
        sentences: as they were said.
        in_english: tells what the last of some English sentences asks for.
        read_all: reads every name, where a sentence says one that is not known yet.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    heard = [hear(each, directory) for each in sentences]
    if not all(each is None or each.is_sure for each in heard):
        await read_all(scope, directory, sentences[-1])
        heard = [hear(each, directory) for each in sentences]
    last = heard[-1]
    if last is not None and last.outcome:
        return intent_of(Wish(last.outcome, why=last.why)) if last.why else Intent("", raw=sentences[-1])
    before = (_told(*each, directory) for each in zip(heard[:-1], sentences[:-1], strict=True))
    orders = [*filter(None, before), last.order if last is not None else sentences[-1]]
    intent = await in_english(scope, directory, orders)
    return _as_heard(intent, last) if last is not None else _unmixed(intent, sentences[-1], directory)


def _told(heard: Heard | None, sentence: str, directory: Directory) -> str:
    """An earlier sentence in English; of one that was not to be done or not understood, the names that it speaks of."""
    if heard is not None and heard.order:
        return heard.order
    if heard is None and foreign_to(sentence, directory) is None:
        return sentence
    words = (word.strip(",.!?:;") for word in sentence.lower().split())
    return " and ".join(dict.fromkeys(word for word in words if word in directory))


def _as_heard(intent: Intent, heard: Heard) -> Intent:
    """What English makes of an order, where that is what was said; a change of any other kind is none."""
    wish = intent.wish
    if heard.verb:
        is_it = wish is not None and wish.verb in ("", heard.verb) and not intent.also
    else:
        is_it = not _is_changing(intent)
    return intent if is_it else intent_of(Wish("unsupported", heard.verb, why=_OTHERWISE))


def _unmixed(intent: Intent, text: str, directory: Directory) -> Intent:
    """What English makes of a sentence; no change where a word of another language may turn its meaning round."""
    foreign = foreign_to(text, directory) if _is_changing(intent) else None
    if foreign is None:
        return intent
    word, language = foreign
    why = f"{word} is {language}, and the rest is English: I propose nothing of two languages in one sentence."
    return intent_of(Wish("unsupported", why=why))


def _is_changing(intent: Intent) -> bool:
    """Whether a change would be proposed, or is one answer away."""
    return any(each.wish is not None and each.wish.outcome in ("write", "ambiguous") for each in (intent, *intent.also))
