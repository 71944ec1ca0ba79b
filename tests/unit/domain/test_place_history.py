from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.place_history import MOST, PlaceHistory

A, B, C = Place("pods"), Place("services"), Place("nodes")


def test_back_and_forward() -> None:
    history = PlaceHistory()
    history.leave(A)
    history.leave(B)
    assert history.back(C) == B
    assert history.back(B) == A
    assert history.back(A) is None
    assert history.forward(A) == B
    assert history.forward(B) == C
    assert history.forward(C) is None


def test_going_somewhere_new_forgets_what_was_ahead() -> None:
    history = PlaceHistory()
    history.leave(A)
    assert history.back(B) == A
    history.leave(A)
    assert history.forward(C) is None


def test_the_last_place_leads_to_and_fro() -> None:
    history = PlaceHistory()
    assert history.last(A) is None
    history.leave(A)
    assert history.last(B) == A
    assert history.last(A) == B


def test_it_is_kept_bounded_and_survives_what_it_cannot_read() -> None:
    history = PlaceHistory()
    for number in range(MOST + 10):
        history.leave(Place("pods", f"space-{number}"))
    again = PlaceHistory(history.text())
    steps = 0
    while again.back(A) is not None:
        steps += 1
    assert steps == MOST
    assert PlaceHistory("{not json").back(A) is None
    assert PlaceHistory('{"earlier": 3}').back(A) is None
