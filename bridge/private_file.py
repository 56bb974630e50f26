"""Files that their owner alone may read."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Put `text` into a file that only its owner can read (on Windows: whoever may read the
    folder). Whoever looks sees all of it or what was there before. Raises `OSError`."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.unlink(missing_ok=True)
    # Made with the right to read it, not given it later: in between others could.
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
