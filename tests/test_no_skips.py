"""The hook under which a skipped test is a failure, seen from a pytest run of its own."""

from pathlib import Path

import pytest

NO_SKIPS = (Path(__file__).parent / "no_skips.py").read_text("utf-8")

NOT_RUN = {
    "skip": "import pytest\ndef test_it(): pytest.skip('no sound server')",
    "marked": "import pytest\n@pytest.mark.skip('no sound server')\ndef test_it(): pass",
    "conditional": "import pytest\n@pytest.mark.skipif(True, reason='no sound server')\n"
    "def test_it(): pass",
    "xfail": "import pytest\n@pytest.mark.xfail(reason='no sound server')\n"
    "def test_it(): assert False",
    "fixture": "import pytest\n@pytest.fixture\ndef sink(): pytest.skip('no sound server')\n"
    "def test_it(sink): pass",
    "import": "import pytest\npytest.importorskip('no_sound_server')\ndef test_it(): pass",
    "module": "import pytest\npytest.skip('no sound server', allow_module_level=True)",
}
DROPS_TESTS = """
def pytest_collection_modifyitems(config, items):
    config.hook.pytest_deselected(items=[i for i in items if i.name == "test_device"])
    items[:] = [i for i in items if i.name != "test_device"]
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Runs a test file in a folder of its own, with the hook and the variable as given."""

    def run_file(source: str, variable: str, *options: str, conftest: str = "") -> pytest.RunResult:
        monkeypatch.setenv("SKALDCAST_NO_SKIPS", variable)
        pytester.makeconftest(NO_SKIPS + conftest)
        pytester.makepyfile(source)
        # The pictures' plug-in has one folder for the whole process, and would remove it here.
        left_out = ("-p", "no:cacheprovider", "-p", "no:textual-snapshot")
        return pytester.runpytest_inprocess(*left_out, *options)

    return run_file


@pytest.mark.parametrize("source", NOT_RUN.values(), ids=NOT_RUN.keys())
def test_a_test_that_did_not_run_is_a_failure_that_names_its_reason(run, source: str):
    result = run(source, "1")
    assert result.ret != pytest.ExitCode.OK
    assert "skipped" not in result.parseoutcomes()
    result.stdout.re_match_lines(
        [".*SKALDCAST_NO_SKIPS is set, but .* did not run: .*sound.server"]
    )


@pytest.mark.parametrize("variable", ["", "0"])
def test_without_the_variable_a_skip_is_a_skip(run, variable: str):
    result = run("def test_other(): pass\n" + NOT_RUN["skip"], variable)
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=1, skipped=1)


def test_tests_that_run_are_left_alone(run):
    result = run("def test_good(): pass\ndef test_bad(): assert False", "1")
    result.assert_outcomes(passed=1, failed=1)


def test_a_test_dropped_from_the_collection_is_an_error(run):
    source = "def test_device(): pass\ndef test_other(): pass"
    assert run(source, "0", conftest=DROPS_TESTS).ret == pytest.ExitCode.OK
    result = run(source, "1", conftest=DROPS_TESTS)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*not collected: *::test_device*"])


def test_what_the_caller_left_out_is_no_error(run):
    result = run("def test_device(): pass\ndef test_other(): pass", "1", "-k", "other")
    assert result.ret == pytest.ExitCode.OK


def test_the_hook_watches_over_these_tests_too(pytestconfig: pytest.Config):
    assert pytestconfig.pluginmanager.has_plugin("tests.no_skips")
