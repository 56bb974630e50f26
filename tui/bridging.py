"""The bridge as the settings want it."""

from importlib.metadata import version

from ..bridge.options import BridgeOptions
from ..bridge.password_store import password_path, read_password
from ..bridge.server import BridgeServer
from ..core.config import DEFAULT, LoadedSettings
from ..core.config_values import split_address, split_origins
from ..core.errors import BridgeError
from ..core.narrator import Narrator
from ..core.settings import BridgeSettings
from .streams import tell


class Bridge:
    """A bridge that may not come to be: another program has the default address. `BridgeError`
    where the address was chosen."""

    def __init__(self, loaded: LoadedSettings, narrator: Narrator) -> None:
        self._chosen = loaded.origins["bridge.address"] != DEFAULT
        options = bridge_options(loaded.settings.bridge)
        name = f"skaldcast {version('skaldcast')}"
        self._server: BridgeServer | None = BridgeServer(narrator, options, server=name)

    async def bind(self) -> None:
        """Take the address, before the voice is loaded: what is wrong with it is told at once."""
        if self._server is not None:
            try:
                await self._server.bind()
            except BridgeError as error:
                self._give_up(error)

    async def start(self) -> None:
        """Let clients in, and say where."""
        if self._server is not None:
            try:
                await self._server.start()
            except BridgeError as error:
                self._give_up(error)
            else:
                tell(f"the bridge listens on {self._server.url}")

    def refuse_cues(self) -> None:
        """Take no new ones."""
        if self._server is not None:
            self._server.refuse_cues()

    @property
    def clients(self) -> int | None:
        """How many are connected; None where it does not listen."""
        return None if self._server is None else self._server.clients

    def brought(self, cue_id: str) -> bool:
        """Whether a cue that has not ended came from a client."""
        return self._server is not None and self._server.hub.owner(cue_id) is not None

    async def close(self) -> None:
        """Tell all that was left to tell, and end. Idempotent."""
        if self._server is not None:
            await self._server.close()

    def _give_up(self, error: BridgeError) -> None:
        if self._chosen:
            raise error
        self._server = None
        tell(f"warning: {error}")


def bridge_options(settings: BridgeSettings) -> BridgeOptions:
    """What the bridge needs of the settings; the password that was made is used where none is
    set. Raises `ConfigError`."""
    host, port = split_address(settings.address)
    password = settings.password
    if not password and (kept := read_password(password_path())) is not None:
        password = kept.password
    return BridgeOptions(
        host=host,
        port=port,
        password=password,
        origins=split_origins(settings.origins),
        certificate=settings.certificate,
        key=settings.key,
    )
