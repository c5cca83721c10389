"""Which module of Gradloom plays which module of PyTorch, and how `import torch.nn` comes to find it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ..compiler.api import as_in_pytorch
from .dtype_attributes import show_kinds_of_dtypes
from .version import __version__

# On the right a module, or a module and the name of an object in it.
PLAYED_BY = {
    "torch": "autograd",
    "torch.amp": "autograd.torch.amp",
    "torch.amp.autocast_mode": "autograd.torch.amp",
    "torch.amp.grad_scaler": "autograd.torch.amp",
    "torch.accelerator": "autograd.torch.accelerator",
    "torch.autograd": "autograd.autograd",
    "torch.autograd.anomaly_mode": "autograd.debug.anomaly",
    "torch.autograd.function": "autograd.core.function",
    "torch.autograd.functional": "autograd.func.functional",
    "torch.autograd.gradcheck": "autograd.gradcheck",
    "torch.autograd.graph": "autograd.core.graph",
    "torch.autograd.profiler": "autograd.torch.profiler",
    "torch.autograd.variable": "autograd.autograd",
    "torch.backends": "autograd.torch.backends",
    "torch.backends.cuda": "autograd.torch.backends:cuda",
    "torch.backends.cudnn": "autograd.torch.backends:cudnn",
    "torch.backends.mkl": "autograd.torch.backends:mkl",
    "torch.backends.mkldnn": "autograd.torch.backends:mkldnn",
    "torch.backends.mps": "autograd.torch.backends:mps",
    "torch.backends.openmp": "autograd.torch.backends:openmp",
    "torch.compiler": "autograd.compiler",
    "torch.cuda": "autograd.torch.cuda",
    "torch.cuda.amp": "autograd.torch.cuda.amp",
    "torch.cuda.amp.grad_scaler": "autograd.torch.cuda.amp",
    "torch.distributed": "autograd.torch.distributed",
    "torch.distributions": "autograd.distributions",
    "torch.distributions.constraints": "autograd.distributions.constraints",
    "torch.distributions.kl": "autograd.distributions.kl",
    "torch.func": "autograd.func",
    "torch.jit": "autograd.torch.jit",
    "torch.linalg": "autograd.linalg",
    "torch.mps": "autograd.torch.mps",
    "torch.nn": "nn",
    "torch.nn.functional": "nn.functional",
    "torch.nn.common_types": "nn.modules",
    "torch.nn.init": "nn.init",
    "torch.nn.modules": "nn.modules",
    "torch.nn.parallel": "nn.parallel",
    "torch.nn.parameter": "nn",
    "torch.nn.utils": "nn.utils",
    "torch.nn.utils.clip_grad": "nn.utils",
    "torch.nn.utils.parametrizations": "nn.utils.parametrizations",
    "torch.nn.utils.parametrize": "nn.utils.parametrize",
    "torch.nn.utils.prune": "nn.utils.prune",
    "torch.nn.utils.rnn": "nn.utils.rnn",
    "torch.nn.utils.stateless": "autograd.func",
    "torch.optim": "optim",
    "torch.optim.lr_scheduler": "optim.lr_scheduler",
    "torch.optim.optimizer": "optim.optimizer",
    "torch.optim.swa_utils": "optim.swa_utils",
    "torch.optim.adam": "optim",
    "torch.optim.adamw": "optim",
    "torch.optim.sgd": "optim",
    "torch.profiler": "autograd.torch.profiler",
    "torch.random": "autograd.tensor.random",
    "torch.serialization": "autograd.io",
    "torch.sparse": "autograd.sparse",
    "torch.special": "autograd.special",
    "torch.testing": "autograd.torch.testing",
    "torch.types": "autograd.torch.types",
    "torch.utils": "autograd.utils",
    "torch.utils.checkpoint": "autograd.utils.checkpoint",
    "torch.utils.data": "autograd.data",
    "torch.utils.data.dataloader": "autograd.data",
    "torch.utils.data.dataset": "autograd.data",
    "torch.utils.data.distributed": "autograd.data",
    "torch.utils.data.sampler": "autograd.data",
    "torch.version": "autograd.torch.version",
    "torch.xpu": "autograd.torch.mps",
}
# PyTorch keeps each family of layers in a module of its own; which file of nn has them is not a program's business.
for _family in (
    "activation adaptive batchnorm channelshuffle container conv distance dropout flatten fold instancenorm lazy linear loss "
    "module normalization padding pixelshuffle pooling rnn sparse transformer upsampling utils"
).split():
    PLAYED_BY[f"torch.nn.modules.{_family}"] = "nn.modules"

for _module in (
    "bernoulli beta binomial categorical cauchy chi2 dirichlet distribution exponential gamma geometric gumbel half_normal "
    "independent laplace log_normal mixture_same_family multinomial multivariate_normal negative_binomial normal "
    "one_hot_categorical poisson relaxed_bernoulli relaxed_categorical studentT transformed_distribution uniform weibull"
).split():
    PLAYED_BY[f"torch.distributions.{_module}"] = "autograd.distributions"
PLAYED_BY["torch.distributions.utils"] = "autograd.distributions.utils"
PLAYED_BY["torch.distributions.transforms"] = "autograd.distributions.transforms"

# Modules that programs import and that are not played, with what to do without them.
INSTEAD = {
    "torch.utils.tensorboard": "print what is to be followed, or write it to a file",
    "torch.multiprocessing": "tensors are not shared between processes",
    "torch.fft": "there are no complex tensors; numpy.fft computes on tensor.numpy(), outside of the graph",
    "torch.onnx": "save the state_dict as .safetensors",
    "torch.hub": "load a state_dict from a file",
}

# Functions that PyTorch offers both here and in nn.functional, with the same arguments.
ALSO_FUNCTIONAL = frozenset(
    "adaptive_avg_pool1d alpha_dropout avg_pool1d bilinear celu conv1d conv2d conv3d conv_transpose1d conv_transpose2d "
    "conv_transpose3d cosine_similarity dropout group_norm layer_norm max_pool1d max_pool2d max_pool3d pairwise_distance "
    "pixel_shuffle pixel_unshuffle prelu rms_norm rrelu selu threshold".split()
)


def missing(name: str) -> str:
    """What is said of a name that is asked for and not there."""
    about = f"{name} is not in Gradloom, which has PyTorch's dense CPU tensors, nn and optim; its names are listed in its docs"
    return f"{about}: {INSTEAD[name]}" if name in INSTEAD else about


class Stage(ModuleType):
    """A module of PyTorch, played by one of Gradloom's: every name is looked up there."""

    def __init__(self, name: str, player: Any) -> None:
        super().__init__(name, player.__doc__)
        self.__dict__["_player"] = player

    def __getattr__(self, name: str) -> Any:
        full = f"{self.__name__}.{name}"
        if full in PLAYED_BY and full != "torch.autograd.gradcheck":
            return import_module(full)
        if not name.startswith("__"):
            player = import_module("nn.functional") if full[6:] in ALSO_FUNCTIONAL else self._player
            found = getattr(player, name, self)
            if found is not self and not isinstance(found, ModuleType):
                return found
        if name == "__all__":  # what `from torch.nn import *` brings
            return [n for n in dir(self._player) if not n.startswith("_") and hasattr(self, n)]
        raise AttributeError(missing(full), name=name, obj=self)

    def __dir__(self) -> list[str]:
        inside = [full.rpartition(".")[2] for full in PLAYED_BY if full.rpartition(".")[0] == self.__name__]
        inside += ALSO_FUNCTIONAL if self.__name__ == "torch" else ()
        return sorted({*inside, *(n for n in dir(self._player) if not n.startswith("_"))})


