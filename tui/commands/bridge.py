"""`skaldcast bridge password`: the password that games must know."""

from argparse import Namespace

from ...bridge.password_store import make_password, password_path, read_password
from ...core.config import DEFAULT
from ..exit_status import DONE
from ..options import settings_of
from ..streams import emit, tell


def bridge(arguments: Namespace) -> int:
    """Print the bridge's password; make one where there is none, or where a new one is wanted."""
    path = password_path()
    kept = None if arguments.new else read_password(path)
    made = kept is None
    kept = kept or make_password(path)
    emit(kept.password)
    tell(f"{'made, and kept' if made else 'kept'} in {kept.place}")
    origin = settings_of(arguments).origins["bridge.password"]
    if origin != DEFAULT:
        tell(f"bridge.password is set too ({origin}): that one is asked for")
    return DONE
