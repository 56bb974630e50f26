"""The way between the main screen and the others."""

from textual import events

from . import views
from .leaving import Leaving
from .screens.main import MainScreen
from .screens.view import View
from .works import Works


class Going(Leaving):
    """An application with a main screen, over which one view at a time lies."""

    main: MainScreen
    works: Works

    def action_views(self) -> None:
        from .screens.go_to import GoToScreen

        def chosen(name: str | None) -> None:
            if name is not None:
                self.action_view(name)

        self.push_screen(GoToScreen(), chosen)

    def action_view(self, name: str) -> None:
        """Go to the view of this name, from the cues or from another one."""
        view = views.view_named(name).make()
        self.action_main()
        self.push_screen(view)

    def action_main(self) -> None:
        """Back to the cues."""
        if isinstance(self.screen, View):
            self.pop_screen()

    def on_key(self, event: events.Key) -> None:
        """A digit that nothing else took goes to its view."""
        if self.screen is self.main or isinstance(self.screen, View):
            for view in views.VIEWS:
                if view.digit == event.key:
                    event.stop()
                    self.action_view(view.name)
