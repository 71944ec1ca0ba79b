"""A removal in lines of text: what is gone, what goes, what is there yet."""

import pytest

from kubegenie_tui.cli.provision_lines import outline_json, outline_lines, records_told, work_lines
from kubegenie_tui.domain.creation import Outline, PlannedStep, StepRecord, StepState, Work, WorkKind, WorkState
from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec
from kubegenie_tui.providers.cluster_api.costs import estimate_of

MADE = tuple(
    PlannedStep(key, key.capitalize(), f"toy:{key}", stays=key == "api") for key in ("api", "net", "plane", "pool")
)
REMOVAL = tuple(
    PlannedStep(key, key.capitalize(), f"remove what toy:{key} made", usual_seconds=0)
    for key in ("pool", "plane", "net")
)
STATES = (StepState.DONE, StepState.DONE, StepState.REMOVING, StepState.REMOVED)


@pytest.mark.parametrize(
    ("state", "plane"), [(WorkState.REMOVING, "◐ Plane: removing"), (WorkState.FAILED, "✖ Plane: not removed")]
)
def test_a_removal_step_by_step(state: WorkState, plane: str) -> None:
    records = tuple(StepRecord(each.key, each_state) for each, each_state in zip(MADE, STATES, strict=True))
    removal = Outline("toy", "shop", "north", REMOVAL)
    work = Work(
        "w", WorkKind.CREATE, Outline("toy", "shop", "north", MADE), {}, {}, records, 0.0, state, removal=removal
    )
    head, *steps = [line.strip() for line in work_lines(work, worked_on=True)]
    assert "shop (toy, create)" in head
    assert steps == ["○ Pool: removed", plane, "○ Net: not removed yet"]
    assert [each.key for each in records_told(work)] == ["pool", "plane", "net"]


def test_how_long_it_takes_is_said_of_what_is_made_alone() -> None:
    assert "  Net  (toy:net, about 1s)" in outline_lines(Outline("toy", "shop", "north", MADE))
    assert "  Net  (remove what toy:net made)" in outline_lines(Outline("toy", "shop", "north", REMOVAL))


def test_what_has_no_price_is_called_unpriced_and_not_free() -> None:
    told = {"name": "shop", "cluster_class": "quick", "version": "1.34.2"}
    pools = [{"worker_class": "small"}, {"name": "batch", "worker_class": "large", "autoscale": True}]
    estimate = estimate_of(ClusterApiSpec.model_validate({**told, "control_planes": 1, "pools": pools}))
    outline = Outline("toy", "shop", "north", MADE, estimate)
    lines = [line.strip() for line in outline_lines(outline)]
    assert "unpriced, what it costs is not known: the ClusterClass and its infrastructure provider" in " ".join(lines)
    for costing in (
        "1 machine of the control plane",
        "2 machines of the class small in the pool default",
        "1 machine of the class large in the pool batch, and up to 5",
        "network, disks and load balancers of its infrastructure",
    ):
        assert f"{costing}, which costs too" in lines
    assert "$0" not in " ".join(lines)
    assert outline_json(outline)["estimate"]["monthly"] is None


def test_what_was_left_alone_is_not_called_removed() -> None:
    left = StepRecord("pool", StepState.REMOVED, message="left alone: this work did not make it")
    outline = Outline("toy", "shop", "north", MADE)
    removal = Outline("toy", "shop", "north", REMOVAL[:1])
    work = Work("w", WorkKind.CREATE, outline, {}, {}, (left,), 0.0, WorkState.REMOVED, removal=removal)
    assert work_lines(work, worked_on=False)[-1].strip() == "○ Pool: not removed, left alone: this work did not make it"
