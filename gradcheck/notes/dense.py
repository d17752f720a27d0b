"""The notes under "Dense Layer", equation by equation."""

from __future__ import annotations

from gradcheck.notes.equation import LITERAL, Equation, Reading

HEADING = "Dense Layer"
"""As printed."""

EQUATIONS = (
    Equation(
        id="dense-connected",
        heading=HEADING,
        printed="- Each input node is connected to each output node",
        setting="dense",
        claim="connected",
    ),
    Equation(
        id="dense-forward",
        heading=HEADING,
        printed="⇒ Matrix Equation: $Y = WX + b$",
        setting="dense",
    ),
    Equation(
        id="dense-forward-entries",
        heading=HEADING,
        printed=(
            r"\begin{bmatrix} y_1 \\ y_2 \\ \vdots \\ y_j \end{bmatrix}_{j \times 1} = "
            r"\begin{bmatrix} w_{11} & w_{12} & \dots & w_{1i} \\ w_{21} & w_{22} & \dots & "
            r"w_{2i} \\ \vdots & \vdots & \ddots & \vdots \\ w_{j1} & w_{j2} & \dots & w_{ji} "
            r"\end{bmatrix}_{j \times i} \begin{bmatrix} x_1 \\ x_2 \\ \vdots \\ x_i "
            r"\end{bmatrix}_{i \times 1} + \begin{bmatrix} b_1 \\ b_2 \\ \vdots \\ b_j "
            r"\end{bmatrix}_{j \times 1}"
        ),
        setting="dense",
    ),
    Equation(
        id="dense-descent",
        heading=HEADING,
        printed="⇒ Gradient Descent",
        setting="dense",
        claim="descent",
    ),
    Equation(
        id="dense-wanted",
        heading=HEADING,
        printed=(
            r"\frac{\partial C}{\partial y} = \begin{bmatrix} \frac{\partial C}{\partial y_1} "
            r"\\ \frac{\partial C}{\partial y_2} \\ \vdots \\ \frac{\partial C}{\partial y_j} "
            r"\end{bmatrix}_{j \times 1} \quad \xrightarrow{\text{We want:}} \quad "
            r"\frac{\partial C}{\partial w} = \begin{bmatrix} \frac{\partial C}{\partial "
            r"w_{11}} & \frac{\partial C}{\partial w_{12}} & \dots & \frac{\partial "
            r"C}{\partial w_{1n}} \\ \frac{\partial C}{\partial w_{21}} & \frac{\partial "
            r"C}{\partial w_{22}} & \dots & \frac{\partial C}{\partial w_{2n}} \\ \vdots & "
            r"\vdots & \ddots & \vdots \\ \frac{\partial C}{\partial w_{j1}} & \frac{\partial "
            r"C}{\partial w_{j2}} & \dots & \frac{\partial C}{\partial w_{jn}} "
            r"\end{bmatrix}_{j \times i}"
        ),
        setting="dense",
        corrected=(
            r"\frac{\partial C}{\partial y} = \begin{bmatrix} \frac{\partial C}{\partial y_1} "
            r"\\ \frac{\partial C}{\partial y_2} \\ \vdots \\ \frac{\partial C}{\partial y_j} "
            r"\end{bmatrix}_{j \times 1} \quad \xrightarrow{\text{We want:}} \quad "
            r"\frac{\partial C}{\partial w} = \begin{bmatrix} \frac{\partial C}{\partial "
            r"w_{11}} & \frac{\partial C}{\partial w_{12}} & \dots & \frac{\partial "
            r"C}{\partial w_{1i}} \\ \frac{\partial C}{\partial w_{21}} & \frac{\partial "
            r"C}{\partial w_{22}} & \dots & \frac{\partial C}{\partial w_{2i}} \\ \vdots & "
            r"\vdots & \ddots & \vdots \\ \frac{\partial C}{\partial w_{j1}} & \frac{\partial "
            r"C}{\partial w_{j2}} & \dots & \frac{\partial C}{\partial w_{ji}} "
            r"\end{bmatrix}_{j \times i}"
        ),
    ),
    Equation(
        id="dense-chain-rule",
        heading=HEADING,
        printed=(
            r"Using chain rule: $\frac{\partial C}{\partial w} = \frac{\partial C}{\partial y} "
            r"\cdot \frac{\partial y}{\partial w}$"
        ),
        setting="dense",
        readings=(
            LITERAL,
            Reading(
                contracted=True,
                remark="no product of matrices but the sum over all y: ∂y/∂w has three indices",
            ),
        ),
    ),
    Equation(
        id="dense-weight-example",
        heading=HEADING,
        printed=(
            r"\text{e.g. } \frac{\partial C}{\partial w_{12}} = \frac{\partial C}{\partial "
            r"y_1} \underbrace{\frac{\partial y_1}{\partial w_{12}}}_{=x_1} + "
            r"\underbrace{\frac{\partial C}{\partial y_2} \frac{\partial y_2}{\partial w_{12}} "
            r"+ \dots + \frac{\partial C}{\partial y_j} \frac{\partial y_j}{\partial "
            r"w_{12}}}_{\text{these} = 0!}"
        ),
        setting="dense",
        corrected=(
            r"\text{e.g. } \frac{\partial C}{\partial w_{12}} = \frac{\partial C}{\partial "
            r"y_1} \underbrace{\frac{\partial y_1}{\partial w_{12}}}_{=x_2} + "
            r"\underbrace{\frac{\partial C}{\partial y_2} \frac{\partial y_2}{\partial w_{12}} "
            r"+ \dots + \frac{\partial C}{\partial y_j} \frac{\partial y_j}{\partial "
            r"w_{12}}}_{\text{these} = 0!}"
        ),
    ),
    Equation(
        id="dense-weight-entry",
        heading=HEADING,
        printed=(
            r"\Rightarrow \frac{\partial C}{\partial w_{ji}} = \frac{\partial C}{\partial y_j} "
            r"x_i"
        ),
        setting="dense",
    ),
    Equation(
        id="dense-weight-gradient",
        heading=HEADING,
        printed=(
            r"\text{So, } \frac{\partial C}{\partial w} = \begin{bmatrix} \frac{\partial "
            r"C}{\partial y_1} x_1 & \frac{\partial C}{\partial y_1} x_2 & \dots & "
            r"\frac{\partial C}{\partial y_1} x_i \\ \frac{\partial C}{\partial y_2} x_1 & "
            r"\frac{\partial C}{\partial y_2} x_2 & \dots & \frac{\partial C}{\partial y_2} "
            r"x_i \\ \vdots & \vdots & \ddots & \vdots \\ \frac{\partial C}{\partial y_j} x_1 "
            r"& \frac{\partial C}{\partial y_j} x_2 & \dots & \frac{\partial C}{\partial y_j} "
            r"x_i \end{bmatrix}_{j \times i} = \begin{bmatrix} \frac{\partial C}{\partial y} "
            r"\\ \vdots \\ \frac{\partial C}{\partial y_j} \end{bmatrix}_{j \times 1} X^T_{1 "
            r"\times i}"
        ),
        setting="dense",
        corrected=(
            r"\text{So, } \frac{\partial C}{\partial w} = \begin{bmatrix} \frac{\partial "
            r"C}{\partial y_1} x_1 & \frac{\partial C}{\partial y_1} x_2 & \dots & "
            r"\frac{\partial C}{\partial y_1} x_i \\ \frac{\partial C}{\partial y_2} x_1 & "
            r"\frac{\partial C}{\partial y_2} x_2 & \dots & \frac{\partial C}{\partial y_2} "
            r"x_i \\ \vdots & \vdots & \ddots & \vdots \\ \frac{\partial C}{\partial y_j} x_1 "
            r"& \frac{\partial C}{\partial y_j} x_2 & \dots & \frac{\partial C}{\partial y_j} "
            r"x_i \end{bmatrix}_{j \times i} = \begin{bmatrix} \frac{\partial C}{\partial y_1} "
            r"\\ \vdots \\ \frac{\partial C}{\partial y_j} \end{bmatrix}_{j \times 1} X^T_{1 "
            r"\times i}"
        ),
    ),
    Equation(
        id="dense-bias-entries",
        heading=HEADING,
        printed=(
            r"\frac{\partial L}{\partial \mathbf{b}} = \begin{bmatrix} \frac{\partial "
            r"L}{\partial b_1} \\ \frac{\partial L}{\partial b_2} \\ \vdots \\ \frac{\partial "
            r"L}{\partial b_j} \end{bmatrix}_{j \times 1}"
        ),
        setting="dense",
    ),
    Equation(
        id="dense-bias-example",
        heading=HEADING,
        printed=(
            r"\text{ex) } \frac{\partial L}{\partial b_1} = \frac{\partial L}{\partial y_1} "
            r"\underbrace{\frac{\partial y_1}{\partial b_1}}_{=1} + \underbrace{\frac{\partial "
            r"L}{\partial y_2} \frac{\partial y_2}{\partial b_1} + \dots + \frac{\partial "
            r"L}{\partial y_j} \frac{\partial y_j}{\partial b_1}}_{=0}"
        ),
        setting="dense",
    ),
    Equation(
        id="dense-bias-gradient",
        heading=HEADING,
        printed=(
            r"\text{Thus, } \frac{\partial L}{\partial \mathbf{b}} = \frac{\partial "
            r"L}{\partial \mathbf{y}}"
        ),
        setting="dense",
    ),
    Equation(
        id="dense-pass-back",
        heading=HEADING,
        printed=(
            r"Finally, we need $\frac{\partial L}{\partial \mathbf{x}}$ to pass back to "
            r"previous input"
        ),
        setting="two layers",
        claim="pass_back",
    ),
    Equation(
        id="dense-input-entries",
        heading=HEADING,
        printed=(
            r"\frac{\partial L}{\partial \mathbf{x}} = \begin{bmatrix} \frac{\partial "
            r"L}{\partial x_1} \\ \frac{\partial L}{\partial x_2} \\ \vdots \\ \frac{\partial "
            r"L}{\partial x_i} \end{bmatrix}_{i \times 1}"
        ),
        setting="dense",
    ),
    Equation(
        id="dense-input-example",
        heading=HEADING,
        printed=(
            r"\begin{aligned} \text{ex) } \frac{\partial L}{\partial x_1} &= \frac{\partial "
            r"L}{\partial y_1} \frac{\partial y_1}{\partial x_1} + \frac{\partial L}{\partial "
            r"y_2} \frac{\partial y_2}{\partial x_1} + \dots + \frac{\partial L}{\partial y_j} "
            r"\frac{\partial y_j}{\partial x_1} \\ &= \frac{\partial L}{\partial y_1} w_{11} + "
            r"\frac{\partial L}{\partial y_2} w_{21} + \dots + \frac{\partial L}{\partial y_j} "
            r"w_{j1} \end{aligned}"
        ),
        setting="dense",
    ),
    Equation(
        id="dense-input-gradient",
        heading=HEADING,
        printed=(
            r"\text{So, } \frac{\partial L}{\partial \mathbf{x}} = \mathbf{W}^T \frac{\partial "
            r"L}{\partial \mathbf{y}}"
        ),
        setting="dense",
    ),
)
"""In the notes' order."""
