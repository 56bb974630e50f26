"""Does what clients ask for that want texts as sound files. Plain."""

from ..core.errors import StateError
from .hub import Hub
from .protocol import ErrorCode, Ok, RenderOk
from .protocol import requests as ask
from .refusal import RefusedError
from .sent_render import SentRender
from .session import Session


def meet_render(hub: Hub, session: Session, request: ask.Render | ask.RenderCancel) -> Ok:
    """Meet a request; raises `RefusedError`, and what the speaker raises."""
    match request:
        case ask.Render():
            return _render(hub, session, request)
        case ask.RenderCancel():
            render = session.renders.pop(int(request.stream), None)
            if render is None:
                raise RefusedError(
                    ErrorCode.UNKNOWN_STREAM,
                    f"no file of the number {request.stream:g} is being made for this connection",
                )
            render.cancel()
            return Ok(id=request.id)


def _render(hub: Hub, session: Session, request: ask.Render) -> RenderOk:
    if hub.ending:
        raise RefusedError(ErrorCode.ENDING, "the server ends: ask again once it is back")
    most = session.limits.renders
    if len(session.renders) >= most:
        raise RefusedError(
            ErrorCode.TOO_MANY_RENDERS,
            f"{most} files are being made for this client: wait for some to finish",
        )
    try:
        rendition = session.channel.speaker.render(
            request.text,
            voice=request.voice,
            character=request.character,
            speed=request.speed,
            keeps_words=True,
        )
    except StateError as error:
        raise RefusedError(ErrorCode.TOO_MANY_RENDERS, str(error)) from error
    session.streams += 1
    session.renders[session.streams] = SentRender(session.streams, rendition, request.file)
    return RenderOk(id=request.id, stream=session.streams)
