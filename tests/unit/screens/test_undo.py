from kubegenie_tui.domain.plan import Plan, Undoable
from kubegenie_tui.screens.undo import UNSURE, _line

PLAN = Plan("Undo: Scale", "prod", ())


def test_what_may_not_have_been_made_is_not_told_as_made() -> None:
    made, unsure, undone = (
        _line(Undoable(1, 0.0, "prod", "Scale", PLAN, unsure=unsure, undone=undone), 60.0).plain
        for unsure, undone in ((False, False), (True, False), (True, True))
    )
    assert made.rstrip().endswith("Scale")
    assert unsure.endswith(f"Scale  {UNSURE}")
    assert undone.endswith("Scale  undone")
