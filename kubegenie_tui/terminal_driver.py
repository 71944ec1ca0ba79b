"""The terminal's driver, which can end without the terminal."""

from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    """Textual's own, but for a terminal that closed."""

    def write(self, data: str) -> None:
        """Write, unless the thread that does it has met the closed terminal: nobody would empty its queue."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)
