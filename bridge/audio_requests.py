"""Does what clients ask for that play the sound themselves. Plain."""

from .hub import Hub
from .protocol import AudioOk, ErrorCode, Ok
from .protocol import requests as ask
from .refusal import RefusedError
from .sent_audio import PositionError
from .session import Session


def meet_audio(
    hub: Hub,
    session: Session,
    request: ask.AudioStart | ask.AudioStop | ask.AudioPosition,
    now: float,
) -> Ok:
    """Meet a request; raises `RefusedError`."""
    if session.channel.feed is None:
        raise RefusedError(
            ErrorCode.NOT_AVAILABLE,
            "the sound itself is not available here; `features` tells where it is",
        )
    try:
        match request:
            case ask.AudioStart():
                return _start(hub, session, request, now)
            case ask.AudioPosition():
                _take_position(hub, session, request, now)
            case ask.AudioStop():
                hub.stop_audio(session, now)
    except PositionError as error:
        raise RefusedError(ErrorCode.WRONG_POSITION, str(error)) from error
    return Ok(id=request.id)


def _start(hub: Hub, session: Session, request: ask.AudioStart, now: float) -> AudioOk:
    audio, point = session.audio, request.resume
    resumed = (
        point is not None
        and audio is not None
        and audio.number == point.stream
        and audio.form == request.format
    )
    if audio is not None and point is not None and resumed:
        audio.resume(int(point.frame), int(request.credit))
    else:
        audio = hub.start_audio(session, request.format, int(request.credit), now)
    return AudioOk(id=request.id, stream=audio.number, frame=audio.sent, resumed=resumed)


def _take_position(hub: Hub, session: Session, request: ask.AudioPosition, now: float) -> None:
    audio = session.audio
    if audio is None or audio.number != request.stream:
        raise RefusedError(
            ErrorCode.UNKNOWN_STREAM,
            f"this session has no stream {request.stream:g}: begin with audio_start",
        )
    audio.played(int(request.frame), int(request.credit))
    hub.played(session, now)
