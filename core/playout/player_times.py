"""The player's times, in seconds, and a count of steps."""

FADE_S = 0.010
"""Fade on pause, resume and stop: short to the hand, long enough not to click."""
RAMP_S = 0.020
"""From one volume to the next."""
KEEP_S = 0.030
"""Left in the device when the volume changes: the time to write anew what comes after it."""
DRY_S = 0.040
"""Below so much pending the device is about to run dry: one step and one scheduling delay."""
FLUSH_S = 0.080
"""Below so much pending the resampler's held-back tail is given out."""
FILL_S = 0.005
"""The least that a playing device is given at a time: with less, one step took a whole core."""
FILL_MORE_S = 0.040
"""The same where the device has a deep buffer: a filling costs as much as all else in a step."""
FILL_SHARE = 8
"""Deep is what holds so many fillings."""
PAD_S = 0.010
"""Silence padded at a time, so that speech that comes after all is not kept waiting."""
STEP_S = 0.020
"""The longest wait between two steps while sound is playing. Each tells what has been heard, and a
game wants to know of a word within 40 ms."""
RETURN_S = 0.008
"""Waiting for the device to say that it has begun, or that it has played its last."""
FADE_STEPS = 10
"""Steps after a rewind in which the device is asked; 1 s of overwritten frames took 3."""
IDLE_S = 1.0
"""The longest wait between two steps otherwise: only to notice a lost or changed device."""