class _Finder:
    """Makes the modules named `torch...` when they are imported, and refuses those that nobody plays."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "torch" and not name.startswith("torch."):
            return None
        if name not in PLAYED_BY:
            # Without a name of its own, so that `from torch.nn import Name` does not swallow it for a vaguer message.
            raise ModuleNotFoundError(missing(name))
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> Any:
        place, _, inner = PLAYED_BY[spec.name].partition(":")
        try:
            player = import_module(place)
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(missing(spec.name)) from error
        if inner:
            return getattr(player, inner)
        stage = Stage(spec.name, player)
        if spec.name == "torch":
            stage.__dict__["__version__"] = __version__
        return stage

    def exec_module(self, module: Any) -> None:
        """Nothing is left to be done: names are looked up when they are used."""


@contextmanager
def installed() -> Iterator[None]:
    """Inside, `import torch` gives Gradloom; afterwards the name means what it meant before."""
    for package in ("nn", "optim"):
        import_module(package)  # before a program's own folder is where imports look first
    undo = show_kinds_of_dtypes()
    finder = _Finder()
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name == "torch" or name.startswith("torch.")}
    sys.meta_path.insert(0, finder)  # type: ignore[arg-type]
    try:
        with as_in_pytorch():
            yield
    finally:
        undo()
        sys.meta_path.remove(finder)  # type: ignore[arg-type]
        for name in list(sys.modules):
            if name == "torch" or name.startswith("torch."):
                del sys.modules[name]
        sys.modules.update(before)
