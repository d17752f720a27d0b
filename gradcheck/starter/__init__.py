"""What a student begins with: the notes' layers as empty classes, and a test of them."""

from __future__ import annotations

FILES = ("layers.py", "test_layers.py")


def texts() -> dict[str, str]:
    """Return the text of each file by its name.

    Notes
    -----
    They are kept as ``.txt``: they are the student's files, and no modules of this package.
    """
    from importlib.resources import files

    folder = files("gradcheck.starter")
    return {name: folder.joinpath(f"{name}.txt").read_text(encoding="utf-8") for name in FILES}
