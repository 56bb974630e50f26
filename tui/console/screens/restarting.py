"""What the screens have in common whose settings are heeded when the voice starts."""

from .confirming import AskYes
from .view import View


class Restarting(View):
    """A screen from which the voice is started again, to heed settings."""

    def action_restart(self) -> None:
        narrator = self.host.link.narrator
        if narrator is None or not narrator.waiting:
            self._restart(sure=True)
            return
        text = "Start the voice again? What is being spoken, and what waits, ends."
        self.host.push_screen(AskYes("Restart", text), lambda sure: self._restart(sure=bool(sure)))

    def _restart(self, *, sure: bool) -> None:
        if sure:
            self.host.notice("the voice is started again ...")
            self.host.link.restart()
