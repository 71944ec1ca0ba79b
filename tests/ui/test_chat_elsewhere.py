"""Conversations about other clusters, or held as somebody else, in the chat of the cluster in view."""

from pathlib import Path

from textual.widgets import OptionList

from kubegenie_tui.domain.conversation import Finished, Focus, Link, Message, Record, ShowRequested, TextDelta
from kubegenie_tui.screens.messages import AskRequested, DetailRequested, ExplorerRequested
from kubegenie_tui.screens.picker import PickerScreen
from tests.ui.played_chat import Chat, chat_on_stage
from tests.ui.stage import until

LINK = Link("secret shop/db", ShowRequested("secrets", "shop", "", "db", "detail"))
ANSWER = (TextDelta("It is slow here."), Finished("gpt-x"))


async def kept(chat: Chat, title: str, cluster: str, at: float) -> None:
    conversation = await chat.store.conversations.create(title, cluster)
    question = Message("user", f"{title}?", at, record=Record(focus=Focus(cluster)))
    answer = Message("assistant", f"of {title}", at + 1, record=Record(links=(LINK,)))
    for message in (question, answer):
        await chat.store.conversations.append(conversation.id, message)


async def opened(chat: Chat, title: str) -> None:
    """Pick a conversation from the list."""
    await chat.pilot.press("ctrl+r")
    await until(chat.pilot, lambda: isinstance(chat.app.screen, PickerScreen))
    await chat.pilot.press(*title, "enter")
    await until(chat.pilot, lambda: f"of {title}" in chat.text())


async def test_conversations_of_the_cluster_in_view_come_first(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ANSWER) as chat:
        names = ["prod-eu", "prod-eu as jane", "staging"]
        for number, cluster in enumerate(names):
            await kept(chat, f"talk{number}", cluster, 9e9 + number)
        await chat.pilot.press("ctrl+r")
        await until(chat.pilot, lambda: isinstance(chat.app.screen, PickerScreen))
        options = chat.app.screen.query_one(OptionList)
        await until(chat.pilot, lambda: options.option_count == 3)
        shown = [str(options.get_option_at_index(number).prompt) for number in range(3)]
        assert [name for name, words in zip(names, shown, strict=True) if f"  {name}  " in words] == names


async def test_one_of_another_cluster_says_so_and_goes_on_about_this_one(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ANSWER) as chat:
        await kept(chat, "slow", "staging", 1.0)
        await opened(chat, "slow")
        moved = "What is above was asked about staging. What follows is about prod-eu"
        assert moved in chat.text()
        await until(chat.pilot, lambda: chat.pane.talk.numbers == {1})
        await chat.pilot.press("1")
        await until(chat.pilot, lambda: chat.app.heard(DetailRequested))
        [wanted] = chat.app.heard(DetailRequested)
        assert isinstance(wanted, DetailRequested)
        assert wanted.ref.cluster == "staging"
        await chat.ask("and here?")
        await until(chat.pilot, lambda: "It is slow here." in chat.text())
        assert chat.genie.asked[0][1].cluster == "prod-eu"
        assert chat.text().count("What is above") == 1
        await opened(chat, "slow")
        text = chat.text()
        assert text.index("of slow") < text.index(moved) < text.index("and here?")
        assert text.count("What is above") == 1


async def test_one_that_was_held_as_somebody_else_says_so(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ANSWER) as chat:
        await kept(chat, "slow", "prod-eu as jane", 1.0)
        await opened(chat, "slow")
        for words in (
            "What is above was asked as jane. What follows is asked as yourself",
            "→ go on as jane  :as jane",
        ):
            await until(chat.pilot, lambda words=words: words in chat.text())  # type: ignore[misc]
        await until(chat.pilot, lambda: chat.pane.talk.numbers == {1, 2})
        await chat.pilot.press("2")
        await until(chat.pilot, lambda: chat.app.heard(AskRequested))
        [place], [question] = chat.app.heard(ExplorerRequested), chat.app.heard(AskRequested)
        assert isinstance(place, ExplorerRequested)
        assert isinstance(question, AskRequested)
        assert place.cluster == question.focus.cluster == "prod-eu as jane"
        there = chat.sessions.of("prod-eu as jane")
        assert there.conversation is not None
        assert [each.text for each in there.messages] == ["slow?", "of slow"]
        await until(chat.pilot, lambda: "of slow" not in chat.text())


async def test_one_of_the_cluster_in_view_says_nothing_of_it(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ANSWER) as chat:
        await kept(chat, "slow", "prod-eu", 1.0)
        await opened(chat, "slow")
        assert "What is above" not in chat.text()
