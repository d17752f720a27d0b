"""The words by which people name layers, methods, arguments and gradients.

From 61 public from-scratch networks. Names are taken apart into words ("dLdW_prev" → d, l, d, w,
prev) and compared word by word, so that a new spelling of a known word needs no new entry.
"""

from __future__ import annotations

import re
from functools import lru_cache

FORWARD = (
    "forward", "forward_propagation", "forward_pass", "forward_prop", "forward_propagate",
    "step_forward", "fprop", "feed_forward", "feedforward", "propagate", "forwardprop", "predict",
    "activate", "activation", "call", "__call__", "apply", "function", "func", "f", "fn", "compute",
    "output", "evaluate", "encode", "transform", "vorwaerts", "vorwärts", "vorwaertsschritt",
    "adelante", "hacia_adelante", "propagar", "avant", "propagation_avant", "avanti",
)  # fmt: skip
"""Names of what gives y, those that leave no doubt first."""

BACKWARD = (
    "backward", "backward_propagation", "backward_pass", "backward_prop", "backward_propagate",
    "backpropagation", "backprop", "back_prop", "back_propagate", "backpropagate", "step_backward",
    "bprop", "backwards", "back", "backward_step", "compute_gradients", "gradients", "gradient",
    "grad", "derivative", "deriv", "prime", "d", "df", "f_prime", "fprime", "delta",
    "activation_derivative", "activation_prime", "calculate_gradient", "backprop_gradients",
    "compute_gradient", "get_gradient", "get_gradients", "input_gradient", "loss_gradient",
    "dloss", "loss_prime", "loss_derivative", "loss_grad", "cost_derivative", "cost_prime",
    "rueckwaerts", "rückwärts", "rueckwaertsschritt", "ableitung", "atras", "atrás",
    "hacia_atras", "retropropagar", "retropropagacion", "derivada", "arriere", "retropropagation",
    "derivee", "indietro",
)  # fmt: skip

LOSS_VALUE = (
    "loss", "cost", "value", "forward", "compute_loss", "compute_cost", "calculate_loss", "calc",
    "calculate", "error", "objective", "__call__", "call", "fn", "function", "func", "f", "fprop",
    "forward_pass", "forward_propagation", "compute", "get_loss", "loss_function", "J", "evaluate",
    "apply", "forward_prop",
)  # fmt: skip

STEP = (
    "step", "update", "update_params", "update_parameters", "update_weights", "apply_gradients",
    "apply_grads", "optimize", "learn", "apply_gradient", "gradient_step", "sgd_step", "sgd_update",
)  # fmt: skip
"""Names of what updates parameters."""

TRAIN = ("fit", "train", "train_on_batch", "run", "main", "demo", "train_network", "train_loop")
"""Names of training loops: no subjects."""

RATE = {"lr", "learning", "rate", "alpha", "eta", "learn", "epsilon", "lrate", "learningrate"}
UPSTREAM = {
    "grad", "gradient", "error", "dout", "dvalues", "delta", "dy", "dz", "da", "loss", "upstream",
    "top", "diff", "g", "dl", "dldy", "dldz", "dedy", "accum", "err", "douts", "doutputs", "dnext",
    "grads", "gradients", "derivative", "dcdy", "dlda", "dx", "d", "djdy", "doutput", "back",
    "backward", "sensitivity", "output", "fehler", "gradiente", "erreur", "dj", "dh", "do",
    "dtop", "dcost", "dc", "de", "gradout",
    "outgrad", "gradoutput", "dloss", "downstream", "signal", "eta",
}  # fmt: skip
AT_OUTPUT = {"a", "y", "out", "output", "s", "activation", "activated", "fx", "act", "yhat"}
"""Names of what F' takes where it is written in the output."""

