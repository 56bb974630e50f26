"""The ambience's times, in seconds."""

SCENE_S = 2.0
"""From silence to a file, from a file to the next, and to silence."""
END_S = 1.0
"""The last fade, for which somebody waits."""
DUCK_S = 0.3
RISE_S = 1.0
LEVEL_S = 0.3
REST_S = 0.6
"""The rest of the voice that a duck outlasts: the level would pump between sentences otherwise."""
SEAM_S = 0.03
"""The cross-fade of a file's end into its beginning: no click, and a beat that runs over the seam
is off by no more."""
SHORTEST_S = 0.1
"""A shorter sound, looped, would be a buzz."""
DEPTH_S = 1.0
"""How deep a device is written that lets us take back what it has not played: a stall of this
process, or of the disk, is heard only when it is longer."""
CUT_DEPTH_S = 0.3
"""The same for one that can only cut the sound off, where each change waits for its turn."""
KEEP_S = 0.1
"""Left in the device at a change: this process has no real-time rights, and must write anew what
comes after it."""
FADE_S = 0.01
"""Before the device is given back."""
STEP_S = 0.1
ALIVE_S = 1.0
"""Between two signs of life."""
WATCH_S = 1.0
"""Between two looks at which device is the default one."""
RETRY_S = (0.5, 30.0)
"""Between two tries to open the output: at first, and at most, as it doubles."""
