"""The notes under "Cost Function: Mean-Squared Error", equation by equation."""

from __future__ import annotations

from gradcheck.notes.equation import LITERAL, Equation, Reading

HEADING = "Cost Function: Mean-Squared Error"
"""As printed."""

EQUATIONS = (
    Equation(
        id="cost-outputs",
        heading=HEADING,
        printed=(
            r"Y^* = \begin{bmatrix} y_1^* \\ y_2^* \\ \vdots \\ y_n^* \end{bmatrix}, \quad Y = "
            r"\begin{bmatrix} y_1 \\ y_2 \\ \vdots \\ y_n \end{bmatrix},"
        ),
        setting="cost",
    ),
    Equation(
        id="cost-value",
        heading=HEADING,
        printed=r"C = \frac{1}{n} \sum_{i=1}^n (y_i^* - y_i)^2",
        setting="cost",
    ),
    Equation(
        id="cost-example",
        heading=HEADING,
        printed=(
            r"\text{ex) } \frac{\partial C}{\partial y_1} = \frac{1}{n} "
            r"\frac{\partial}{\partial y_1} \left[(y_1^* - y_1)^2 + \underbrace{(y_2^* - "
            r"y_2)^2 + \dots + (y_n^* - y_n)^2}_{=0} \right]"
        ),
        setting="cost",
        readings=(
            LITERAL,
            Reading(
                brace_of_derivative=True,
                remark="the brace marks terms whose derivative is 0; they are not 0 themselves",
            ),
        ),
    ),
    Equation(
        id="cost-example-short",
        heading=HEADING,
        printed=r"= \frac{2}{n} (y_1 - y_1^*)",
        setting="cost",
        continues="cost-example",
    ),
    Equation(
        id="cost-gradient",
        heading=HEADING,
        printed=r"\Rightarrow \frac{\partial C}{\partial Y} = \frac{2}{n} (Y - Y^*)",
        setting="cost",
    ),
)
"""In the notes' order."""
