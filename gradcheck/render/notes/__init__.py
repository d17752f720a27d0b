"""Views of what the audit of the notes found: pure functions of its records."""
