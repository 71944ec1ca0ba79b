"""What stands in the phrase tables of a language beside the forms of wishes: its words, and what tells moods apart."""

import re

import msgspec


class Words(msgspec.Struct, frozen=True):
    """Words with a part in a clause."""

    verbs: frozenset[str]
    """First words in which a slip is mended."""
    alone: frozenset[str]
    """Verbs that are a whole wish where a row is marked."""
    bases: frozenset[str]
    """Verbs that a gerund or a participle may be of, beside those."""
    short: dict[str, str]
    """Words that are written short."""
    slips: frozenset[str]
    """Other words in which a slip is mended, where the clause makes no sense with it."""
    fillers: frozenset[str]
    pronouns: frozenset[str]
    marks: frozenset[str]
    """Those of them that mean all rows that are marked."""
    prepositions: frozenset[str]
    leads: frozenset[str]
    """Words before a preposition of place: `over in shop`."""
    shares: frozenset[str]
    """Words that mean some of a kind where they stand before it."""
    states: frozenset[str]
    """Adjectives that may stand before the name of what is so."""
    sorts: frozenset[str]
    """Words behind a name that tell what sort of thing it is."""
    pointed: frozenset[str]
    """Nouns that a pronoun may stand before: `that one`."""
    namespaces: frozenset[str]
    """Words for a namespace."""
    openers: frozenset[str]
    """Words that may stand before what is said to be in a state; any other may make a condition of it."""
    degrees: frozenset[str]
    """Words before an adjective."""


class Moods(msgspec.Struct, frozen=True):
    """What tells that a sentence is no wish to be granted."""

    change: re.Pattern[str]
    """A word for changing something, in any of its forms."""
    reads: re.Pattern[str]
    """Begins a sentence that asks to see something."""
    nay: re.Pattern[str]
    """The whole of one that only forbids what was wished for before."""
    spares: re.Pattern[str]
    """The whole of a clause that forbids to touch something."""
    denies: re.Pattern[str]
    """Begins one that forbids."""
    how_to: re.Pattern[str]
    """Begins one that asks how, or whether."""
    told: re.Pattern[str]
    """Tells that what stands beside may be somebody else's words."""

    named: re.Pattern[str]
    """The whole of a clause that names a change, and asks for none: `the restart of web`."""
    wants: re.Pattern[str]
    """Makes a wish of it all the same: `we need a restart of web`."""
    fails: re.Pattern[str]
    """Ends one that tells what something does not do, though it should."""
    since: re.Pattern[str]
    """Tells since what it is in a state."""
    states: re.Pattern[str]
    """Tells in what state something is."""
    unneeded: re.Pattern[str]
    """The whole of a clause that tells that something may go."""
    apart: re.Pattern[str]
    """The whole of a text about what lives in several namespaces, of which some are left out."""
    only: re.Pattern[str]
    """The whole of one about what lives in several, of which one is meant."""
    everywhere: re.Pattern[str]
    """Tells that all the others are meant."""
    negated: re.Pattern[str]
    asks: re.Pattern[str]
    supposes: re.Pattern[str]
    waits: re.Pattern[str]
    past: re.Pattern[str]


class Statements(msgspec.Struct, frozen=True):
    """What tells that a part of a text only says how things are."""

    leads: re.Pattern[str]
    """Words before one."""
    plain: re.Pattern[str]
    """The whole of one."""
    before: re.Pattern[str]
    """The whole of one that stands before a polite request."""
    polite: re.Pattern[str]
    """In a polite request."""
    spoils: re.Pattern[str]
    """Anywhere in one: it may be a condition, or somebody else's words."""
    quotes: re.Pattern[str]
    """Anywhere in what stands before a sure request: it is a condition, or somebody else's words."""
    spoils_behind: re.Pattern[str]
    """Anywhere in one behind a request: it may take that back, or put it off."""
    follows: re.Pattern[str]
    """What may stand behind a name that is spoken of."""
    harmless: re.Pattern[str]
    """Words for a change that is over and that is no operation."""
    surely: re.Pattern[str]
    """The whole of one, whatever word for a time or an end is in it."""


class Talk(msgspec.Struct, frozen=True):
    """What tells that a part of a text is talk around a request."""

    own: re.Pattern[str]
    """The begin of one that speaks by a pronoun: of whoever asks, or of the request."""
    of_it: re.Pattern[str]
    """The begin of what may speak of the request it stands behind, whatever it says."""
    vague: re.Pattern[str]
    """The begin of one about what may have to do with the request."""
    begins: re.Pattern[str]
    """The begin of what is no talk."""
    quotes: re.Pattern[str]
    """Anywhere in what may be a condition, or somebody else's words."""
    values: re.Pattern[str]
    """Makes a number in it what is to be set."""
    clause: re.Pattern[str]
    """The whole of one that has a subject and a verb of its own."""
    says: re.Pattern[str]
    """Before what somebody else thinks of the matter."""
    whole: re.Pattern[str]
    """The whole of one, whatever is in it."""


class Framed(msgspec.Struct, frozen=True):
    """What makes none of a whole text."""

    bracket: re.Pattern[str]
    """The whole of what stands in brackets, and takes back what stands around them, or makes an example of it."""
    begins: re.Pattern[str]
    """The begin of a text that asks what the rest means."""
    ends: re.Pattern[str]
    """The end of a text that takes it back."""
    call: re.Pattern[str]
    """The begin of one that is said to somebody, {WHO}."""
    us: re.Pattern[str]
    """Who is meant when a request is said to us, or to all."""


class Several(msgspec.Struct, frozen=True):
    """What tells that a sentence asks for one thing more."""

    joins: str
    """Words between two parts."""
    begins: str
    """Words with which a part begins that asks to see something."""
    nouns: str
    """Words with which one may begin besides, behind another of that kind."""
    plain: frozenset[str]
    """Words that such a part may have beside names and kinds when it stands beside a change."""
    shared: tuple[re.Pattern[str], ...]
    """The whole of a text that asks to see the same of several things."""
    between: re.Pattern[str]
    """Words between two of them."""


class Across(msgspec.Struct, frozen=True):
    """How several namespaces or kinds are named in a row; {name} is a namespace."""

    first: re.Pattern[str]
    more: re.Pattern[str]
    last: re.Pattern[str]
    """What may stand behind the last of them."""
    join: re.Pattern[str]
    """What stands between two kinds."""
    left_out: re.Pattern[str]
    """What stands before those that are not meant."""
