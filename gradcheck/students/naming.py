"""What a name says: its words, and whether they are those of a loss, a target, a gradient.

Names are taken apart into words ("dLdW_prev" → d, l, d, w, prev) and compared word by word, so that
a new spelling of a known word needs no new entry in `gradcheck.students.vocabulary`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gradcheck.students.vocabulary import (
    BIASES,
    CONTAINERS,
    GRADIENT_WORDS,
    LOSS_WORDS,
    OPTIMIZERS,
    PREDICTION,
    TARGET,
    TRAINING,
    WEIGHTS,
)


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """Return the lower-case words of a name: "dLdW" → ("d", "ld", "w"), "grad_W1" → "grad", "w"."""
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", name)
    return tuple(part.lower() for part in parts)


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return a name in lower case, letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def has(name: str, vocabulary: set[str]) -> bool:
    """Say whether a word of the name, or the name as a whole, stands in the vocabulary."""
    return bool(set(words(name)) & vocabulary) or plain(name) in vocabulary


def is_loss(name: str) -> bool:
    """Say whether a class or function is named as a loss."""
    flat = plain(name)
    return any(part in flat for part in LOSS_WORDS)


def is_container(name: str) -> bool:
    """Say whether a class is named as a network or a container of layers."""
    tokens, flat = set(words(name)), plain(name)
    return bool(tokens & set(CONTAINERS)) or any(
        part in flat for part in ("network", "sequential", "neuralnet", "mlp")
    )


def is_penalty(name: str) -> bool:
    """Say whether a function is named as a penalty on weights.

    Examples
    --------
    >>> [name for name in ("l2_reg", "ridge", "l2_loss", "linear_regression") if is_penalty(name)]
    ['l2_reg', 'ridge']
    """
    flat, tokens = plain(name), set(words(name))
    return bool(tokens & {"reg", "ridge", "lasso", "penalty", "decay", "regularizer"}) or (
        any(part in flat for part in ("regulariz", "regularis", "penalty", "weightdecay"))
    )


def is_optimizer(name: str) -> bool:
    """Say whether a class or function is named as an optimiser."""
    flat = plain(name)
    return any(part in flat for part in OPTIMIZERS)


def symbol_of(name: str) -> str:
    """Return the notes' symbol of a parameter: "W", "b", or the name as it is.

    Examples
    --------
    >>> symbol_of("weights"), symbol_of("_b"), symbol_of("gamma")
    ('W', 'b', 'gamma')
    """
    tokens = words(name)
    if set(tokens) & WEIGHTS or (tokens and tokens[-1].rstrip("s") in ("weight", "kernel")):
        return "W"
    if set(tokens) & BIASES:
        return "b"
    return name.strip("_") or name


def number_of(name: str) -> str:
    """Return the number at the end of a name, or "": "W1" → "1"."""
    match = re.search(r"(\d+)$", name)
    return match.group(1) if match else ""


def stem_of_gradient(name: str) -> str:
    """Return what a gradient is the gradient of, by its name, or "" where the name tells nothing.

    Examples
    --------
    >>> stem_of_gradient("dW"), stem_of_gradient("_grad_W_current"), stem_of_gradient("dLdb")
    ('w', 'w', 'b')
    >>> stem_of_gradient("weights_gradient"), stem_of_gradient("dinputs"), stem_of_gradient("W")
    ('weights', 'inputs', '')
    """
    flat = re.sub(r"[^a-zA-Z0-9]", "_", name).strip("_")
    glued = re.fullmatch(
        r"(?:d|D)?(?:L|l|J|j|C|c|E|e|Loss|loss|cost|Z|z|Y|y)?_?(?:d|D)_?([a-zA-Z]+?)_?(\d*)", flat
    )
    if glued and flat[0] in "dD" and not set(words(flat)) & {"delta", "data", "dim", "dropout"}:
        rest = glued.group(1)
        if plain(flat) not in ("d", "dense", "depth", "decay", "default"):
            return plain(rest)
    tokens = [word for word in words(flat) if word not in GRADIENT_WORDS]
    if len(tokens) < len(words(flat)) and tokens:
        return "".join(tokens)
    return ""


def same_thing(stem: str, name: str) -> bool:
    """Say whether a gradient's stem means the parameter of this name."""
    flat = plain(name).rstrip("0123456789")
    stem = stem.rstrip("0123456789")
    if not stem:
        return False
    if stem in (flat, flat.rstrip("s"), flat + "s"):
        return True
    symbols = {symbol_of(stem), symbol_of(name)}
    return len(symbols) == 1 and symbols <= {"W", "b"}


