"""Objects of a kind that only the cluster knows: annotated, edited and deleted in the app."""

import asyncio
from functools import partial

import pytest
from kubernetes import client

from tests.cluster.custom_things import custom_things
from tests.cluster.keyboard import at_the_keyboard
from tests.cluster.test_operations_in_app import done_and_undone
from tests.control_plane import ControlPlane

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]


@pytest.mark.others(done="custom", refused="custom", underneath="custom", undone="custom")
async def test_a_custom_object(
    control_plane: ControlPlane, reader: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    with custom_things(official, namespace) as things:
        look = partial(things.look, things.app)
        async with at_the_keyboard(control_plane, namespace, things.app.kind) as person:
            await person.stand_on("app")
            await done_and_undone(person, ":annotate example.com/note=hand", "W1 reversible", look)
            await person.write("edit", lambda text: text.replace("./app", "./other"))
            await person.decided()
            things.patch(things.app, {"spec": {"interval": "5m"}})
            await person.is_overtaken()
            assert look()[1] == {"path": "./app", "suspend": False, "interval": "5m"}
            await person.approve("W1 reversible")
            assert look()[1] == {"path": "./other", "suspend": False, "interval": "5m"}
            await person.take_back()
            assert look()[1] == {"path": "./app", "suspend": False, "interval": "5m"}
            await person.leave()
            await person.stand_on("held")
            await done_and_undone(person, "ctrl+d", "W2 disruptive", partial(things.all_like, things.held))
        async with at_the_keyboard(reader, namespace, things.app.kind) as person:
            await person.stand_on("app")
            await person.write("edit", lambda text: text.replace("./app", "./other"))
            await person.is_refused(f"You may not patch {things.app.kind}")
            await person.act("ctrl+d")
            await person.is_refused(f"You may not delete {things.app.kind}")
        assert (await asyncio.to_thread(look))[1]["path"] == "./app"


async def test_a_definition_says_how_many_objects_go_with_it(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    with custom_things(official, namespace) as things:
        async with at_the_keyboard(control_plane, "", "crd") as person:
            await person.stand_on(things.app.kind)
            await person.act("ctrl+d")
            await person.decided()
            assert f"2 of its kustomizations go with it: {namespace} 2" in person.text(), person.text()
            assert "W3 destructive" in person.text()
            await person.drop()
        assert set(things.all_like(things.app)) == {"app", "held"}
