"""What the person looks at is in the first request to the model, as the screen has it."""

from pathlib import Path

from kubegenie_tui.demo.model_script import Turn
from tests.ui.test_genie import ask
from tests.ui.test_model_endings import app_with_model

QUESTION = "what would you say of these, in a few words?"


async def test_the_first_request_says_what_is_on_the_screen(tmp_path: Path) -> None:
    async with app_with_model(tmp_path, Turn("They are well."), namespace="shop") as (demo, model):
        await demo.until(lambda: demo.names)
        await demo.pilot.press("slash", *"cart", "enter")
        await demo.until(lambda: len(demo.names) > 2 and all(name.startswith("cart") for name in demo.names))
        await demo.pilot.press("m", "m")
        await demo.until_shown("2 marked")
        first, second, third = demo.names[:3]
        await demo.until(lambda: demo.table.current and demo.table.current.name == third)
        await ask(demo, QUESTION)
        await demo.until_shown("They are well.")
        rules, *_, asked = model.requests[0].json["messages"]
        assert asked["content"] == QUESTION
        for words in (
            "Cluster: prod-eu.",
            "The person looks at namespace shop,",
            "the table of pods,",
            "filtered by `cart`,",
            f"the cursor is on pods shop/{third},",
            f"marked are pods shop/{first}, pods shop/{second};",
        ):
            assert words in rules["content"]


async def test_what_is_not_on_the_screen_is_not_in_it(tmp_path: Path) -> None:
    async with app_with_model(tmp_path, Turn("They are well."), namespace="", command="deploy") as (demo, model):
        await demo.until(lambda: demo.names)
        await ask(demo, QUESTION)
        await demo.until_shown("They are well.")
        told = model.requests[0].json["messages"][0]["content"]
        [seen] = [line for line in told.splitlines() if line.startswith("The person looks at")]
        assert seen.startswith("The person looks at all namespaces, the table of deployments.apps, the cursor is on ")
        assert "filtered" not in seen
        assert "marked" not in seen
