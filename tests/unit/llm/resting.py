"""Waiting that takes no time, and remembers for how long it would have been."""


class Resting:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
