"""The words by which people name layers, methods, arguments and gradients: tables, no code.

From 61 public from-scratch networks. `gradcheck.students.naming` asks names about them.
"""

from __future__ import annotations

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

UPSTREAM = {
    "grad", "gradient", "error", "dout", "dvalues", "delta", "dy", "dz", "da", "loss", "upstream",
    "top", "diff", "g", "dl", "dldy", "dldz", "dedy", "accum", "err", "douts", "doutputs", "dnext",
    "grads", "gradients", "derivative", "dcdy", "dlda", "dx", "d", "djdy", "doutput", "back",
    "backward", "sensitivity", "output", "fehler", "gradiente", "erreur", "dj", "dh", "do", "dtop",
    "dcost", "dc", "de", "gradout",
    "outgrad", "gradoutput", "dloss", "downstream", "signal", "eta",
}  # fmt: skip

TRAINING = {"training", "train", "mode", "trainflg", "test", "flg", "flag", "istraining", "phase"}

TARGET = {
    "true", "target", "targets", "label", "labels", "star", "soll", "desired", "expected", "truth",
    "t", "tgt", "gt", "ytrue", "ytrain", "ytarget", "actual", "real", "correct", "ground", "index",
    "objetivo", "deseado", "etiqueta", "etiquetas", "wanted", "reference", "ystar", "groundtruth",
    "lbl", "cible", "vrai", "ziel", "ts", "onehot",
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
    "outgoing", "unit", "neuron", "node", "upper", "width", "sizeout", "op", "sortie", "sorties",
    "salida", "salidas", "aus", "ausgabe",
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
    "b", "bias", "biases", "bs", "intercept", "biais", "beta0", "bi", "offset", "sesgo", "sesgos",
    "schwelle",
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

CONTAINERS = ("sequential", "network", "neuralnet", "net", "model", "mlp", "classifier", "nn",
              "perceptron", "container", "autoencoder", "feedforward", "dnn", "ann", "regression",
              "regressor")  # fmt: skip

LOSS_WORDS = ("loss", "cost", "criterion", "error", "entropy", "mae", "hinge", "huber", "objective",
              "perdida", "verlust", "kosten", "fehlerfunktion", "perte")  # fmt: skip

OPTIMIZERS = ("sgd", "adam", "momentum", "rmsprop", "adagrad", "optimizer", "optimiser", "descent",
              "nesterov", "adadelta", "scheduler", "regularizer", "regularization")  # fmt: skip

AT_OUTPUT = {"a", "y", "out", "output", "s", "activation", "activated", "fx", "act", "yhat"}
"""Names of what F' takes where it is written in the output."""
