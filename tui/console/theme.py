"""Colours of our own, dark and light. Nothing is told by them alone."""

from textual.theme import Theme

DARK = Theme(
    name="skald-dark",
    primary="#d9a441",
    secondary="#6fa3a9",
    accent="#f0c674",
    foreground="#e8e2d6",
    background="#14161a",
    surface="#1a1d22",
    panel="#262a31",
    success="#8fb573",
    warning="#e3a857",
    error="#e06c64",
    dark=True,
)
LIGHT = Theme(
    name="skald-light",
    primary="#8a5a00",
    secondary="#2c6a72",
    accent="#a36b00",
    foreground="#22201c",
    background="#faf7f0",
    surface="#f2ede2",
    panel="#e5dece",
    success="#3d6b22",
    warning="#8f5a00",
    error="#a8241c",
    dark=False,
)
