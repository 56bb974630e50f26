"""`skaldcast devices`: the outputs there are, and what selects each."""

from argparse import Namespace

from ...core.errors import UnknownDeviceError
from ...core.playout.outputs import list_devices
from ..tables import print_table


def devices(arguments: Namespace) -> int:
    """Print the table; raises `UnknownDeviceError` where it would be empty."""
    del arguments
    rows = list_devices()
    if not rows:
        raise UnknownDeviceError(
            "no output device found; connect or switch on one, or write to a file with "
            "--output wav:PATH"
        )
    print_table(
        ("default", "--output", "name", "host API", "channels", "rate", "latency"),
        [
            (
                "*" if row.is_default else "",
                row.spec,
                row.name,
                row.host_api,
                str(row.channels),
                f"{row.sample_rate} Hz",
                f"{row.latency_s * 1000:.0f} ms",
            )
            for row in rows
        ],
    )
    return 0
