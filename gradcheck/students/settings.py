"""What an instructor or author may say of a file: ``gradcheck.toml``, or ``[tool.gradcheck]``.

::

    orientation = "features_batch"         # or batch_features, row, column, 1d
    expected = ["Dense", "Softmax"]        # what must be there
    codes = "codes.toml"                   # sentences and hints of your own

    [subjects.Dense]
    role = "dense"                         # "skip" leaves it out
    arguments = {n_in = 4, n_out = 5}      # of its constructor
    forward = "run"                        # names of its methods
    backward = "back"
    gradients = {W = "grad_kernel"}        # attributes in which backward leaves gradients
    order = "ty"                           # of a loss: target first ("yt": prediction first)
    targets = "labels"                     # of a loss: real, one-hot, labels
    at = "output"                          # of F': what it is called with
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.errors import UsageError
from gradcheck.students.setting import ORIENTATIONS

if TYPE_CHECKING:
    from pathlib import Path

ROLES = (
    "dense", "activation", "relu", "leaky_relu", "sigmoid", "tanh", "softmax", "mse",
    "cross_entropy", "softmax_cross_entropy", "sequential", "network", "other", "skip",
)  # fmt: skip

_TOP: dict[str, type | tuple[type, ...]] = {
    "orientation": str, "expected": list, "subjects": dict, "seconds": (int, float), "codes": str,
}  # fmt: skip
_SUBJECT: dict[str, type | tuple[type, ...]] = {
    "role": str, "arguments": dict, "forward": str, "backward": str, "gradients": dict,
    "order": str, "targets": str, "at": str,
}  # fmt: skip
_CHOICES: dict[str, tuple[str, ...]] = {
    "orientation": ORIENTATIONS, "role": ROLES, "order": ("yt", "ty"),
    "targets": ("real", "one-hot", "labels"), "at": ("input", "output"),
}  # fmt: skip


def settings_for(path: Path, chosen: Path | None = None) -> dict[str, Any]:
    """Return the settings for a file: those of the nearest configuration beside or above it.

    Parameters
    ----------
    path : Path
        The file, or a folder.
    chosen : Path, optional
        A configuration to be taken instead.

    Returns
    -------
    dict
        Empty where there is none.

    Raises
    ------
    UsageError
        Where a configuration cannot be read, or holds what is not known; names file, key and rule.
    """
    if chosen is not None:
        return _read(chosen, required=True)
    folder = path if path.is_dir() else path.parent
    own = folder / "gradcheck.toml"
    if own.is_file():
        return _read(own, required=True)
    for place in (folder, *folder.resolve().parents):
        project = place / "pyproject.toml"
        if project.is_file():
            return _read(project, required=False)
    return {}


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    import tomllib

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error}); name another configuration") from error
    except tomllib.TOMLDecodeError as error:
        if not required:
            return {}  # somebody else's file, and theirs to mend
        raise UsageError(f"{path} is no TOML: {error}; mend it at that line") from error
    if path.name == "pyproject.toml" or "tool" in table:
        table = table.get("tool", {}).get("gradcheck", {})
    _known(path, table, _TOP, "")
    for name, subject in table.get("subjects", {}).items():
        if not isinstance(subject, dict):
            raise UsageError(f"{path}: subjects.{name}={subject!r}, must be a table; write "
                             f"[subjects.{name}]")  # fmt: skip
        _known(path, subject, _SUBJECT, f"subjects.{name}.")
    if "codes" in table:
        table["codes"] = str((path.parent / table["codes"]).resolve())
    return dict(table)


def _known(path: Path, table: Any, keys: dict[str, type | tuple[type, ...]], prefix: str) -> None:
    if not isinstance(table, dict):
        raise UsageError(f"{path}: tool.gradcheck must be a table; write [tool.gradcheck]")
    for key, value in table.items():
        if key not in keys:
            raise UsageError(
                f"{path}: {prefix}{key} is not known, must be one of {', '.join(keys)}; "
                "mend its name or take it out"
            )
        kind = keys[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            wanted = kind.__name__ if isinstance(kind, type) else "number"
            raise UsageError(f"{path}: {prefix}{key}={value!r}, must be a {wanted}")
        choices = _CHOICES.get(key)
        if choices is not None and value not in choices:
            raise UsageError(
                f"{path}: {prefix}{key}={value!r}, must be one of {', '.join(choices)}"
            )
