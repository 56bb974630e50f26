"""What the engine tells, as lines for the screen of messages."""

from . import messages as m


def in_words(message: m.FromEngine) -> str | None:
    """One line; None for what happens all the time."""
    match message:
        case m.VoiceStarting(voice=voice):
            return f"voice {voice} loading".replace("  ", " ")
        case m.VoiceReady(voice=voice):
            return f"voice {voice} ready"
        case m.VoiceFailed(reason=reason):
            return f"trouble: {reason}"
        case m.Told(text=text, is_trouble=is_trouble):
            return f"trouble: {text}" if is_trouble else text
        case m.ClientSaid(text=text):
            return f"a game says: {' '.join(text.split())}"
        case m.OutputTold(text=text, is_there=there):
            return f"output {text}" if there else f"trouble: the output is gone: {text}"
        case m.StoryTold(state=state, text=text):
            return f"model {state} {text}".strip()
        case m.Marked(is_underrun=is_underrun, duration_s=duration_s):
            return f"{'trouble: underrun' if is_underrun else 'hold'} of {duration_s:.2f} s"
        case _:
            return None
