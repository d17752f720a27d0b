"""Keep what SymPy derived on disk, as text, so that a check need not import SymPy again.

The text is arithmetic and nothing else: it is read as a syntax tree and refused unless every node
of it is an operation, a number, a name of its own, or one of a few functions of mpmath. A file that
somebody has changed can therefore give wrong numbers at most, which the other oracles contradict.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import tempfile
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.errors import OracleError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FUNCTIONS = ("exp", "tanh", "log", "sqrt", "abs", "mpf", "sign", "Abs")
"""What the text may call. A formula that needs another function is derived anew each time."""

_NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.Return, ast.Expr,
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.BoolOp, ast.Call, ast.Name, ast.Constant,
    ast.List, ast.Tuple, ast.Load, ast.Store, ast.operator, ast.unaryop, ast.cmpop, ast.boolop,
)  # fmt: skip

FOLDER = "GRADCHECK_CACHE"
"""Environment variable that names the folder; "" or "0" turns the cache off."""


def built(text: str) -> Callable[..., Any]:
    """Return the function that a text defines.

    Raises
    ------
    OracleError
        Where the text is anything but arithmetic.
    """
    import mpmath

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise OracleError(f"a derivation is no Python: {error}") from error
    for node in ast.walk(tree):
        named = node.func if isinstance(node, ast.Call) else None
        if not isinstance(node, _NODES) or (
            isinstance(node, ast.Call)
            and not (isinstance(named, ast.Name) and named.id in FUNCTIONS and not node.keywords)
        ):
            kind = type(node).__name__
            raise OracleError(f"a derivation holds {kind}, must be arithmetic")
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if len(functions) != 1 or len(tree.body) != 1 or functions[0].decorator_list:
        raise OracleError("a derivation must be one function")
    names: dict[str, Any] = {name: getattr(mpmath, name, None) for name in FUNCTIONS}
    names |= {"abs": abs, "Abs": abs, "__builtins__": {}}
    exec(compile(tree, "<derivation>", "exec"), names)  # noqa: S102 - arithmetic, see above
    function: Callable[..., Any] = names[functions[0].name]
    return function


def key_of(*parts: object) -> str:
    """Return the name under which a derivation is kept: another for every version and source."""
    digest = hashlib.sha256(_sources())
    digest.update(repr(parts).encode())
    return digest.hexdigest()[:32]


@lru_cache(maxsize=1)
def _sources() -> bytes:
    """Return what a derivation depends on: our own modules, and the versions of the libraries."""
    import mpmath

    here = Path(__file__).parent
    modules = [here / "tape.py", here / "symbolic.py", here.parent / "notes" / "formulas.py"]
    # Where SymPy states its version: neither it nor the metadata of what is installed is imported.
    sympy = find_spec("sympy")
    if sympy is not None and sympy.origin is not None:
        modules.append(Path(sympy.origin).with_name("release.py"))
    text = b"".join(path.read_bytes() for path in modules)
    return text + str(mpmath.__version__).encode()


def load(key: str) -> list[str] | None:
    """Return the texts kept under a key, or None."""
    folder = _folder()
    if folder is None:
        return None
    try:
        kept = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    sound = isinstance(kept, list) and kept and all(isinstance(text, str) for text in kept)
    return kept if sound else None


def store(key: str, texts: Sequence[str]) -> None:
    """Keep texts under a key; where that fails, nothing is said: they are derived again."""
    folder = _folder()
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=folder, suffix=".tmp", delete=False, encoding="utf-8"
        ) as file:
            json.dump(list(texts), file)
        Path(file.name).replace(folder / f"{key}.json")
    except OSError:
        return


def _folder() -> Path | None:
    chosen = os.environ.get(FOLDER)
    if chosen is not None:
        return Path(chosen) if chosen not in ("", "0") else None
    try:
        from platformdirs import user_cache_path
    except ImportError:
        return None
    return user_cache_path("gradcheck") / "derivations"
