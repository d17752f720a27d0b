"""What a class or function is, by its name: dense, relu, softmax_cross_entropy."""

from __future__ import annotations

from gradcheck.students.naming import is_loss, plain, words

_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("softmax_cross_entropy", (
        "softmaxcrossentropy", "softmaxwithloss", "softmaxloss", "crossentropywithsoftmax",
        "softmaxwithcrossentropy", "softmaxce", "softmaxcost", "crossentropysoftmax",
        "softmaxxent", "crossentropywithlogits", "crossentropyfromlogits", "softmaxcategorical",
        "softmaxlosscategoricalcrossentropy", "softmaxnll", "softmaxcceloss", "logsoftmaxloss",
    )),
    ("cross_entropy", (
        "crossentropy", "crossent", "xent", "logloss", "nllloss", "negativeloglikelihood",
        "logisticloss", "bceloss", "celoss", "binaryce", "bce", "cceloss", "logcost",
    )),
    ("mse", (
        "mse", "meansquare", "squarederror", "squareloss", "squaredloss", "quadraticcost",
        "quadraticloss", "quadratic", "l2loss", "sumsquare", "sse", "msquared", "squareerror",
        "sumofsquares", "leastsquares", "euclideanloss", "errorcuadratic", "cuadraticomedio",
        "quadratischerfehler", "erreurquadratique", "fehlerquadrat",
    )),
    ("leaky_relu", ("leakyrelu", "leaky", "lrelu")),
    ("relu", ("relu", "rectifiedlinear", "rectifier")),
    ("softmax", ("softmax",)),
    ("sigmoid", ("sigmoid", "logistic", "sigm")),
    ("tanh", ("tanh", "hyperbolictangent", "tangenthyperbolic")),
    ("activation", (
        "activation", "gelu", "elu", "selu", "softplus", "swish", "silu", "softsign", "hardtanh",
        "prelu", "mish", "relu6", "identity", "gaussian", "arctan", "sinus", "hardsigmoid",
    )),
    ("dense", (
        "dense", "linear", "affine", "fullyconnected", "fclayer", "fullconnect", "fclinear",
        "innerproduct", "perceptronlayer", "densa", "lineal", "lineareschicht", "vollverbunden",
        "fcl", "denselayer", "hiddenlayer", "layerdense",
    )),
)  # fmt: skip
"""Roles by parts of a name, the most specific first."""

_SANDWICHES = ("affine", "linear", "dense", "conv", "batchnorm", "bn", "fc")
_OTHER_RELUS = ("prelu", "relu6", "crelu", "srelu", "thresholdedrelu", "randomizedrelu")
_NO_SIGMOID = (
    "sigmoidcrossentropy",
    "hardsigmoid",
    "logsigmoid",
    "sigmoidloss",
    "logisticregression",
)
_NO_SOFTMAX = ("logsoftmax", "softmaxregression", "softmaxclassifier")
_NO_TANH = ("hardtanh", "tanhshrink", "scaledtanh", "lecuntanh")
_NO_DENSE = ("bilinear", "linearregression", "nonlinear", "nolineal", "nichtlinear", "relulinear",
"linearrelu", "affinerelu",
             "linearactivation", "lineartanh")  # fmt: skip


LAYER_ROLES = ("dense", "relu", "leaky_relu", "sigmoid", "tanh", "softmax", "activation")
LOSS_ROLES = ("mse", "cross_entropy", "softmax_cross_entropy")


def role_of(name: str) -> str | None:
    """Return the role that a class or function is named after, or None.

    Examples
    --------
    >>> role_of("Layer_Dense"), role_of("SoftmaxCrossEntropy"), role_of("Dropout")
    ('dense', 'softmax_cross_entropy', None)
    """
    flat = plain(name)
    if ("softmax" in flat and any(word in flat for word in ("crossentropy", "loss", "cost", "xent"))
            and not flat.startswith("logsoftmaxlayer")):  # fmt: skip
        return "softmax_cross_entropy"
    for role, parts in _PARTS:
        if any(part in flat for part in parts) and not _excluded(role, flat):
            return role
    tokens = words(name)
    if "fc" in tokens:
        return "dense"
    if "ce" in tokens or "bce" in tokens or "cce" in tokens:
        return "cross_entropy"
    return "mse" if {"squared", "square"} & set(tokens) and is_loss(name) else None


def _excluded(role: str, flat: str) -> bool:
    other = {
        "relu": _OTHER_RELUS,
        "sigmoid": _NO_SIGMOID,
        "softmax": _NO_SOFTMAX,
        "tanh": _NO_TANH,
        "dense": _NO_DENSE,
        "mse": ("rmse", "rootmean", "logsquared"),
    }.get(role, ())
    if role in ("relu", "sigmoid", "tanh", "softmax", "activation", "leaky_relu"):
        tokens = [part for part in _SANDWICHES if part in flat]
        if tokens and "nonlinear" not in flat:
            return True
    return any(part in flat for part in other)
