"""Names what is wrong where the numbers confirm it, and says it in the notes' words."""

from gradcheck.diagnosis.findings import crash, findings, forward_differs, overflows, remarks
from gradcheck.diagnosis.ranking import most_specific, ordered
from gradcheck.diagnosis.sizes import size_hard_coded

__all__ = [
    "crash",
    "findings",
    "forward_differs",
    "most_specific",
    "ordered",
    "overflows",
    "remarks",
    "size_hard_coded",
]