TRAINING = {"training", "train", "mode", "trainflg", "test", "flg", "flag", "istraining", "phase"}
TARGET = {
    "true", "target", "targets", "label", "labels", "star", "soll", "desired", "expected", "truth",
    "t", "tgt", "gt", "ytrue", "ytarget", "actual", "real", "correct", "ground", "index",
    "objetivo", "deseado", "etiqueta", "etiquetas", "wanted", "reference", "ystar",
    "groundtruth", "lbl", "cible", "vrai", "ziel", "ts", "onehot",
    "outputexpected", "trues", "ylabel", "gold", "teacher",
}  # fmt: skip
PREDICTION = {
    "pred", "prediction", "predictions", "predicted", "predict", "preds", "predicts", "hat", "yhat",
    "output", "outputs", "out", "a", "al", "probs", "probabilities", "probability", "p", "logits",
    "scores", "score", "logit", "x", "z", "ypred", "estimate", "estimated", "yp", "o", "input",
    "inputs", "h", "pr", "ist", "computed", "activations", "activation", "prob", "guess",
    "ypredicted",
    "vorhersage", "ausgabe", "prediccion", "salida", "sortie",
}  # fmt: skip
LOGITS = {"logits", "scores", "score", "logit", "z", "zs"}
INSIZE = {
    "in", "input", "inputs", "fan", "nin", "prev", "previous", "eingang", "inp", "from", "nx",
    "din",
    "i", "features", "ninput", "ninputs", "indim", "insize", "inputsize", "inputdim", "dimin",
    "idim",
    "incoming", "lower", "sizein", "ip", "entree", "entrees", "entrada", "entradas", "ein",
    "eingabe", "eingaben",
}  # fmt: skip
OUTSIZE = {
    "out", "output", "outputs", "nout", "units", "neurons", "nodes", "ausgang", "to", "ny", "dout",
    "j", "noutput", "noutputs", "outdim", "outsize", "outputsize", "outputdim", "dimout", "odim",
    "outgoing", "unit", "neuron", "node", "upper", "width", "sizeout", "op", "sortie",
    "sorties", "salida", "salidas", "aus", "ausgabe",
    "ausgaben", "classes",
    "nunits", "nneurons", "numneurons",
}  # fmt: skip
HIDDEN = {"hidden", "hid", "h", "nhidden", "nh", "mid", "middle", "hiddensize", "hiddendim"}

WEIGHTS = {
    "w", "weight", "weights", "kernel", "theta", "gewicht", "gewichte", "peso", "ws", "poids",
    "pesos", "wt", "wgt",
    "coef", "coefficients", "wi",
}  # fmt: skip
BIASES = {
    "b", "bias", "biases", "bs", "intercept", "biais", "beta0", "bi", "offset", "sesgo",
    "sesgos", "schwelle",
    "schwellen", "verschiebung",
}  # fmt: skip
BUFFERS = {
    "running", "moving", "momentum", "velocity", "cache", "mask", "mean", "var", "avg", "history",
    "v", "m", "grad", "gradient", "last", "prev", "old", "input", "inputs", "output", "outputs",
}  # fmt: skip
"""Words of arrays that forward may read and that are no parameters."""

GRADIENT_WORDS = {
    "d", "grad", "grads", "gradient", "gradients", "delta", "deltas", "dl", "dj", "dc", "de",
    "current", "loss", "wrt", "error", "errors", "derivative", "nabla", "diff", "g", "cost",
}  # fmt: skip

_ROLES: tuple[tuple[str, tuple[str, ...]], ...] = (
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
_NO_DENSE = (
    "bilinear", "linearregression", "nonlinear", "nolineal", "nichtlinear", "relulinear",
    "linearrelu", "affinerelu",
             "linearactivation", "lineartanh")  # fmt: skip
CONTAINERS = ("sequential", "network", "neuralnet", "net", "model", "mlp", "classifier", "nn",
              "perceptron", "container", "autoencoder", "feedforward", "dnn", "ann", "regression",
              "regressor")  # fmt: skip
LOSS_WORDS = ("loss", "cost", "criterion", "error", "entropy", "mae", "hinge", "huber", "objective",
              "perdida", "verlust", "kosten", "fehlerfunktion", "perte")  # fmt: skip
OPTIMIZERS = ("sgd", "adam", "momentum", "rmsprop", "adagrad", "optimizer", "optimiser", "descent",
              "nesterov", "adadelta", "scheduler", "regularizer", "regularization")  # fmt: skip


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case: "dLdW" → d, ld, w; "grad_W1" → grad, w."""
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", name)
    return tuple(part.lower() for part in parts)


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return a name in lower case, letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def has(name: str, vocabulary: set[str]) -> bool:
    """Say whether a word of the name, or the name as a whole, stands in the vocabulary."""
    return bool(set(words(name)) & vocabulary) or plain(name) in vocabulary


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
    for role, parts in _ROLES:
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
        "rate", "training", "optimizer", "size", "cache", "settings", or "array".
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
    if flat in TRAINING or {"training", "train"} & tokens or flat.startswith("istrain"):
        return "training"
    if "optimizer" in tokens or "optimiser" in tokens or flat in ("opt", "optim"):
        return "optimizer"
    if "cache" in tokens or "memory" in tokens or flat in ("caches", "ctx", "context", "state"):
        return "cache"
    if flat in ("bnparam", "dropoutparam", "convparam", "poolparam", "lnparam", "gnparam"):
        return "settings"
    if flat in ("batchsize", "m", "nsamples", "batch", "numsamples", "nexamples"):
        return "size"
    return "array"


def is_target(name: str) -> bool:
    """Say whether an argument of a loss is named as the target."""
    return has(name, TARGET) and not has(name, {"pred", "hat", "prediction", "predicted"})


def is_prediction(name: str) -> bool:
    """Say whether an argument of a loss is named as the prediction."""
    return has(name, PREDICTION) and not is_target(name)
