from tests.core.narrating import nothing_is_left_behind
from tests.device_fixtures import own_sound_server, shared_sound_server, sound_server

__all__ = ["nothing_is_left_behind", "own_sound_server", "shared_sound_server", "sound_server"]
