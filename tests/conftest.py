"""No test reads or writes the user's cache: derivations are kept for this run alone."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("GRADCHECK_CACHE", tempfile.mkdtemp(prefix="derivations-"))
