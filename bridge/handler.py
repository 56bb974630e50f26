"""Does what clients ask for. Plain: it calls the narrator, which returns at once."""

from collections.abc import Sequence

from ..core import types
from ..core.cue import Cue
from ..core.errors import ConfigError, SkaldcastError, StateError, SynthesisError
from ..core.synthesis.registry import VoiceRow as RegistryRow
from .audio_requests import meet_audio
from .hub import Hub
from .protocol import CueOk, Error, ErrorCode, Ok, Priority, Reply, SubscribeOk, VoiceRow, VoicesOk
from .protocol import requests as ask
from .refusal import RefusedError
from .render_requests import meet_render
from .session import Session
from .speaker import Speaker
from .state import state_of

_PRIORITIES = {
    Priority.INTERRUPT: types.Priority.INTERRUPT,
    Priority.DEMAND: types.Priority.DEMAND,
    Priority.PREFETCH: types.Priority.PREFETCH,
}


_ALWAYS = (ask.GetState, ask.Subscribe, ask.AudioPosition, ask.AudioStop, ask.RenderCancel)
"""What is met though the narration has failed."""


def handle(hub: Hub, session: Session, request: ask.ClientRequest, now: float) -> Reply:
    """Meet a request, or tell why not."""
    try:
        if hub.failure is not None and not isinstance(request, _ALWAYS):
            raise RefusedError(ErrorCode.ENGINE_FAILED, hub.failure)
        return _meet(hub, session, request, now)
    except RefusedError as refusal:
        return Error(id=request.id, code=refusal.code, text=str(refusal))
    except SkaldcastError as error:
        return Error(id=request.id, code=_code_of(error, hub), text=str(error))


def _code_of(error: SkaldcastError, hub: Hub) -> ErrorCode:
    match error:
        case SynthesisError():
            return ErrorCode.UNKNOWN_VOICE
        case ConfigError():
            return ErrorCode.WRONG_VALUE
        case StateError():
            return ErrorCode.ENDING if hub.ending else ErrorCode.TOO_MANY_CUES
        case _:
            return ErrorCode.ENGINE_FAILED


def _meet(hub: Hub, session: Session, request: ask.ClientRequest, now: float) -> Reply:
    match request:
        case ask.Say():
            return _say(hub, session, request)
        case ask.SayStart():
            return _say_start(hub, session, request, now)
        case ask.SayAppend():
            return _say_append(hub, session, request, now)
        case ask.SayFinish():
            return _say_finish(hub, session, request)
        case ask.Subscribe():
            session.subscribe(request.events)
            events = sorted(session.events)
            return SubscribeOk(id=request.id, events=events)
        case ask.GetState():
            return state_of(session.channel.speaker, request.id)
        case ask.ListVoices():
            return VoicesOk(id=request.id, voices=_voices(session.channel.speaker.voices()))
        case ask.AudioStart() | ask.AudioStop() | ask.AudioPosition():
            return meet_audio(hub, session, request, now)
        case ask.Render() | ask.RenderCancel():
            return meet_render(hub, session, request)
        case _:
            _steer(session.channel.speaker, request)
            return Ok(id=request.id)


def _steer(
    speaker: Speaker,
    request: ask.Pause | ask.Resume | ask.Skip | ask.Stop | ask.Clear | ask.SetCast | ask.SetVolume,
) -> None:
    match request:
        case ask.Pause():
            speaker.pause()
        case ask.Resume():
            speaker.resume()
        case ask.Skip(cue_id=None):
            speaker.skip()
        case ask.Skip(cue_id=cue_id):
            speaker.cancel(_known_cue(speaker, cue_id or ""))
        case ask.Stop():
            speaker.stop()
        case ask.Clear():
            speaker.clear()
        case ask.SetVolume():
            speaker.set_volume(request.volume)
        case ask.SetCast():
            speaker.set_cast(request.cast)


# cues


def _say(hub: Hub, session: Session, request: ask.Say) -> CueOk:
    if (known := _repeated(session, request)) is not None:
        return known
    _check_room(hub, session, len(request.text), cues=1)
    cue = session.channel.speaker.play(
        request.text,
        cue_id=request.cue_id,
        voice=request.voice,
        character=request.character,
        priority=_PRIORITIES[request.priority],
        speed=request.speed,
    )
    hub.own(session, cue, open_since=None)
    return _cue_ok(request.id, cue)


