"""`skaldcast listen`: the link to the listener page, for people at other tables."""

import sys
from argparse import Namespace

from ..exit_status import DONE
from ..listener_link import make_link, qr_code
from ..options import settings_of
from ..streams import emit, tell


def listen(arguments: Namespace) -> int:
    """Print the link, and where somebody looks on its QR code below."""
    made = make_link(settings_of(arguments).settings.web, arguments.name)
    tell(made.note)
    emit(made.link)
    if sys.stdout.isatty():
        emit(qr_code(made.link))
    return DONE
