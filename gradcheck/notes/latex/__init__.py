"""The notes' LaTeX, read: what is printed becomes a tree, and nothing is typed in a second time."""
