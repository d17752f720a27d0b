"""Load a file, find what can be checked in it, and meet each: the order of it all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from gradcheck.errors import SubjectError
from gradcheck.isolation import isolated
from gradcheck.students import alarm, output
from gradcheck.students.adapter import Adapter, Description
from gradcheck.students.arguments import arguments_of
from gradcheck.students.candidate import LOSS_ROLES, Candidate, line_of_backward
from gradcheck.students.chain import ChainInstance
from gradcheck.students.construct import build_at
from gradcheck.students.find import candidates, optimizers
from gradcheck.students.functions import place_functions
from gradcheck.students.functions import whole as runs_whole
from gradcheck.students.guards import Guards
from gradcheck.students.load import Loaded, load
from gradcheck.students.losses import place_loss
from gradcheck.students.networks import place_container, place_network
from gradcheck.students.objects import (
    Fit,
    NotPlaced,
    accumulating,
    complete,
    documented_zeroing,
    fits,
    recipe_of,
    source_of,
)
from gradcheck.students.pairs import place_pair, uses
from gradcheck.students.particular import like_function
from gradcheck.students.recipe import Recipe, RecipeInstance, Source
from gradcheck.students.setting import ORIENTATIONS, Setting, drawn, evidence_of
from gradcheck.students.source import edited
from gradcheck.students.steps import step_of
from gradcheck.students.stock import Sizes, Stock
from gradcheck.students.vocabulary import plain

if TYPE_CHECKING:
    from pathlib import Path

    from gradcheck.subject import Instance

PATIENCE = 3.0
"""Seconds for finding out how one subject is met."""

WAYS = 6
"""How many ways to build a layer are looked at before the first is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An Adapter: a description, and how an instance is made."""

    description: Description
    maker: Callable[[float], Instance]
    recipe: Recipe | None = None
    candidate: Candidate | None = None
    fit: Fit | None = None

    def make(self, rate: float = 1.0) -> Instance:
        """Return a fresh instance."""
        return self.maker(rate)


@dataclass(slots=True, kw_only=True)
class Survey:
    """What was found in a file: adapters in the order of the file, and notes."""

    adapters: list[Adapter] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    output: str = ""


def survey(path: Path, settings: Mapping[str, Any]) -> Survey:
    """Return what can be checked in a file.

    Parameters
    ----------
    path : Path
        A Python file or a notebook.
    settings : mapping
        The ``[tool.gradcheck]`` table; "seconds" bounds what the file runs when it is loaded.

    Raises
    ------
    LoadError
        Where the file cannot be read or is no Python.
    """
    guards = Guards(remove=bool(settings.get("without guards")))
    with edited(guards):
        loaded = load(path, seconds=float(settings.get("seconds", 5.0)))
    with isolated():
        adapters = _Surveyor(loaded, settings, guards.found).adapters()
    return Survey(adapters=adapters, notes=list(loaded.notes), output=loaded.output)


class _Surveyor:
    def __init__(self, loaded: Loaded, settings: Mapping[str, Any], guards: list[str]) -> None:
        self.loaded = loaded
        self.guards = guards
        self.namespace = loaded.namespace
        self.module = str(loaded.namespace.get("__name__", ""))
        self.text = loaded.text
        self.settings = settings
        self.found = self._found()
        self.stock = Stock(optimizers=self._optimizers())
        self._lost: Mapping[str, Any] = settings.get("lost", {})
        self.zeroing = documented_zeroing(self.text)
        self.placed: list[Placed] = []
        self.setting = Setting(orientation="batch_features", reason="nothing says otherwise")

    def _found(self) -> list[Candidate]:
        found = candidates(self.namespace, self.module)
        roles = {name: table["role"] for name, table in self._tables().items() if "role" in table}
        found = [replace(c, role=roles.get(c.name, c.role)) for c in found]
        found += self._named(found)
        found = [_with_methods(c, self._options(c.name)) for c in found]
        return [c for c in found if c.role != "skip"]

    def _named(self, found: Sequence[Candidate]) -> list[Candidate]:
        """Return the classes that a configuration names and that no name of theirs gave away."""
        known = {candidate.name for candidate in found}
        return [
            Candidate(kind="layer", name=name, role=str(table.get("role", "other")),
                      thing=self.namespace[name], forward=table["forward"],
                      backward=table["backward"], why="as configured")
            for name, table in self._tables().items()
            if name not in known and isinstance(self.namespace.get(name), type)
            and "forward" in table and "backward" in table
        ]  # fmt: skip

    def _tables(self) -> dict[str, Mapping[str, Any]]:
        tables = self.settings.get("subjects", {})
        return {str(name): table for name, table in tables.items() if isinstance(table, Mapping)}

    def _options(self, name: str) -> Mapping[str, Any]:
        return self._tables().get(name, {})

    def _optimizers(self) -> list[Callable[[], Any]]:
        made: list[Callable[[], Any]] = []
        for kind in optimizers(self.namespace, self.module):
            for keyword in ("learning_rate", "lr", "eta", "alpha", "rate", "step_size"):
                try:
                    kind(**{keyword: 1.0})
                except Exception:  # noqa: BLE001, S112 - foreign code: the next is tried
                    continue
                made.append(partial(kind, **{keyword: 1.0}))
                break
        return made

    def adapters(self) -> list[Adapter]:
        """Return one adapter a subject, and one for each layer with a loss behind it."""
        self._take_stock()
        self.setting = self._decide()
        simple = [c for c in self.found if c.kind not in ("container", "network")]
        whole = [c for c in self.found if c.kind in ("container", "network")]
        for candidate in simple:
            self._place(candidate)
        self._stock_layers()
        for candidate in whole:
            self._place(candidate)
        self._drop_helpers()
        order = {id(c): k for k, c in enumerate(self.found)}
        self.placed.sort(key=lambda p: order[id(p.candidate)])
        adapters: list[Adapter] = []
        adapters += self.placed
        adapters += self._chains()
        return adapters

    def _take_stock(self) -> None:
        for candidate in self.found:
            fits = candidate.kind == "pair" and candidate.role in ("tanh", "sigmoid", "activation")
            if fits and (not self.stock.pair_name or candidate.role == "tanh"):
                self.stock.pair = (candidate.forward, candidate.backward)
                self.stock.pair_name = candidate.name
        for candidate in self.found:
            if candidate.kind == "loss-pair" and self.stock.loss_pair is None:
                self.stock.loss_pair = (candidate.forward, candidate.backward)
            elif candidate.kind == "loss" and self.stock.loss is None:
                self.stock.loss = candidate.thing
            elif candidate.kind == "pair-class":
                self.stock.activations = {**self.stock.activations, candidate.name: candidate.thing}

    # The layout of the file

    def _decide(self) -> Setting:
        chosen = self.settings.get("orientation")
        if chosen in ORIENTATIONS:
            return Setting(orientation=str(chosen), reason="as configured")
        evidence = evidence_of(self.text)
        scouted = self._scout()
        if scouted is not None:
            setting, whole = scouted
            if whole:
                return replace(setting, reason="its dense layer runs on several examples")
            if evidence.batched:
                return replace(setting, reason="the file sums over the examples")
            if evidence.said_batch and not evidence.said_single:
                return replace(setting, reason="its comments speak of several examples")
            return setting.as_single(
                "its dense layer runs on one example, and nothing sums over several"
            )
        summed = self._by_softmax()
        if summed is not None:
            return summed
        if evidence.batched:
            return Setting(orientation="batch_features", reason="the file sums over an axis")
        if evidence.said_single:
            column = "column" in self.text.lower() or ", 1)" in self.text
            return Setting(
                orientation="column" if column else "row",
                reason="its comments speak of one example",
            )
        return Setting(orientation="batch_features", reason="nothing says otherwise")

    def _scout(self) -> tuple[Setting, bool] | None:
        """Return the layout in which a dense layer runs, and whether for several examples."""
        settings = [Setting(orientation=o) for o in ("batch_features", "features_batch", "1d")]
        best: tuple[Setting, bool] | None = None
        for candidate in self.found:
            if candidate.role != "dense" or candidate.kind not in ("layer", "functions"):
                continue
            if candidate.name in self._lost:
                continue
            output.at(candidate.name)
            try:
                whole, setting = self._scouted(candidate, settings)
            except (NotPlaced, SubjectError):
                continue
            if whole:
                return setting, True
            best = best or (setting, False)
        return best

    def _scouted(self, candidate: Candidate, settings: Sequence[Setting]) -> tuple[bool, Setting]:
        """Return whether a dense layer runs on several examples, and in which layout."""
        with alarm.within(PATIENCE):
            if candidate.kind == "layer":
                fit, recipe, _ = self._layer(candidate, settings)
                return complete(recipe, fit), fit.setting
            recipe, _, setting = place_functions(candidate, settings)
            return runs_whole(recipe), setting

    def _by_softmax(self) -> Setting | None:
        """Return the layout along whose features a function or layer named softmax sums to 1."""
        import numpy as np

        x = drawn((3, 5))
        for name, thing in self.namespace.items():
            if plain(name) not in ("softmax", "stablesoftmax") or not callable(thing):
                continue
            made = thing
            try:
                if isinstance(thing, type):
                    candidate = next(c for c in self.found if c.thing is thing)
                    made = getattr(thing(), str(candidate.forward))
                y = np.asarray(made(x.copy()))
                ones = [bool(np.allclose(y.sum(axis=axis), 1)) for axis in (0, 1)]
            except Exception:  # noqa: BLE001, S112 - foreign code: it says nothing then
                continue
            if ones.count(True) == 1:
                orientation = "features_batch" if ones[0] else "batch_features"
                return Setting(orientation=orientation, reason="along these its softmax sums to 1")
        return None

    # One candidate

    def _layer(
        self, candidate: Candidate, settings: Sequence[Setting]
    ) -> tuple[Fit, Recipe, dict[str, str]]:
        options = self._options(candidate.name)
        sized = candidate.role == "dense"
        ways = fits(
            candidate.thing,
            candidate.forward,
            settings,
            self.stock,
            sized=sized,
            given=options.get("arguments"),
        )
        found = list(islice(ways, WAYS if sized or candidate.role == "other" else 1))
        if not found:
            raise NotPlaced("its forward gives y in no layout that is known")
        if sized:
            found = [max(found, key=lambda one: len(one.parameters))]
        met = []
        for fit in found:
            recipe, told = recipe_of(
                fit,
                candidate.backward,
                words_of_zeroing=self.zeroing,
                text=source_of(candidate.thing),
            )
            met.append((fit, recipe, told))
            # By shapes alone: a reshape has to get back what it was given.
            if len(found) > 1 and complete(recipe, fit):
                return fit, recipe, told
        return met[0]

    def _settings(self) -> list[Setting]:
        others = [Setting(orientation=o, reason="only this fits") for o in ORIENTATIONS]
        if self.setting.single:
            others.sort(key=lambda one: not one.single)
        return [self.setting, *(o for o in others if o.orientation != self.setting.orientation)]

    def _place(self, candidate: Candidate) -> None:
        lost = self._lost.get(candidate.name)
        if lost is not None:
            self.placed.append(self._unplaced(candidate, str(lost), lost=True))
            return
        output.at(candidate.name)
        try:
            with alarm.within(PATIENCE):
                self.placed += self._met(candidate)
        except NotPlaced as reason:
            self.placed.append(self._unplaced(candidate, str(reason)))
        except SubjectError as error:
            self.placed.append(self._unplaced(candidate, str(error), lost=True))
        except Exception as error:  # noqa: BLE001 - one subject must not cost the others
            text = f"{type(error).__name__}: {error}"
            self.placed.append(self._unplaced(candidate, text))

    def _met(self, candidate: Candidate) -> list[Placed]:
        options = self._options(candidate.name)
        role, kind = candidate.role, candidate.kind
        at_output = False
        fit: Fit | None = None
        if kind == "unplaced":
            raise NotPlaced(candidate.why)
        if kind == "container":
            return self._container(candidate)
        if kind == "network":
            return [self._network(candidate)]
        if kind == "layer":
            fit, recipe, told = self._layer(candidate, self._settings())
            recipe = _with_gradients(recipe, options)
            recipe = replace(recipe, step=step_of(recipe, self.namespace, self.module))
            setting = fit.setting
        elif kind in ("loss", "loss-pair", "loss-gradient") or (
            kind == "flag" and role in (*LOSS_ROLES, "other")
        ):
            recipe, told, role = place_loss(candidate, self.setting, self.stock, options)
            setting = self.setting
        elif kind == "functions":
            recipe, told, setting = place_functions(candidate, self._settings())
        else:
            recipe, told, at_output = place_pair(
                candidate, self.setting, self.stock, self.text, options
            )
            setting = self.setting
        facts: dict[str, Any] = {"at_output": True} if at_output else {}
        if (recipe.local and role == "mse") or (role == "dense" and _activates(candidate)):
            facts["no_formula"] = True
        if recipe.averaged:
            facts["vector"] = True
        zeroed = accumulating(recipe, fit) if fit is not None else []
        if zeroed:
            facts["zeroed"] = zeroed
        return [self._made(candidate, recipe, told, role, setting, facts, fit)]

    def _container(self, candidate: Candidate) -> list[Placed]:
        made: list[Placed] = []
        for k, layers in enumerate(self._compositions()):
            self.stock.layers = layers
            try:
                recipe, told = place_container(
                    candidate, self.setting, self.stock, Sizes(), zeroing=self.zeroing
                )
            except NotPlaced:
                if not made and k == len(self._compositions()) - 1:
                    raise
                continue
            facts = {"filled_with": list(self.filling)}
            made.append(self._made(candidate, recipe, told, "sequential", self.setting, facts))
        if not made:
            raise NotPlaced("no layer of this file could be placed to fill it with")
        return made

    def _network(self, candidate: Candidate) -> Placed:
        options = self._options(candidate.name)
        try:
            recipe, told, setting = place_network(candidate, self._settings(), self.stock, options)
        except NotPlaced:
            if not candidate.forward:
                raise
            fit, recipe, told = self._layer(replace(candidate, role="other"), self._settings())
            setting = fit.setting
            if recipe.gradients[0] is None and any(recipe.gradients[1:]):
                # A whole network owes nobody the gradient of its data.
                x = replace(recipe.inputs[0], constant=True)
                recipe = replace(recipe, inputs=(x, *recipe.inputs[1:]))
        facts = {"filled_with": list(self.filling)} if self.filling else {}
        return self._made(candidate, recipe, told, "network", setting, facts)

    def _made(
        self,
        candidate: Candidate,
        recipe: Recipe,
        told: Mapping[str, str],
        role: str,
        setting: Setting,
        facts: Mapping[str, Any],
        fit: Fit | None = None,
    ) -> Placed:
        sources = [*(recipe.backward.arguments if recipe.backward else ()),
                   *(recipe.backward.keywords.values() if recipe.backward else ())]  # fmt: skip
        scalar = role in (*LOSS_ROLES, "network") and not recipe.local
        description = Description(
            name=candidate.name,
            role=role,
            file=self.loaded.name,
            line=line_of_backward(candidate),
            inputs=recipe.inputs,
            output="scalar" if scalar else setting.layout,
            convention={"taken for": role, "because": candidate.why, **told},
            updates=updates_of(recipe),
            rate=("rate", None) in sources or bool(recipe.rates),
            steps=recipe.step is not None,
            facts={**facts, **({"guards": self.guards[:5]} if self.guards else {})},
        )
        return Placed(
            description=description,
            maker=lambda rate: RecipeInstance(recipe, rate),
            recipe=recipe,
            candidate=candidate,
            fit=fit,
        )

    def _unplaced(self, candidate: Candidate, reason: str, *, lost: bool = False) -> Placed:
        def refuse(_: float) -> Instance:
            raise NotPlaced(reason)

        description = Description(
            name=candidate.name, role=candidate.role, file=self.loaded.name, line=candidate.line,
            reason=reason, convention={"taken for": candidate.role, "because": candidate.why},
            facts={"lost": True} if lost else {},
        )  # fmt: skip
        return Placed(description=description, maker=refuse, candidate=candidate)

    # Layers for containers

    def _stock_layers(self) -> None:
        layers = [p for p in self.placed if p.fit is not None and p.candidate is not None]
        layers = [p for p in layers if p.fit is not None and p.fit.kind]
        dense = [p for p in layers if p.description.role == "dense" and _matches(p, self.setting)]
        smooth = {"tanh": 0, "sigmoid": 1, "activation": 2, "relu": 3, "leaky_relu": 3}
        activations = [p for p in layers if p.description.role in smooth]
        activations.sort(key=lambda p: smooth[p.description.role])
        self._dense, self._activation = dense[:1], activations[:1]
        self.filling = [p.description.name for p in (*self._dense, *self._activation)]
        self.stock.layers = next(iter(self._compositions()), None)

    filling: Sequence[str] = ()
    _dense: Sequence[Placed] = ()
    _activation: Sequence[Placed] = ()

    def _compositions(self) -> list[Callable[[Sizes], list[Any]]]:
        """Return ways to fill a container: a dense layer and an activation, then one more layer."""
        if not self._dense:
            activations = list(self._activation)
            return [lambda _: [_object(p) for p in activations * 2]] if activations else []
        dense, activations = self._dense[0], list(self._activation)

        def layer(inputs: int, outputs: int) -> Any:
            assert dense.candidate is not None and dense.fit is not None  # noqa: S101, PT018 - chosen so
            sizes = Sizes(inputs=inputs, outputs=outputs)
            options = self._options(dense.candidate.name)
            return build_at(
                dense.candidate.thing, sizes, self.stock, dense.fit.reading,
                options.get("arguments"),
            )  # fmt: skip

        def short(sizes: Sizes) -> list[Any]:
            return [layer(sizes.inputs, sizes.outputs), *(_object(p) for p in activations)]

        def long(sizes: Sizes) -> list[Any]:
            first, last = layer(sizes.inputs, sizes.hidden), layer(sizes.hidden, sizes.outputs)
            return [first, *(_object(p) for p in activations), last]

        return [short, long]

    def _drop_helpers(self) -> None:
        """Leave out F and F' where a class that was placed calls both: that is checked."""
        texts = [source_of(p.candidate.thing) for p in self.placed
                 if p.candidate is not None and isinstance(p.candidate.thing, type)
                 and not p.description.reason]  # fmt: skip
        self.placed = [
            p
            for p in self.placed
            if p.candidate is None
            or p.candidate.kind != "pair"
            or p.candidate.name in self._tables()
            or not any(
                uses(text, (p.candidate.forward.__name__, p.candidate.backward.__name__))
                for text in texts
            )
        ]

    # Layers with a loss behind them

    def _chains(self) -> list[Placed]:
        losses = [p for p in self.placed if p.recipe is not None
                  and p.description.output == "scalar"
                  and p.description.role in LOSS_ROLES]  # fmt: skip
        layers = [p for p in self.placed if p.recipe is not None and p.candidate is not None
                  and p.description.role in ("dense", "softmax", "sigmoid")]  # fmt: skip
        return [
            chain
            for layer in layers
            for loss in losses
            if (chain := _chain(layer, loss)) is not None
        ]


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


