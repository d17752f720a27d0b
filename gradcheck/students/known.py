"""What is known of a file while its subjects are met: its names, its stock, its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from gradcheck.students.candidate import Candidate
from gradcheck.students.find import candidates, optimizers
from gradcheck.students.layers import documented_zeroing
from gradcheck.students.left_out import left_out
from gradcheck.students.setting import ORIENTATIONS, Setting
from gradcheck.students.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from gradcheck.students.load import Loaded


@dataclass(slots=True, kw_only=True)
class Known:
    """A loaded file, what was found in it, and what an instructor says of it.

    Attributes
    ----------
    loaded : Loaded
    settings : mapping
        The ``[tool.gradcheck]`` table.
    guards : list of str
        See `gradcheck.students.guards`.
    found : list of Candidate
        In the order of the file.
    stock : Stock
    zeroing : bool
        The file documents that gradients add up until they are set to zero.
    setting : Setting
        The file's layout, once it is decided.
    settled : bool
        No other layout is to be tried.
    """

    loaded: Loaded
    settings: Mapping[str, Any]
    guards: list[str]
    found: list[Candidate] = field(default_factory=list)
    stock: Stock = field(default_factory=Stock)
    zeroing: bool = False
    setting: Setting = field(
        default_factory=lambda: Setting(
            orientation="batch_features", reason="nothing says otherwise"
        )
    )
    settled: bool = False

    @property
    def namespace(self) -> Mapping[str, Any]:
        """Return the file's globals."""
        return self.loaded.namespace

    @property
    def module(self) -> str:
        """Return the name under which it was loaded."""
        return str(self.loaded.namespace.get("__name__", ""))

    @property
    def text(self) -> str:
        """Return its source."""
        return self.loaded.text

    @property
    def lost(self) -> Mapping[str, Any]:
        """Return the subjects that ended the process when they were looked at, and why."""
        lost: Mapping[str, Any] = self.settings.get("lost", {})
        return lost

    def tables(self) -> dict[str, Mapping[str, Any]]:
        """Return what a configuration says of each subject."""
        tables = self.settings.get("subjects", {})
        return {str(name): table for name, table in tables.items() if isinstance(table, Mapping)}

    def options(self, name: str) -> Mapping[str, Any]:
        """Return what a configuration says of this subject."""
        return self.tables().get(name, {})

    def layouts(self) -> list[Setting]:
        """Return the file's layout, and then all others."""
        if self.settled:
            return [self.setting]
        others = [Setting(orientation=o, reason="only this fits") for o in ORIENTATIONS]
        if self.setting.single:
            others.sort(key=lambda one: not one.single)
        return [self.setting, *(o for o in others if o.orientation != self.setting.orientation)]


def known_of(loaded: Loaded, settings: Mapping[str, Any], guards: list[str]) -> Known:
    """Return what is known of a file before any of its subjects is met.

    Parameters
    ----------
    loaded : Loaded
    settings : mapping
        The ``[tool.gradcheck]`` table.
    guards : list of str
        That were found in the file.
    """
    known = Known(loaded=loaded, settings=settings, guards=guards)
    known.found = _found(known)
    known.stock = Stock(optimizers=_optimizers(known))
    known.zeroing = documented_zeroing(known.text)
    _take_stock(known)
    return known


def _found(known: Known) -> list[Candidate]:
    found = candidates(known.namespace, known.module)
    roles = {name: table["role"] for name, table in known.tables().items() if "role" in table}
    found = [replace(c, role=roles.get(c.name, c.role)) for c in found]
    found += _named(known, found)
    found += left_out(known.text, known.namespace, known.loaded.notes)
    found = [_with_methods(c, known.options(c.name)) for c in found]
    known.loaded.notes.extend(_unmatched(known, {c.name for c in found}))
    return [c for c in found if c.role != "skip"]


def _named(known: Known, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the classes that a configuration names and that no name of theirs gave away."""
    already = {candidate.name for candidate in found}
    return [
        Candidate(kind="layer", name=name, role=str(table.get("role", "other")),
                  thing=known.namespace[name], forward=table["forward"],
                  backward=table["backward"], why="as configured")
        for name, table in known.tables().items()
        if name not in already and isinstance(known.namespace.get(name), type)
        and "forward" in table and "backward" in table
    ]  # fmt: skip


def _unmatched(known: Known, found: set[str]) -> Iterator[str]:
    """Yield what is to be said of the tables of a configuration that are for nothing found."""
    names = ", ".join(sorted(found)) or "nothing"
    for name in known.tables():
        if name in found:
            continue
        if name in known.namespace:
            why = f"{name} is not taken for a subject; name its forward and its backward"
        else:
            why = f"this file has no {name}"
        yield f"[subjects.{name}] of the configuration changes nothing: {why}; found: {names}"


def _with_methods(candidate: Candidate, options: Mapping[str, Any]) -> Candidate:
    """Return the candidate with the methods that a configuration names."""
    if not isinstance(candidate.thing, type) or not {"forward", "backward"} & set(options):
        return candidate
    kind = "layer" if candidate.kind == "unplaced" else candidate.kind
    return replace(
        candidate,
        kind=kind,
        forward=options.get("forward", candidate.forward),
        backward=options.get("backward", candidate.backward),
    )


def _optimizers(known: Known) -> list[Callable[[], Any]]:
    made: list[Callable[[], Any]] = []
    for kind in optimizers(known.namespace, known.module):
        for keyword in ("learning_rate", "lr", "eta", "alpha", "rate", "step_size"):
            try:
                kind(**{keyword: 1.0})
            except Exception:  # noqa: BLE001, S112 - foreign code: the next is tried
                continue
            made.append(partial(kind, **{keyword: 1.0}))
            break
    return made


def _take_stock(known: Known) -> None:
    for candidate in known.found:
        if candidate.kind != "pair" or candidate.role not in ("tanh", "sigmoid", "activation"):
            continue
        if not known.stock.pair_name or candidate.role == "tanh":
            known.stock.pair = (candidate.forward, candidate.backward)
            known.stock.pair_name = candidate.name
    for candidate in known.found:
        if candidate.kind == "loss-pair" and known.stock.loss_pair is None:
            known.stock.loss_pair = (candidate.forward, candidate.backward)
        elif candidate.kind == "loss" and known.stock.loss is None:
            known.stock.loss = candidate.thing
        elif candidate.kind == "pair-class":
            known.stock.activations = {**known.stock.activations, candidate.name: candidate.thing}
