"""What is asked of several namespaces or kinds: `pods in prod and staging`, `logs of web in both`, `pods and services`.

A list of several namespaces is one list; anything else is asked of each by itself.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.following import goes_on
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.parse import parse
from kubegenie_tui.genie.offline.states import RULES
from kubegenie_tui.genie.wishes.phrases import phrases

Understanding = Callable[[Sequence[str]], Awaitable[Intent]]
Span = tuple[int, int]

_DEPLOY = re.compile(r"\bdeploy(?=,\S)|(?<=,)deploy\b", re.IGNORECASE)
"""Short for deployments among kinds in a row: `get deploy,sts`."""
_WORD = re.compile(r"[^\s,.;:?!&]+")
_LONGEST_KIND = 4
"""Words: `horizontal pod auto scalers`."""


class _Places(NamedTuple):
    """Namespaces that a sentence names in a row."""

    before: str
    names: Sequence[str]
    after: str

    def only(self, name: str) -> str:
        """The sentence as it is said of one of them."""
        return f"{self.before}in {name}{self.after}"


async def across_places(sentences: Sequence[str], directory: Directory, understood: Understanding) -> Intent | None:
    """What the last sentence asks of several namespaces; None when neither it nor what it goes on from names several.

    Args:
        sentences: of a conversation, in order.
        directory: what lives in the cluster.
        understood: understands the last of some sentences.
    """
    at, places = _last_places(sentences, directory)
    found: list[Intent] = []
    for name in places.names:
        intent = await understood([*sentences[:at], places.only(name), *sentences[at + 1 :]])
        if intent.choices or intent.unknown or not intent.verb:
            return intent
        if _is_list(intent):
            return _listed(intent, places.names)
        found.append(intent)
    return _together(found)


async def across_kinds(sentences: Sequence[str], directory: Directory, understood: Understanding) -> Intent | None:
    """The lists of several kinds that the last sentence asks for; None where one of them is no list of its own."""
    parts = _by_kind(sentences[-1], directory)
    found = [await understood([*sentences[:-1], text]) for text, _ in parts]
    are_lists = all(each.kind == kind and _is_list(each) for each, (_, kind) in zip(found, parts, strict=True))
    return _together(found) if are_lists else None


def _together(found: Sequence[Intent]) -> Intent | None:
    return msgspec.structs.replace(found[0], also=tuple(found[1:])) if found else None


def _is_list(intent: Intent) -> bool:
    details = intent.details
    by_columns = not details.missing and (details.status, intent.kind) not in RULES
    return intent.verb in ("list", "count") and by_columns and intent.owner is None


def _listed(intent: Intent, spaces: Sequence[str]) -> Intent:
    details = msgspec.structs.replace(intent.details, namespaces=tuple(spaces))
    return msgspec.structs.replace(intent, namespace="*", details=details)


def _last_places(sentences: Sequence[str], directory: Directory) -> tuple[int, _Places]:
    """The place of the last sentence that names several namespaces, and those, where all after it go on from it."""
    named = ((at, _places_in(sentences[at], directory)) for at in range(len(sentences) - 1, -1, -1))
    at, places = next(((at, places) for at, places in named if places is not None), (0, None))
    if places is None or not all(_goes_on_there(sentence, directory) for sentence in sentences[at + 1 :]):
        return 0, _Places("", (), "")
    return at, places


def _goes_on_there(sentence: str, directory: Directory) -> bool:
    asked = parse(sentence, directory)
    return asked.namespace is None and goes_on(asked)


def _places_in(text: str, directory: Directory) -> _Places | None:
    language, spaces = phrases().across, directory.namespaces
    for first in language.first.finditer(text):
        names, end = [first["name"].lower()], first.end()
        while (more := language.more.match(text, end)) is not None and more["name"].lower() in spaces:
            names.append(more["name"].lower())
            end = more.end()
        if names[0] not in spaces or len(set(names)) < 2 or language.left_out.search(text[: first.start()]):
            continue
        if first["in"] or not any(ref.kind != "namespaces" for name in names for ref in directory.find(name)):
            last = language.last.match(text, end)
            return _Places(text[: first.start()], tuple(dict.fromkeys(names)), text[last.end() if last else end :])
    return None


def _by_kind(text: str, directory: Directory) -> list[tuple[str, str]]:
    """A sentence and the kind id for each of several kinds: those in a row, or two that have a place each."""
    text = _DEPLOY.sub("deployments", text)
    spans = list(_kind_spans(text, directory))
    row = _first_row(text, spans)
    if len(row) > 1:
        before, after = text[: row[0][0]], text[row[-1][1] :]
        said = [f"{before}{text[start:end]}{after}" for start, end in row]
    elif len(spans) == 2 and (end := _end_of_part(text, spans[1][0])):
        row, said = spans, [text[:end], text[: spans[0][0]] + text[spans[1][0] :]]
        said = said if all(parse(part, directory).namespace for part in said) else []
    else:
        return []
    return [
        (part, directory.kind_words[text[start:end].lower()]) for part, (start, end) in zip(said, row, strict=False)
    ]


def _first_row(text: str, spans: Sequence[Span]) -> list[Span]:
    row: list[Span] = []
    for start, end in spans:
        if row and not phrases().across.join.fullmatch(text, row[-1][1], start):
            if len(row) > 1:
                break
            row = []
        row.append((start, end))
    return row


def _end_of_part(text: str, start: int) -> int:
    """Where the part before the one that begins at `start` ends; 0 when nothing joins them."""
    joins = phrases().across.join.finditer(text, 0, start)
    return next((match.start() for match in joins if match.end() == start), 0)


def _kind_spans(text: str, directory: Directory) -> Iterator[Span]:
    """Where kinds are named, the longest words for one at every place; a live name is none."""
    words, place = list(_WORD.finditer(text)), 0
    while place < len(words):
        ends = (words[at].end() for at in range(min(place + _LONGEST_KIND, len(words)) - 1, place - 1, -1))
        start = words[place].start()
        end = next((end for end in ends if text[start:end].lower() in directory.kind_words), start)
        if end > start and text[start:end].lower() not in directory:
            yield start, end
        place += max(1, len(_WORD.findall(text, start, end)))
