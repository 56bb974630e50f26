"""Stands between a game and the engine, and breaks what a network breaks."""

import contextlib
import socket
import threading
from typing import Self


class Proxy:
    """Passes bytes on, until told to lose the connection."""

    def __init__(self, port: int) -> None:
        self.received = b""
        """What the game has sent over all connections."""
        self.refusals = 0
        """So many of the next connections are closed at once."""
        self._target = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self._listening.getsockname()[1]}"
        self._changed = threading.Condition()
        self._muted = self._held = False
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.let_through()
        self.drop()
        for thread in self._threads:
            thread.join()

    def mute(self) -> None:
        """The game hears nothing more over this connection; what it sends goes through."""
        with self._changed:
            self._muted = True

    def wait_for_more(self, count: int) -> None:
        """Until the game has sent more than `count` bytes."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.received) > count, timeout=60)

    def drop(self, refusals: int = 0) -> None:
        """Lose the connection, without a goodbye, and the next ones too."""
        with self._changed:
            self.refusals = refusals
            self._muted = False
            gone, self._open = self._open, []
        for end in gone:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def hold(self) -> None:
        """Keep the next connection waiting, so that no back-off of the game's comes on top."""
        with self._changed:
            self._held = True

    def let_through(self) -> None:
        """Pass on what was kept waiting."""
        with self._changed:
            self._held = False
            self._changed.notify_all()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed: the test is over
            while True:
                game, _ = self._listening.accept()
                if self.refusals:
                    self.refusals -= 1
                    game.close()
                    continue
                engine = socket.create_connection(self._target)
                with self._changed:
                    self._changed.wait_for(lambda: not self._held)
                    self._open += [game, engine]
                for ends in ((game, engine), (engine, game)):
                    thread = threading.Thread(target=self._pass_on, args=(*ends, ends[0] is game))
                    self._threads.append(thread)
                    thread.start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, from_game: bool) -> None:
        with source, contextlib.suppress(OSError):
            while data := source.recv(65536):
                if from_game or not self._muted:
                    sink.sendall(data)
                if from_game:
                    with self._changed:
                        self.received += data
                        self._changed.notify_all()
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
