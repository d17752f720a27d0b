"""The reports of a session, of entries that came from several processes as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.records import Report
from gradcheck.render.files import report_texts
from gradcheck.render.load import result_from

if TYPE_CHECKING:
    from collections.abc import Sequence

Entry = dict[str, Any]


def texts_of(entries: Sequence[Entry], seed: int, command: str) -> dict[str, str]:
    """Return the text of each report by its name.

    Parameters
    ----------
    entries : sequence of dict
        Of "subjects" in the JSON report.
    seed : int
    command : str
    """
    from gradcheck.verify import tool

    results = tuple(map(result_from, entries))
    return report_texts(
        Report(
            tool=tool(),
            seed=seed,
            command=command,
            planned=sum(len(result.checks) for result in results),
            subjects=results,
        )
    )
