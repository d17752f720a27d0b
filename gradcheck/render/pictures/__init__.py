"""Pictures of a report as inline SVG: pure functions of the records in `gradcheck.evidence`."""
