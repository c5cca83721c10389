"""Looks whether `autograd` is Gradloom's: HIPS/autograd has the same name, and is found before an editable install."""

import autograd

if not hasattr(autograd, "no_grad"):
    raise ImportError(
        f"{autograd.__path__[0]} is not Gradloom's engine; `pip uninstall -y autograd gradloom`, then install Gradloom again"
    )
