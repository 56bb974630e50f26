"""Scene ambience: a looped sound file under the voice, in a process of its own."""