def _with_gradients(recipe: Recipe, options: Mapping[str, Any]) -> Recipe:
    """Return the recipe with the attributes that a configuration names for gradients."""
    named = options.get("gradients", {})
    sources = tuple(
        Source(kind="state", place=(("attr", str(named[one.name])),)) if one.name in named else old
        for one, old in zip(recipe.inputs, recipe.gradients, strict=True)
    )
    return replace(recipe, gradients=sources)


def _activates(candidate: Candidate) -> bool:
    """Say whether a dense layer's constructor takes an activation: then y is not Wx + b."""
    if not isinstance(candidate.thing, type):
        return False
    return any(
        like_function(a.name) and (a.required or a.default not in (None, "linear", "identity"))
        for a in arguments_of(candidate.thing) or []
    )


def updates_of(recipe: Recipe) -> tuple[str, ...]:
    """Return the names of the parameters whose gradients are read off an update."""
    return tuple(
        one.name
        for one, source in zip(recipe.inputs, recipe.gradients, strict=True)
        if source is not None and source.kind == "update"
    )


def _object(placed: Placed) -> Any:
    assert placed.fit is not None  # noqa: S101 - chosen so
    return placed.fit.build()


def _matches(placed: Placed, setting: Setting) -> bool:
    return placed.fit is not None and placed.fit.setting.orientation == setting.orientation


def _chain(layer: Placed, loss: Placed) -> Placed | None:
    """Return a layer with a loss behind it, where the one's output fits the other."""
    assert layer.recipe is not None and loss.recipe is not None  # noqa: S101, PT018 - chosen so
    first, second = layer.recipe, loss.recipe
    activation = layer.description.role in ("softmax", "sigmoid")
    if activation and loss.description.inputs[0].name == "x":
        return None
    x = first.inputs[0]
    prediction, target = second.inputs
    if activation:
        x = replace(x, shape=prediction.shape)
    x = replace(x, values="logit")
    description = Description(
        name=f"{layer.description.name} → {loss.description.name}",
        role="network",
        file=layer.description.file,
        line=layer.description.line,
        inputs=(x, *first.inputs[1:], target),
        output="scalar",
        rate=layer.description.rate,
        facts={
            "chain": [layer.description.name, loss.description.name],
            "guards": loss.description.facts.get("guards", []),
        },
    )
    return Placed(description=description, maker=lambda rate: ChainInstance([first], second, rate))


__all__ = ["Placed", "Survey", "plain", "survey"]
