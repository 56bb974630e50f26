"""The voice for listeners elsewhere: one Opus stream over WebRTC, beside the output."""
