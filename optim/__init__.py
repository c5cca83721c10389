"""Optimizers, learning rate schedulers and averages of parameters, with PyTorch's names, arguments and state.

Each elementwise optimizer is one pure function, its rule, next to the paper's formula (`optim.adam.adam`, for one), and
a thin class that holds its state. NumPy runs the rule in chunks that stay in the cache; once NumPy has spent the time
that compiling takes, and if numba is installed (`pip install gradloom[compile]`), one compiled loop runs it. Parameters
of more than 262,144 elements are shared out to `autograd.get_num_threads()` threads. The results are the same to the
last bit in all cases. `fused=True` compiles at once, `fused=False` never; `foreach` and `capturable` are
accepted and change nothing. With `differentiable=True` the step is recorded: the updated parameters, which then must
be computed tensors and no leaves, can be differentiated by the old ones, the gradients, and a learning rate that is a
tensor.

Accumulating gradients needs no support: call `backward` several times between `zero_grad` and `step`. A penalty on the
absolute values (L1) is a term of the loss, `loss + l1 * sum(p.abs().sum() for p in model.parameters())`;
`weight_decay` is the penalty on the squares. Gradients are clipped between `backward` and `step`, with
`nn.utils.clip_grad_norm_`.

>>> import autograd, optim
>>> x = autograd.tensor([3.0], requires_grad=True)
>>> optimizer = optim.SGD([x], lr=0.25)
>>> for _ in range(2):
...     optimizer.zero_grad()
...     (x * x).sum().backward()
...     optimizer.step()
>>> x
tensor([0.7500], requires_grad=True)
"""

from . import neighbour as neighbour  # isort: split

from . import lr_scheduler as lr_scheduler, swa_utils as swa_utils
from .adadelta import Adadelta as Adadelta
from .adagrad import Adagrad as Adagrad
from .adam import Adam as Adam, AdamW as AdamW
from .adamax import Adamax as Adamax
from .asgd import ASGD as ASGD
from .lbfgs import LBFGS as LBFGS
from .muon import Muon as Muon
from .nadam import NAdam as NAdam
from .optimizer import Optimizer as Optimizer
from .radam import RAdam as RAdam
from .rmsprop import RMSprop as RMSprop
from .rprop import Rprop as Rprop
from .sgd import SGD as SGD
