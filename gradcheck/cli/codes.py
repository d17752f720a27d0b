"""The exit codes."""

PASS, WRONG, USAGE, UNCHECKED = 0, 1, 2, 3
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