def _say_start(hub: Hub, session: Session, request: ask.SayStart, now: float) -> CueOk:
    if (known := _repeated(session, request)) is not None:
        return known
    _check_room(hub, session, len(request.text), cues=1)
    cue = session.channel.speaker.open(
        cue_id=request.cue_id,
        voice=request.voice,
        character=request.character,
        priority=_PRIORITIES[request.priority],
        speed=request.speed,
    )
    session.channel.speaker.push(cue, request.text)
    hub.own(session, cue, open_since=now)
    return _cue_ok(request.id, cue)


def _say_append(hub: Hub, session: Session, request: ask.SayAppend, now: float) -> CueOk:
    cue = _known_cue(session.channel.speaker, request.cue_id)
    text = _new_part(cue, request)
    owner = session.channel.owners.get(cue.cue_id)
    own = owner.cues.get(cue.cue_id) if owner is not None else None
    if text and cue.outcome is None:
        if own is None or own.open_since is None:
            raise RefusedError(
                ErrorCode.TEXT_COMPLETE, f"the text of cue {cue.cue_id!r} is complete: say another"
            )
        _check_room(hub, session, len(text), cues=0)
        session.channel.speaker.push(cue, text)
        own.characters += len(text)
        own.open_since = now
    return _cue_ok(request.id, cue)


def _say_finish(hub: Hub, session: Session, request: ask.SayFinish) -> CueOk:
    cue = _known_cue(session.channel.speaker, request.cue_id)
    hub.finish(session.channel.owners.get(cue.cue_id) or session, cue.cue_id)
    hub.predict_soon(session.channel, cue)
    return _cue_ok(request.id, cue)


def _repeated(session: Session, request: ask.Say | ask.SayStart) -> CueOk | None:
    """The reply where the cue is known: it is not spoken twice."""
    cue = None if request.cue_id is None else session.channel.speaker.cue(request.cue_id)
    if cue is None:
        return None
    return CueOk(id=request.id, cue_id=cue.cue_id, received=len(cue.text), known=True)


def _cue_ok(request_id: str, cue: Cue) -> CueOk:
    return CueOk(id=request_id, cue_id=cue.cue_id, received=len(cue.text))


def _check_room(hub: Hub, session: Session, characters: int, *, cues: int) -> None:
    if hub.ending:
        raise RefusedError(ErrorCode.ENDING, "the server ends: say it again once it is back")
    limits = session.limits
    if len(session.cues) + cues > limits.queued_cues:
        raise RefusedError(
            ErrorCode.TOO_MANY_CUES,
            f"{limits.queued_cues} of this client's cues wait: wait for some to finish",
        )
    if session.queued_characters + characters > limits.queued_characters:
        raise RefusedError(
            ErrorCode.TOO_MUCH_TEXT,
            f"this client's cues hold {limits.queued_characters} characters: "
            "wait for some to finish",
        )


def _known_cue(speaker: Speaker, cue_id: str) -> Cue:
    cue = speaker.cue(cue_id)
    if cue is None:
        raise RefusedError(
            ErrorCode.UNKNOWN_CUE, f"there is no cue {cue_id!r}: begin with say_start"
        )
    return cue


def _new_part(cue: Cue, request: ask.SayAppend) -> str:
    """What of a piece has not come yet."""
    if request.start is None:
        return request.text
    there = len(cue.text)
    if request.start > there:
        raise RefusedError(
            ErrorCode.TEXT_MISSING,
            f"only {there} characters of cue {cue.cue_id!r} have come: send the rest first",
        )
    return request.text[there - int(request.start) :]


def _voices(rows: Sequence[RegistryRow]) -> list[VoiceRow]:
    return [
        VoiceRow(
            voice=row.voice.spec,
            name=row.voice.name,
            synthesizer=row.voice.synthesizer,
            languages=list(row.voice.languages),
            licence=row.voice.licence,
            description=row.voice.description,
            available=not row.missing,
        )
        for row in rows
    ]
