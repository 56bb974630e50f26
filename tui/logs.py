"""What the engine logs, on standard error."""

import logging

from .streams import write_talk


class _TalkHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        write_talk(self.format(record))


def start_logging(level: str) -> None:
    """Show records from `level` (a name in small letters) on."""
    logging.basicConfig(
        level=level.upper(),
        format="%(levelname)s %(name)s: %(message)s",
        handlers=[_TalkHandler()],
    )
