"""Times in a sentence: how old, and since when."""

from kubegenie_tui.genie.offline.words import Said, phrase

_UNIT = r"(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800}
_AMOUNT = r"(\d+|an?|half(?: an?)?|few|couple of)?"
_SINCE = phrase(
    rf"(?:in|over|for|from|during|within|of|since)? ?(?:the )?(?:last|past|previous) {_AMOUNT} ?{_UNIT}"
    rf"|(?:the )?(half an?|an?|\d+) ?{_UNIT}(?: worth)? of"
    rf"|--since[ =](\d+){_UNIT}|since (half an?|an?|\d+) ?{_UNIT}(?: ago)?|(half an?|an?|\d+) ?{_UNIT} ago"
)
_TODAY = phrase(r"(?<!most )(?:since )?(today|yesterday|this morning|recently|lately)")
_BARE = phrase(rf"(\d+) ?{_UNIT}$")
_OLDER = phrase(rf"(?:that (?:are|is) |which are )?(?:older|more) than {_AMOUNT} ?{_UNIT}(?: old)?")
_YOUNGER = phrase(rf"(?:that (?:are|is) |which are )?(?:younger|newer|less) than {_AMOUNT} ?{_UNIT}(?: old)?")
_CREATED = phrase(
    rf"(?:created|started|deployed|born|made) (?:in|within|during) (?:the )?(?:last|past) {_AMOUNT} ?{_UNIT}"
)
_HALVES = phrase(
    r"(?:(?P<n>\d+|an?|one) )?(?P<unit>week|day|hour|minute)s? and a half"
    r"|(?P<m>\d+|one|two|three) and a half (?P<of>week|day|hour|minute)s?"
)
_BOTH = phrase(r"(?P<h>\d+) ?h(?:(?:ou)?rs?)?,?(?: and)? ?(?P<m>\d+) ?m(?:in(?:ute)?s?)?")
"""Hours and minutes: `1h30m`, `2 hours and 10 minutes`."""
_ODD_TIMES = {
    "fortnight": "14 days", "quarter of an hour": "15 minutes", "quarter hour": "15 minutes",
    "three quarters of an hour": "45 minutes",
}  # fmt: skip
_ODD = phrase(rf"(?:an? )?({'|'.join(sorted(_ODD_TIMES, key=len, reverse=True))})")
"""Times that are said in words alone."""
_SMALL = {"one": 1, "two": 2, "three": 3}


def _whole(said: Said) -> None:
    """Times of two parts as one: `an hour and a half` are 90 minutes."""
    said.text = _HALVES.sub(lambda found: _halved(found["n"] or found["m"], found["unit"] or found["of"]), said.text)
    said.text = _ODD.sub(lambda found: _ODD_TIMES[found[1]], said.text)
    said.text = _BOTH.sub(lambda found: f"{int(found['h']) * 60 + int(found['m'])} minutes", said.text)


def _halved(amount: str | None, unit: str) -> str:
    each = _SECONDS[unit[0]]
    number = int(amount) if amount and amount.isdigit() else _SMALL.get(amount or "", 1)
    return f"{number * each + each // 2} seconds"


def _seconds(amount: str | None, unit: str) -> int:
    """`10 minutes`, `an hour`, `half an hour`."""
    each = _SECONDS[unit[0]]
    if amount and amount.isdigit():
        return int(amount) * each
    return {"half": each // 2, "half a": each // 2, "half an": each // 2, "few": 3 * each, "couple of": 2 * each}.get(
        amount or "", each
    )


def span(length: int) -> str:
    """Seconds as the filter language writes them: `2d`, `90s`."""
    for unit in ("d", "h", "m"):
        if length and length % _SECONDS[unit] == 0:
            return f"{length // _SECONDS[unit]}{unit}"
    return f"{length}s"


def take_since(said: Said, *, bare: bool = False) -> int:
    """Seconds; 0 when no time was said. `bare`: a time alone at the end is one too, as in `logs web 1h`."""
    _whole(said)
    match = said.take(_SINCE) or (said.take(_BARE) if bare else None)
    if match is not None:
        parts = match.groups()
        pairs = [(parts[i], parts[i + 1]) for i in range(0, len(parts), 2) if parts[i + 1]]
        return _seconds(*pairs[0])
    day = said.take(_TODAY)
    if day is None:
        return 0
    return {"yesterday": 86_400, "today": 86_400, "this morning": 43_200}.get(day[1], 3600)


def take_ages(said: Said) -> list[str]:
    """Terms of the tables' filter language: `AGE:>7d`."""
    _whole(said)
    terms = []
    for sign, pattern in ((">", _OLDER), ("<", _YOUNGER), ("<", _CREATED)):
        match = said.take(pattern)
        if match is not None:
            terms.append(f"AGE:{sign}{span(_seconds(match[1], match[2]))}")
    return terms
