"""Where the program of `make dist` begins: as itself, or as one of its own child processes."""

import sys

from skaldcast.core.frozen import run_child

if __name__ == "__main__" and not run_child(sys.argv[1:]):
    from skaldcast.tui.cli import main

    sys.exit(main())
