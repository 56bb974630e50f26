"""How a request is refused."""

from .protocol import ErrorCode


class RefusedError(Exception):
    """A request that is not met; inside the bridge only."""

    def __init__(self, code: ErrorCode, text: str) -> None:
        super().__init__(text)
        self.code = code
