"""The notes under "Activation Layer", equation by equation."""

from __future__ import annotations

from gradcheck.notes.equation import LITERAL, Equation, Reading

HEADING = "Activation Layer"
"""As printed."""

EQUATIONS = (
    Equation(
        id="activation-elementwise",
        heading=HEADING,
        printed="Computing our activation Function element-wise",
        setting="activation",
        claim="elementwise",
    ),
    Equation(
        id="activation-first",
        heading=HEADING,
        printed=r"x_1 \rightarrow \bigcirc \rightarrow y_1 = F(\cdot)",
        setting="activation",
    ),
    Equation(
        id="activation-second",
        heading=HEADING,
        printed=r"x_2 \rightarrow \bigcirc \rightarrow y_2 = F(\cdot)",
        setting="activation",
    ),
    Equation(
        id="activation-forward",
        heading=HEADING,
        printed=r"x_3 \rightarrow \bigcirc \rightarrow y_3 = F(\cdot) \Rightarrow Y = F(X)",
        setting="activation",
    ),
    Equation(
        id="activation-any",
        heading=HEADING,
        printed=r"x_i \rightarrow \bigcirc \rightarrow y_i = F(\cdot)",
        setting="activation",
    ),
    Equation(
        id="activation-upstream",
        heading=HEADING,
        printed=(
            r"\frac{\partial L}{\partial Y} = \begin{bmatrix} \frac{\partial L}{\partial y_1} "
            r"\\ \frac{\partial L}{\partial y_2} \\ \vdots \\ \frac{\partial L}{\partial y_i} "
            r"\end{bmatrix}_{i \times 1}"
        ),
        setting="activation",
    ),
    Equation(
        id="activation-wanted",
        heading=HEADING,
        printed=(
            r"\frac{\partial L}{\partial X} = \begin{bmatrix} \frac{\partial L}{\partial x_1} "
            r"\\ \frac{\partial L}{\partial x_2} \\ \vdots \\ \frac{\partial L}{\partial x_i} "
            r"\end{bmatrix}_{i \times 1}"
        ),
        setting="activation",
    ),
    Equation(
        id="activation-example",
        heading=HEADING,
        printed=(
            r"\text{ex) } \frac{\partial L}{\partial x_1} = \underbrace{\frac{\partial "
            r"L}{\partial y_1} \frac{\partial y_1}{\partial x_1}}_{=0} + "
            r"\underbrace{\frac{\partial L}{\partial y_2} \frac{\partial y_2}{\partial "
            r"x_1}}_{=0} + \dots + \underbrace{\frac{\partial L}{\partial y_i} \frac{\partial "
            r"y_i}{\partial x_1}}_{=0}"
        ),
        setting="activation",
        corrected=(
            r"\text{ex) } \frac{\partial L}{\partial x_1} = \underbrace{\frac{\partial "
            r"L}{\partial y_1} \frac{\partial y_1}{\partial x_1}}_{=\frac{\partial L}{\partial "
            r"y_1} F'(x_1)} + \underbrace{\frac{\partial L}{\partial y_2} \frac{\partial "
            r"y_2}{\partial x_1}}_{=0} + \dots + \underbrace{\frac{\partial L}{\partial y_i} "
            r"\frac{\partial y_i}{\partial x_1}}_{=0}"
        ),
    ),
    Equation(
        id="activation-gradient",
        heading=HEADING,
        printed=(
            r"\Rightarrow \frac{\partial L}{\partial x_1} = \frac{\partial L}{\partial y_1} "
            r"\cdot F'(x_1); \quad \text{So, } \frac{\partial L}{\partial X} = \frac{\partial "
            r"L}{\partial Y} \odot F'(X)"
        ),
        setting="activation",
    ),
    Equation(
        id="activation-hadamard",
        heading=HEADING,
        printed="i.e., element-wise multiplication",
        setting="activation",
        claim="hadamard",
    ),
    Equation(
        id="activation-nonlinear",
        heading=HEADING,
        printed=(
            "* Note: We need a nonlinear activation Function, otherwise our network just "
            "computes a linear combination of the input."
        ),
        setting="two layers",
        readings=(
            LITERAL,
            Reading(
                constant=True,
                remark="a linear combination plus a constant: the biases stay",
            ),
        ),
        claim="linear_network",
    ),
    Equation(
        id="activation-relu",
        heading=HEADING,
        printed=r"ReLU: $g(x) = \max(0, x)$",
        setting="relu",
    ),
    Equation(
        id="activation-relu-derivative",
        heading=HEADING,
        printed=r"g'(x) = \begin{cases} 0, & x \leq 0 \\ 1, & \text{else} \end{cases}",
        setting="relu",
        readings=(
            LITERAL,
            Reading(
                subgradient=True,
                remark="g has no derivative at 0: the 0 there is a convention, one of two slopes",
            ),
        ),
    ),
)
"""In the notes' order."""
