"""`measure_worker`, for the tiny checkpoint: models are built as narrow as it is."""

from skaldcast.core.synthesis.xtts.measure_worker import main
from tests.core.synthesis.xtts import tiny

if __name__ == "__main__":
    with tiny.narrow():
        main()
