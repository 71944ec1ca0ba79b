from kubegenie_tui.domain.looks import QUARTER, Look
from kubegenie_tui.store.looks import KEPT_SECONDS
from kubegenie_tui.store.store import Store

AT = 1_795_000_560.0
BEGIN = 1_795_000_500


async def test_looks_of_one_quarter_of_an_hour_are_one_with_the_most_of_each(store: Store) -> None:
    await store.looks.add("prod", AT, {"shop": 5, "db": 40})
    await store.looks.add("prod", AT + 60, {"shop": 9, "mail": 1})
    await store.looks.add("prod", AT + QUARTER, {"shop": 2})
    await store.looks.add("dev", AT, {"shop": 700})
    assert await store.looks.of("prod") == [
        Look(BEGIN, {"shop": 9, "db": 40, "mail": 1}),
        Look(BEGIN + QUARTER, {"shop": 2}),
    ]


async def test_they_are_of_the_cluster_whoever_looks_and_kept_for_a_week(store: Store) -> None:
    await store.looks.add("prod as alice (dev)", AT, {"shop": 5})
    await store.looks.add("dev", AT, {"shop": 5})
    assert await store.looks.of("prod") == await store.looks.of("prod as bob")
    assert len(await store.looks.of("prod")) == 1
    await store.looks.add("prod", AT + KEPT_SECONDS + QUARTER, {"shop": 1})
    assert [each.used for each in await store.looks.of("prod")] == [{"shop": 1}]
    assert await store.looks.of("dev") == []
