"""Which module of Gradloom plays which module of PyTorch, and how `import torch.nn` comes to find it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ..version import __version__

# On the right a module, or a module and the name of an object in it.
PLAYED_BY = {
    "torch": "autograd",
    "torch.amp": "autograd.amp",
    "torch.accelerator": "autograd.accelerator",
    "torch.autograd": "autograd.autograd",
    "torch.autograd.anomaly_mode": "autograd.debug.anomaly",
    "torch.autograd.function": "autograd.function",
    "torch.autograd.functional": "autograd.functional",
    "torch.autograd.gradcheck": "autograd.gradcheck",
    "torch.autograd.graph": "autograd.graph",
    "torch.autograd.variable": "autograd.autograd",
    "torch.backends": "autograd.backends",
    "torch.backends.cuda": "autograd.backends:cuda",
    "torch.backends.cudnn": "autograd.backends:cudnn",
    "torch.backends.mkl": "autograd.backends:mkl",
    "torch.backends.mkldnn": "autograd.backends:mkldnn",
    "torch.backends.mps": "autograd.backends:mps",
    "torch.backends.openmp": "autograd.backends:openmp",
    "torch.cuda": "autograd.cuda",
    "torch.cuda.amp": "autograd.cuda.amp",
    "torch.distributions": "autograd.distributions",
    "torch.distributions.bernoulli": "autograd.distributions.bernoulli",
    "torch.distributions.categorical": "autograd.distributions.categorical",
    "torch.distributions.constraints": "autograd.distributions.constraints",
    "torch.distributions.distribution": "autograd.distributions.distribution",
    "torch.distributions.exponential": "autograd.distributions.exponential",
    "torch.distributions.independent": "autograd.distributions.independent",
    "torch.distributions.kl": "autograd.distributions.kl",
    "torch.distributions.laplace": "autograd.distributions.laplace",
    "torch.distributions.multivariate_normal": "autograd.distributions.multivariate_normal",
    "torch.distributions.normal": "autograd.distributions.normal",
    "torch.distributions.uniform": "autograd.distributions.uniform",
    "torch.func": "autograd.func",
    "torch.linalg": "autograd.linalg",
    "torch.nn": "nn",
    "torch.nn.functional": "nn.functional",
    "torch.nn.init": "nn.init",
    "torch.nn.modules": "nn",
    "torch.nn.modules.activation": "nn",
    "torch.nn.modules.batchnorm": "nn",
    "torch.nn.modules.container": "nn",
    "torch.nn.modules.conv": "nn",
    "torch.nn.modules.dropout": "nn",
    "torch.nn.modules.linear": "nn",
    "torch.nn.modules.loss": "nn",
    "torch.nn.modules.module": "nn",
    "torch.nn.modules.normalization": "nn",
    "torch.nn.modules.pooling": "nn",
    "torch.nn.modules.rnn": "nn",
    "torch.nn.modules.transformer": "nn",
    "torch.nn.parameter": "nn",
    "torch.nn.utils": "nn.utils",
    "torch.nn.utils.clip_grad": "nn.utils",
    "torch.nn.utils.parametrizations": "nn.utils.parametrizations",
    "torch.nn.utils.parametrize": "nn.utils.parametrize",
    "torch.nn.utils.rnn": "nn.utils.rnn",
    "torch.nn.utils.stateless": "autograd.func",
    "torch.optim": "optim",
    "torch.optim.lr_scheduler": "optim.lr_scheduler",
    "torch.optim.optimizer": "optim.optimizer",
    "torch.optim.swa_utils": "optim.swa_utils",
    "torch.random": "autograd.random",
    "torch.serialization": "autograd.io",
    "torch.special": "autograd.special",
    "torch.utils": "autograd.utils",
    "torch.utils.data": "autograd.data",
    "torch.utils.data.dataloader": "autograd.data",
    "torch.utils.data.dataset": "autograd.data",
    "torch.utils.data.sampler": "autograd.data",
    "torch.version": "autograd.version",
}

# Functions that PyTorch offers both here and in nn.functional, with the same arguments.
ALSO_FUNCTIONAL = frozenset(
    "adaptive_avg_pool1d alpha_dropout avg_pool1d bilinear celu conv1d conv2d conv3d conv_transpose1d conv_transpose2d "
    "conv_transpose3d cosine_similarity dropout group_norm layer_norm max_pool1d max_pool2d max_pool3d pairwise_distance "
    "pixel_shuffle pixel_unshuffle prelu rms_norm rrelu selu threshold".split()
)


def missing(name: str) -> str:
    """What is said of a name that is asked for and not there."""
    return f"{name} is not in Gradloom, which has PyTorch's dense CPU tensors, nn and optim; its names are listed in its docs"


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
    finder = _Finder()
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name == "torch" or name.startswith("torch.")}
    sys.meta_path.insert(0, finder)  # type: ignore[arg-type]
    try:
        yield
    finally:
        sys.meta_path.remove(finder)  # type: ignore[arg-type]
        for name in list(sys.modules):
            if name == "torch" or name.startswith("torch."):
                del sys.modules[name]
        sys.modules.update(before)
