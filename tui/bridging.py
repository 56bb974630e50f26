"""The bridge as the settings want it."""

from dataclasses import replace
from importlib.metadata import version

from ..bridge.limits import Limits
from ..bridge.options import BridgeOptions
from ..bridge.password_store import new_password, password_path, read_password
from ..bridge.server import BridgeServer
from ..core.config import DEFAULT, LoadedSettings
from ..core.config_values import split_address, split_origins
from ..core.errors import BridgeError
from ..core.narrator import Narrator
from ..core.settings import BridgeSettings
from .port_file import PortFile
from .streams import tell


class Bridge:
    """A bridge that may not come to be: another program has the default address. `BridgeError`
    where the address was chosen, or where somebody waits for the port file."""

    def __init__(
        self, loaded: LoadedSettings, narrator: Narrator, port_file: PortFile | None = None
    ) -> None:
        self._chosen = loaded.origins["bridge.address"] != DEFAULT or port_file is not None
        self._port_file = port_file
        options = (
            bridge_options(loaded.settings.bridge)
            if port_file is None
            else _options_for_one_game(loaded)
        )
        self._password = options.password
        name = f"skaldcast {version('skaldcast')}"
        self._server: BridgeServer | None = BridgeServer(narrator, options, server=name)
        self.trouble = ""
        """Why it does not listen, where that is put up with."""

    @property
    def server(self) -> BridgeServer | None:
        """None where it does not listen."""
        return self._server

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
                if self._port_file is not None:
                    self._port_file.write(self._server.url, self._password)

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
        self.forget()
        if self._server is not None:
            await self._server.close()

    def forget(self) -> None:
        """Take the port file away. Idempotent."""
        if self._port_file is not None:
            self._port_file.remove()

    def _give_up(self, error: BridgeError) -> None:
        if self._chosen:
            raise error
        self._server = None
        self.trouble = str(error)
        tell(f"warning: {error}")


def _options_for_one_game(loaded: LoadedSettings) -> BridgeOptions:
    """For whoever reads the port file, and nobody else: a port that is free, where no address was
    chosen, and a new password, where none was set."""
    settings = loaded.settings.bridge
    settings = replace(settings, password=settings.password or new_password())
    options = bridge_options(settings)
    is_chosen = loaded.origins["bridge.address"] != DEFAULT
    return options if is_chosen else replace(options, port=0)


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
        limits=Limits(channels=settings.channels),
    )
