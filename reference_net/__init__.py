"""The lecture notes as code: one module for each of their headings, numpy only.

Read them beside the notes in this order: `layer`, `dense`, `activation`, `softmax`, `loss`,
`sequential`, `optimizer`, `training`. As in the notes an example is a column: X is (i, N), its
N columns are N examples, and N = 1 is the case that the notes write out.
"""

from __future__ import annotations

from reference_net.activation import Activation, ReLU, Sigmoid, Tanh
from reference_net.dense import Dense
from reference_net.layer import Layer
from reference_net.loss import MeanSquaredError
from reference_net.optimizer import GradientDescent
from reference_net.sequential import Sequential
from reference_net.softmax import Softmax
from reference_net.training import train, train_step
from reference_net.validation import Array

__all__ = [
    "Activation",
    "Array",
    "Dense",
    "GradientDescent",
    "Layer",
    "MeanSquaredError",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "train",
    "train_step",
]
