"""`python -m autograd.torch`: a program that imports torch runs on Gradloom, and is told what is not there."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd.torch import installed, run
from autograd.torch.names import PLAYED_BY

ROOT = Path(__file__).parents[2]


def python(*arguments, cwd=None):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


PROGRAM = """
import sys
import torch, torch.nn as nn, torch.nn.functional as F
import torch.backends.cudnn as cudnn
from torch import Tensor, optim
from torch.nn import Linear
from torch.nn.utils import clip_grad_norm_
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.dataset import Dataset
from torch.autograd import Function, Variable
from torch.autograd.functional import jacobian
from torch.optim.lr_scheduler import StepLR
from torch.distributions.normal import Normal
from torch.func import grad
import helper

cudnn.benchmark = True
assert __name__ == "__main__" and helper.VALUE == 3
layer = nn.Linear(2, 1)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
F.mse_loss(layer(torch.ones(4, 2)), torch.zeros(4, 1)).backward()
optimizer.step()
print(sys.argv[1:], type(layer.weight).__module__, isinstance(layer.weight, Tensor), torch.__version__)
"""


def test_a_script_with_arguments_and_a_module_beside_it(tmp_path):
    (tmp_path / "helper.py").write_text("import torch\nVALUE = int(torch.tensor([1, 2]).sum())\n")
    (tmp_path / "program.py").write_text(PROGRAM)
    for command in (["program.py"], ["-m", "program"]):
        done = python("-m", "autograd.torch", *command, "--lr", "0.1", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split("\n")[0] == "['--lr', '0.1'] nn.parameter True 2.13.0"


def test_its_exit_status_and_usage(tmp_path):
    (tmp_path / "program.py").write_text("import sys, torch\nsys.exit(3)\n")
    assert python("-m", "autograd.torch", "program.py", cwd=tmp_path).returncode == 3
    assert "usage: python -m autograd.torch script.py" in python("-m", "autograd.torch").stderr


@pytest.mark.parametrize(
    ("code", "error", "message"),
    [
        ("import torch; torch.fft", AttributeError, "torch.fft is not in Gradloom"),
        ("import torch; torch.ones(1).to_mkldnn", AttributeError, "to_mkldnn"),
        ("import torch.fft", ImportError, "torch.fft is not in Gradloom"),
        ("from torch import fft", ImportError, "torch.fft is not in Gradloom"),
        ("from torch.nn import Conv9d", ImportError, "torch.nn.Conv9d is not in Gradloom"),
        ("import torch; torch.nn.Conv9d", AttributeError, "torch.nn.Conv9d is not in Gradloom"),
        ("import torch.nn.functional as F; F.conv9d", AttributeError, "torch.nn.functional.conv9d is not in Gradloom"),
        ("import torch; torch.backends.cudnn.magic = 1", AttributeError, "backends.cudnn.magic is not in Gradloom"),
        ("import torch.onnx", ImportError, "torch.onnx is not in Gradloom"),
        ("from torch.utils.tensorboard import SummaryWriter", ImportError, "torch.utils.tensorboard is not in Gradloom"),
        ("import torch; torch.engine", AttributeError, "torch.engine is not in Gradloom"),
    ],
)
def test_what_is_missing_says_its_name(code, error, message):
    with installed(), pytest.raises(error, match=message):
        exec(code, {})
    with installed():
        import torch

        assert not hasattr(torch, "fft")
        assert hasattr(torch, "linalg")


def test_every_stage_has_a_player():
    with installed():
        for name in PLAYED_BY:
            exec(f"import {name}", {})


def test_names_are_those_of_gradloom_and_gone_afterwards():
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "torch"}
    with installed():
        import torch
        import torch.nn.functional as F

        assert torch.Tensor is autograd.Tensor
        assert torch.nn.Module is nn.Module
        assert F.relu is nn.functional.relu
        assert torch.autograd.grad is autograd.grad
        assert callable(torch.autograd.gradcheck)
        assert "Linear" in dir(torch.nn)
        assert "nn" in dir(torch)
        assert "_attach" not in dir(torch)
        assert torch is sys.modules["torch"]
        assert torch.layer_norm is F.layer_norm and "conv2d" in dir(torch) and torch.version.cuda is None
    after = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "torch"}
    assert before == after


def test_run_returns_what_the_program_defined(tmp_path):
    path = tmp_path / "program.py"
    path.write_text("import torch\nanswer = torch.arange(4).sum().item()\n")
    arguments, folders = sys.argv, sys.path[:]
    assert run(str(path))["answer"] == 6
    assert sys.argv is arguments
    assert sys.path == folders


def test_dtypes_say_their_kind_while_a_program_runs():
    assert not hasattr(np.dtype, "is_floating_point")
    with installed():
        with installed():
            pass
        import torch

        assert torch.ones(1).dtype.is_floating_point
        assert not torch.ones(1).long().dtype.is_floating_point
        assert torch.int8.is_signed
        assert not torch.uint8.is_signed
        assert not torch.float64.is_complex
    assert not hasattr(np.dtype, "is_floating_point")


def test_a_star_brings_the_public_names():
    with installed():
        names: dict = {}
        exec("from torch.distributions import *\nfrom torch.nn import *", names)
    assert names["Normal"].__name__ == "Normal"
    assert names["Linear"].__name__ == "Linear"
    assert "_LATER" not in names


@pytest.mark.parametrize(
    "line",
    [
        "from torch.nn.modules.batchnorm import _BatchNorm",
        "from torch.nn.modules.utils import _pair, _triple",
        "from torch.nn.modules.loss import _Loss, _WeightedLoss",
        "from torch.nn.parallel import DataParallel, DistributedDataParallel as DDP",
        "from torch.distributed import init_process_group, destroy_process_group",
        "from torch.utils.checkpoint import checkpoint",
        "from torch.optim.lr_scheduler import LRScheduler, _LRScheduler",
        "from torch.optim.optimizer import Optimizer, required",
        "from torch.cuda.amp import GradScaler, autocast, custom_bwd, custom_fwd",
        "from torch.distributions.transforms import Transform, AffineTransform",
        "from torch.distributions.transformed_distribution import TransformedDistribution",
        "import torch.nn.utils.prune as prune; prune.l1_unstructured",
        "from torch.jit import Final; import torch.jit as jit; jit.ScriptModule if False else jit.script",
        "from torch.types import Number, Device",
        "import torch.profiler; torch.profiler.record_function('step').__enter__()",
        "import torch; torch.nn.modules.conv._ConvNd; torch.channels_last; torch.bfloat16",
    ],
)
def test_names_that_programs_import(line):
    with installed():
        exec(line, {})


def test_one_process_says_so():
    with installed():
        import torch.distributed as dist

        assert not dist.is_available()
        assert not dist.is_initialized()
        with pytest.raises(RuntimeError, match="one process"):
            dist.init_process_group("gloo")
