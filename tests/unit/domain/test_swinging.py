"""What goes to and fro is one line, at the time of the last; nothing else is taken in."""

from itertools import count

from kubegenie_tui.domain.swinging import Folding
from kubegenie_tui.domain.timeline import Change

PULLS = ("ErrImagePull", "ImagePullBackOff")


class Shown:
    """The lines that a timeline shows, by their identity."""

    def __init__(self) -> None:
        self._folding = Folding()
        self._ids = count(1)
        self._lines: dict[str, str] = {}

    def hear(self, before: str, after: str, name: str = "web", what: str = "status") -> None:
        number = next(self._ids)
        change = Change(float(number), "pods", "shop", name, what, before, after, id=number)
        line = self._folding.told(change)
        self._lines.pop(line.hides, None)
        self._lines.pop(line.key, None)
        self._lines[line.key] = f"{line.change.at:.0f} {name} {line.words}"

    @property
    def lines(self) -> list[str]:
        return list(self._lines.values())


def test_a_pod_that_flaps_is_one_line_with_its_count_and_its_last_state() -> None:
    shown = Shown()
    for number in range(8):
        shown.hear(*(PULLS if number % 2 == 0 else PULLS[::-1]))
    assert shown.lines == ["8 web 8× ImagePullBackOff ⇄ ErrImagePull"]
    shown.hear(*PULLS)
    assert shown.lines == ["9 web 9× ErrImagePull ⇄ ImagePullBackOff"]


def test_what_went_there_and_back_once_is_told_with_both_times() -> None:
    shown = Shown()
    shown.hear("3/3", "2/3", what="ready")
    shown.hear("2/3", "3/3", what="ready")
    assert shown.lines == ["1 web ready 3/3 → 2/3", "2 web ready 2/3 → 3/3"]


def test_others_between_do_not_keep_it_from_being_one_line() -> None:
    shown = Shown()
    for number in range(3):
        there = number % 2 == 0
        shown.hear(*(("A", "B") if there else ("B", "A")))
        shown.hear(*(("1/1", "0/1") if there else ("0/1", "1/1")), what="ready")
        shown.hear(*(("A", "B") if there else ("B", "A")), name="db")
    assert shown.lines == ["7 web 3× A ⇄ B", "8 web 3× ready 1/1 ⇄ 0/1", "9 db 3× A ⇄ B"]


def test_a_third_word_ends_it() -> None:
    shown = Shown()
    for before, after in ("AB", "BA", "AB", "BC", "CB", "BC", "CB"):
        shown.hear(before, after)
    assert shown.lines == ["3 web 3× A ⇄ B", "7 web 4× C ⇄ B"]


def test_another_object_of_the_same_name_begins_anew() -> None:
    shown = Shown()
    for before, after in ("AB", "BA"):
        shown.hear(before, after)
    shown.hear("A", "", what="went")
    shown.hear("A", "B")
    assert shown.lines == ["1 web A → B", "2 web B → A", "3 web went, A", "4 web A → B"]


def test_what_somebody_changed_again_and_again_is_no_going_to_and_fro() -> None:
    shown = Shown()
    for _ in range(4):
        shown.hear("kubectl", "spec", what="changed")
    assert len(shown.lines) == 4
