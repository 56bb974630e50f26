"""What all tests share: no skip goes unseen in CI, and the user's own settings stay out."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from skaldcast.core.synthesis.xtts.installed import missing_libraries

pytest_plugins = ["pytester", "tests.no_skips"]

LONGEST_ID = 100

settings.register_profile("skaldcast", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("skaldcast")


def pytest_report_header() -> list[str]:
    missing = missing_libraries()
    if not missing:
        return []
    return [f"left out: the tests of XTTS, which need {', '.join(missing)} (CONTRIBUTING.md)"]


def pytest_make_parametrize_id(val: object) -> str | None:
    """A long text is no name: a test's name is handed to the programs that it starts, by a
    variable of which Linux takes 128 KiB."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_ID:
        return ascii(val[:LONGEST_ID])
    return None


@pytest.fixture(autouse=True, scope="session")
def no_settings_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests, and the programs they start, see no settings, caches or voices of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("SKALDCAST_")]:
            patch.delenv(name)
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        yield
