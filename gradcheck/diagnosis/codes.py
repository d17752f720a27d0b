"""The words of every code: sentences, hints and examples, read from one file that anyone may edit.

Nothing is read until something is said of a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).with_name("codes.toml")
FORMULAS = "formulas"
"""The one table of the file that is no code: the right formula by role and quantity."""

NONE, CONCEPT, PLACE, FORMULA = range(4)
"""Levels of a hint."""

PLACEHOLDERS = frozenset({"quantity", "symbol", "line", "formula", "detail"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What is said of one bug kind; see the head of `codes.toml` for each field."""

    name: str
    title: str
    rank: int
    sentence: str
    meaning: str
    recognised: str
    wrong: str
    right: str
    concept: str
    place: str
    formula: str
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All codes by name, and the right formulas by role and quantity."""

    codes: Mapping[str, Code]
    formulas: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def code(self, name: str) -> Code:
        """Return a code.

        Raises
        ------
        UsageError
            Where there is none of this name.
        """
        if name not in self.codes:
            import difflib

            near = difflib.get_close_matches(name, self.codes, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(f"code={name!r}, must be one of {', '.join(self.codes)}{meant}")
        return self.codes[name]

    def hint(
        self, name: str, quantity: str, level: int = PLACE, role: str = "other", line: int = 0
    ) -> str:
        """Return the hints of a code up to a level, in one line.

        Parameters
        ----------
        name : str
        quantity : str
            "dW": what is wrong.
        level : int
            0 nothing, 1 the concept, 2 the place too, 3 the formula too.
        role : str
            Of the subject: it settles the formula.
        line : int
            Where backward stands; 0 where that is not known.
        """
        code = self.codes.get(name)
        if code is None or level <= NONE:
            return ""
        values = {
            "quantity": quantity,
            "symbol": symbol(quantity),
            "line": f"line {line}" if line else "backward",
            "formula": self.formula(role, quantity),
            "detail": "",
        }
        texts = (code.concept, code.place, code.formula)[:level]
        return " ".join(text for text in (text.format_map(values) for text in texts) if text)

    def formula(self, role: str, quantity: str) -> str:
        """Return the notes' formula of a quantity, empty where they have none."""
        known = self.formulas.get(role, {})
        plain = quantity.rstrip("0123456789")
        return next((known[q] for q in (plain, plain.lower()) if q in known), "")

    def sentence(
        self, name: str, quantity: str, detail: str = "", numbers: Mapping[str, float] | None = None
    ) -> str:
        """Return the sentence of a code, with what the numbers confirm."""
        if name not in self.codes:
            return detail
        text = self.codes[name].sentence
        values = _Numbers(
            {
                **(numbers or {}),
                "quantity": quantity,
                "symbol": symbol(quantity),
                "detail": detail,
                "line": "backward",
                "formula": "",
            }
        )
        said = text.format_map(values)
        return said if not detail or "{detail" in text else f"{said}: {detail}"


class _Numbers(dict[str, Any]):
    """A number that a finding does not have is shown as a dash."""

    def __missing__(self, key: str) -> _Dash:
        return _Dash()


class _Dash:
    def __format__(self, spec: str) -> str:
        return "–"


def symbol(quantity: str) -> str:
    """Return a gradient as the notes write it: dL/dW for "dW", and others as they are."""
    if len(quantity) > 1 and quantity[0] == "d":
        name = quantity[1:]
        return f"dL/d{name.upper() if name in ('x', 'y') else name}"
    return {"y": "Y", "loss": "C"}.get(quantity, quantity)


_current: ContextVar[Catalogue | None] = ContextVar("codes", default=None)


def catalogue(path: str | Path | None = None) -> Catalogue:
    """Return the codes in use, or those of a file that replaces or extends the package's own.

    Raises
    ------
    UsageError
        Where the file cannot be read, or a field is missing or is not what it must be; the text
        names file, code and field.
    """
    if path is not None:
        return _extended(_own(), Path(path))
    return _current.get() or _own()


def replaced() -> bool:
    """Say whether other words than the package's own are in use."""
    return _current.get() is not None


@contextmanager
def using(path: str | Path | None) -> Iterator[None]:
    """Let all that is said inside of the block come from this file too."""
    token = _current.set(_current.get() if path is None else catalogue(path))
    try:
        yield
    finally:
        _current.reset(token)


def hint(code: str, quantity: str, level: int = PLACE, role: str = "other", line: int = 0) -> str:
    """Return the hints of a code up to a level, from the codes in use: see `Catalogue.hint`."""
    return catalogue().hint(code, quantity, level, role, line) if level > NONE else ""


@cache
def _own() -> Catalogue:
    return _extended(Catalogue(codes={}), FILE)


def _extended(base: Catalogue, path: Path) -> Catalogue:
    tables = _read(path)
    formulas = {role: dict(known) for role, known in base.formulas.items()}
    for role, known in tables.pop(FORMULAS, {}).items():
        if not isinstance(known, Mapping) or not all(isinstance(v, str) for v in known.values()):
            raise UsageError(f"{path}: [{FORMULAS}.{role}] must hold texts, one a quantity")
        formulas.setdefault(role, {}).update(known)
    codes = dict(base.codes)
    for name, table in tables.items():
        codes[name] = _code(path, name, table, codes.get(name))
    return Catalogue(codes=MappingProxyType(codes), formulas=MappingProxyType(formulas))


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = error.strerror or error
        raise UsageError(f"codes={str(path)!r} cannot be read: {why}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from error


def _code(path: Path, name: str, table: Any, known: Code | None) -> Code:
    """Return a code from its table; what that leaves out is taken from the known one."""
    if not isinstance(table, Mapping):
        raise UsageError(f"{path}: [{name}] must be a table of fields")
    allowed = {f.name: f for f in fields(Code) if f.name != "name"}
    unknown = [key for key in table if key not in allowed]
    if unknown:
        raise UsageError(
            f"{path}: [{name}] has a field {unknown[0]!r}, must be one of {', '.join(allowed)}"
        )
    values: dict[str, Any] = {"name": name}
    for key in allowed:
        if key in table:
            values[key] = _field(path, name, key, table[key])
        elif known is not None:
            values[key] = getattr(known, key)
        elif key == "heading":
            values[key] = ""
        else:
            raise UsageError(f"{path}: [{name}] has no field {key!r}; add it")
    return Code(**values)


def _field(path: Path, name: str, key: str, value: Any) -> Any:
    if key == "rank":
        if not isinstance(value, int) or isinstance(value, bool):
            raise UsageError(f"{path}: [{name}] {key}={value!r}, must be a whole number")
        return value
    if not isinstance(value, str) or (not value.strip() and key != "heading"):
        raise UsageError(f"{path}: [{name}] {key}={value!r}, must be a text that is not empty")
    if key in ("sentence", "concept", "place", "formula"):
        from string import Formatter

        try:
            used = [part for _, part, _, _ in Formatter().parse(value) if part is not None]
        except ValueError as error:
            raise UsageError(
                f"{path}: [{name}] {key}: {error}; write {{{{ and }}}} for braces"
            ) from error
        strange = [part for part in used if part not in PLACEHOLDERS]
        if strange and (key != "sentence" or not strange[0].isidentifier()):
            raise UsageError(
                f"{path}: [{name}] {key} uses {{{strange[0]}}}, must be one of "
                f"{', '.join(sorted(PLACEHOLDERS))}"
            )
    return value.strip("\n") if key in ("wrong", "right") else " ".join(value.split())
