"""Runs the command line: `python -m gradcheck`."""

from __future__ import annotations

from gradcheck.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
