"""A pytest plugin: with SKALDCAST_NO_SKIPS=1 a test that does not run is a failure.

CI sets it, so that a missing install step cannot hide behind a skip. It covers skips and expected
failures of tests, skips of whole modules, and tests that a conftest dropped from the collection;
what the caller left out by -k, -m or --deselect is the caller's choice.
"""

import os
from collections.abc import Generator, Sequence
from typing import TypeVar

import pytest

VARIABLE = "SKALDCAST_NO_SKIPS"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get(VARIABLE, "0") not in ("", "0"):
        config.pluginmanager.register(NoSkips(config), "skaldcast-no-skips")


class NoSkips:
    def __init__(self, config: pytest.Config) -> None:
        options = config.option
        self.choosing = bool(options.keyword or options.markexpr or options.deselect)
        self.dropped: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        return failed_where_skipped((yield))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self,
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        return failed_where_skipped((yield))

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        if not self.choosing:
            self.dropped += [item.nodeid for item in items]

    def pytest_collection_finish(self) -> None:
        if self.dropped:
            raise pytest.UsageError(f"{VARIABLE} is set, but not collected: {self.dropped}")


def failed_where_skipped(report: Report) -> Report:
    if report.skipped:
        reason = getattr(report, "wasxfail", None) or report.longrepr
        if isinstance(reason, tuple):
            reason = reason[-1]
        report.outcome = "failed"
        report.longrepr = f"{VARIABLE} is set, but {report.nodeid} did not run: {reason}"
        if hasattr(report, "wasxfail"):
            del report.wasxfail
    return report
