"""A report as HTML: one page, or an overview with a page a file; no scripts, no requests."""
