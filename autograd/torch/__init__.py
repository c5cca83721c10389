"""Running a program that says `import torch` on Gradloom: `python -m autograd.torch script.py arguments...`

The names `torch`, `torch.nn`, ... exist for that program alone; an installed PyTorch is neither needed nor touched. A name
that Gradloom does not have is an AttributeError or ImportError that says so, at the line that asks for it.

>>> from autograd.torch import installed
>>> with installed():
...     import torch
...     print(torch.arange(3).sum())
tensor(3)
"""

from .names import installed as installed
from .run import run as run
