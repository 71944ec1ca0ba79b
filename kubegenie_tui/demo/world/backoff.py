"""When a kubelet tries again: containers that end, images that cannot be pulled."""

from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.domain.quantity import parse_time

LONGEST_BACKOFF = 300.0


def restart_wait(status: Object) -> float:
    """Seconds between the end of a container and its next start: they double up to five minutes."""
    ended = status["lastState"]["terminated"]
    ran = parse_time(ended["finishedAt"]) - parse_time(ended["startedAt"])
    if status["restartCount"] == 0 or ran > 2 * LONGEST_BACKOFF:
        return 0.0
    return float(min(LONGEST_BACKOFF, 10.0 * 2.0 ** (min(status["restartCount"], 10) - 1)))


def pull_attempts(elapsed: float) -> tuple[float, float]:
    """When an image was last pulled and will be next, seconds after the first try: waits double up to five minutes."""
    tried, wait = 0.0, 10.0
    while tried + wait <= elapsed:
        tried, wait = tried + wait, min(wait * 2, LONGEST_BACKOFF)
    return tried, tried + wait


def go_duration(seconds: float) -> str:
    """As Go writes it: `1m20s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
