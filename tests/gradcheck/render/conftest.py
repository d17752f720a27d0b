from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from handmade import FACTOR, ORACLES, dense, untold, wrong

if TYPE_CHECKING:
    from gradcheck.records import Result


@pytest.fixture
def right() -> Result:
    return dense()


@pytest.fixture
def faulty() -> Result:
    return dense(*(wrong("dW", oracle) for oracle in ORACLES), findings=(FACTOR,))


@pytest.fixture
def unclear() -> Result:
    return dense(*(untold("dx", oracle) for oracle in ORACLES))