def kind_of_argument(name: str) -> str:
    """Return what an argument of forward or backward is, by its name.

    Returns
    -------
    str
        "rate", "training", "optimizer", "size", "cache", "settings", "fraction", "strength", or
        "array".
    """
    tokens, flat = set(words(name)), plain(name)
    if flat in (
        "lr",
        "learningrate",
        "learnrate",
        "alpha",
        "eta",
        "lrate",
        "stepsize",
        "lernrate",
        "tasa",
        "tasaaprendizaje",
        "tasadeaprendizaje",
        "taux",
    ) or ("learning" in tokens or ("rate" in tokens and "dropout" not in tokens)):
        return "rate"
    data = tokens & {"x", "y", "t", "data", "labels", "targets", "inputs"}  # x_train, y_train
    training = {"training", "train"} & tokens and not data
    if flat in TRAINING or training or flat.startswith("istrain"):
        return "training"
    if "optimizer" in tokens or "optimiser" in tokens or flat in ("opt", "optim"):
        return "optimizer"
    if "cache" in tokens or "memory" in tokens or flat in ("caches", "ctx", "context", "state"):
        return "cache"
    if flat in ("bnparam", "dropoutparam", "convparam", "poolparam", "lnparam", "gnparam",
                "hparameters", "hparams", "hyperparameters"):  # fmt: skip
        return "settings"
    if flat in ("dropout", "keepprob", "dropprob", "pdrop", "pkeep") or (
        tokens & {"keep", "drop", "dropout"}
        and tokens & {"p", "prob", "probability", "rate", "ratio"}
    ):
        return "fraction"
    if flat in ("lam", "lamb", "lambd", "lambda", "lmbda", "lmbd", "reg", "regstrength", "strength",
                "weightdecay", "reglambda", "lambdareg", "regularizationstrength",
                "penalty"):  # fmt: skip
        return "strength"
    if flat in ("batchsize", "m", "nsamples", "batch", "numsamples", "nexamples"):
        return "size"
    return "array"


def is_target(name: str) -> bool:
    """Say whether an argument of a loss is named as the target."""
    return has(name, TARGET) and not has(name, {"pred", "hat", "prediction", "predicted"})


def is_prediction(name: str) -> bool:
    """Say whether an argument of a loss is named as the prediction."""
    return has(name, PREDICTION) and not is_target(name)


def is_choice(name: str) -> bool:
    """Say whether an argument of a function chooses an activation by its name."""
    return plain(name) in ("activation", "mode", "act", "type", "name", "function", "kind")


def says_upstream(name: str) -> bool:
    """Say whether a word of the name says that it is a gradient from further on."""
    return bool(set(words(name)) & {"grad", "gradient", "upstream", "error", "delta", "dout"})


def like_upstream(name: str) -> bool:
    """Say whether an argument is named as an upstream gradient: by a word of it, or as dY is."""
    return says_upstream(name) or (name[:1] == "d" and len(name) > 1)


def like_function(name: str) -> bool:
    """Say whether an argument is named as a function: an activation, or its derivative."""
    tokens = set(words(name))
    flat = plain(name)
    return flat in ("f", "fprime", "df", "func", "fn", "g", "gprime", "dfunc", "phi") or bool(
        tokens & {"activation", "function", "func", "derivative", "prime", "act"}
    )
