"""What pytest loads at its start: options and hooks, which import the rest where it is used.

It must stay thin: whatever stands here runs before pytest-cov begins to count, and in every test
suite of a machine on which gradcheck is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gradcheck import session

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from gradcheck.fixture import Checker


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("gradcheck", "checks of backward passes")
    group.addoption(
        "--gradcheck-report",
        metavar="DIR",
        help="Write the reports of everything that gradcheck checked in this session to DIR.",
    )
    group.addoption(
        "--gradcheck-seed",
        metavar="N",
        type=int,
        default=0,
        help="Draws the points of every check that is not given a seed; 0 by default.",
    )
    group.addoption(
        "--gradcheck-evidence",
        choices=(session.TESTED, session.PROVED),
        default=session.TESTED,
        help="The evidence that a pass needs: tested, which is the default, or proved.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin a session; what is checked in it is heard of."""
    seed, directory = config.getoption("gradcheck_seed"), config.getoption("gradcheck_report")
    if seed < 0:
        raise pytest.UsageError(f"--gradcheck-seed {seed}: must be at least 0")
    evidence = config.getoption("gradcheck_evidence")
    started = session.Session(seed, evidence, pictured=directory is not None)
    session.begin(started)
    config.add_cleanup(lambda: session.end(started))
    if hasattr(config, "workerinput"):
        return  # what is heard here travels to the process that reports
    if directory is not None:
        from gradcheck.suite import prepared

        prepared(directory)
    config.pluginmanager.register(_Listener(config, directory), "gradcheck-reports")


@pytest.fixture(name="gradcheck")
def _checker(request: pytest.FixtureRequest) -> Checker:
    """Assert that backward passes are right: `gradcheck.layer(Dense(4, 3))`, `.gradients`, ..."""
    from gradcheck.fixture import checker_of

    return checker_of(request.node.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach what was checked to the report of the test, which may travel to another process."""
    running = session.current()
    if running is None or not running.heard:
        return (yield)
    from gradcheck.suite import attachments, properties

    heard = running.take()
    item.user_properties.extend(properties(heard))
    report = yield
    sent = None if item.config.getoption("gradcheck_report") is None else running.sent
    report.gradcheck = attachments(heard, item.nodeid, sent)  # type: ignore[attr-defined]
    return report


class _Listener:
    """Collects what is attached to reports, in the process that reports."""

    def __init__(self, config: pytest.Config, directory: str | None) -> None:
        self._config = config
        self._directory = directory
        self._attached: list[str] = []
        self._lines: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        attached = getattr(report, "gradcheck", None)
        if attached is not None:
            self._attached.append(attached)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        unasked = self._directory is None or self._config.getoption("collectonly")
        if not self._attached and unasked:
            return
        from gradcheck.suite import finished

        self._lines = finished(self._attached, self._config, self._directory)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for line in self._lines:
            terminalreporter.write_line(line)
