"""Programs that PyTorch runs, or refuses, run side by side: values, dtypes, gradients, warnings and errors are alike."""

import textwrap
import warnings
from typing import Any

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

LINEAR = """
x = torch.arange(12.0).view({x}).requires_grad_()
w = torch.arange(1.0, {n} + 1).view({w}).requires_grad_()
b = torch.full({b}, 2.0, requires_grad=True)
F.linear(x, w, b).pow(2).sum().backward()
result = [x.grad, w.grad, b.grad]
"""
COV = """
x = torch.tensor([[1.0, 5.0, 2.0], [3.0, 9.0, 1.0]], dtype=torch.float64, requires_grad=True)
a = torch.tensor([0.3, 0.5, 0.2], dtype=torch.float64, requires_grad=True)
c = torch.cov(x, {options})
c.pow(2).sum().backward()
result = [c, x.grad, a.grad]
"""
QUANTILE = """
q = torch.tensor({q}, dtype=torch.float64, requires_grad=True)
x = torch.tensor([[1.0, 5.0, 2.0], [3.0, 9.0, {last}]], dtype=torch.float64, requires_grad=True)
y = torch.{op}(x, q, {dim}interpolation="{how}")
y.nan_to_num().pow(2).sum().backward()
result = [y, x.grad, q.grad]
"""
NLL = "result = F.gaussian_nll_loss(torch.ones({a}), torch.zeros({b}), 2 * torch.ones({c}), reduction='none')"
SIMILAR = """
x, y = torch.arange({n}.0).view({a}) + 1, torch.arange({m}.0).view({b}) - 2
x.requires_grad_()
y.requires_grad_()
s = F.cosine_similarity(x, y, dim={dim})
s.pow(2).sum().backward()
result = [s, x.grad, y.grad]
"""
PROGRAMS = [
    *(
        LINEAR.format(x=x, w=w, n=int(np.prod(w)), b=b)
        for x, w in [((4, 3), (5, 3)), ((2, 2, 3), (5, 3)), ((12,), (2, 12))]
        for b in [(1,), ()]
    ),
    LINEAR.format(x=(12,), w=(12,), n=12, b=()),
    *(
        COV.format(options=o)
        for o in [
            "aweights=a",
            "aweights=a, correction=0",
            "fweights=torch.tensor([3, 5, 2])",
            "fweights=torch.tensor([3, 5, 2]), aweights=a",
            "fweights=torch.tensor([3.0, 5, 2])",
            "aweights=torch.tensor([3, 5, 2])",
            "aweights=-a",
            "fweights=torch.tensor([3, -5, 2])",
        ]
    ),
    *(f"result = torch.{op}(torch.tensor({x}))" for op in ("cov", "corrcoef") for x in ([[1.0, 2, 4]], [1.0, 2, 4])),
    *(
        QUANTILE.format(q=q, last=last, op=op, dim=dim, how=how)
        for q in (0.3, [0.3, 0.5], [0.0, 1.0])
        for last in (1.0, "float('nan')")
        for op in ("quantile", "nanquantile")
        for dim in ("", "dim=1, ")
        for how in ("linear", "lower", "midpoint")
    ),
    *(
        NLL.format(a=a, b=b, c=c)
        for a, b, c in [
            ((2, 3), (2, 1), (2, 3)),
            ((2, 1), (2, 3), (2, 1)),
            ((2, 3), (2, 3), (1, 3)),
            ((2, 3), (2, 3), (2,)),
            ((2, 3), (2, 3), (3,)),
            ((2, 3, 4), (2, 3, 4), (2, 1, 4)),
            ((2, 3, 4), (2, 3, 4), (2, 3)),
        ]
    ),
    *(
        SIMILAR.format(n=int(np.prod(a)), m=int(np.prod(b)), a=a, b=b, dim=dim)
        for a, b, dim in [
            ((2, 3), (3,), 1),
            ((3,), (2, 3), 1),
            ((2, 3), (2, 1), 1),
            ((2, 1, 3), (4, 3), 2),
            ((2, 1, 3), (1, 4, 3), -1),
        ]
    ),
    "result = F.cosine_similarity(torch.ones(2, 3, dtype=torch.int64), torch.ones(2, 3))",
    "result = F.cosine_similarity(torch.ones(2, 3), torch.ones(2, 3).double())",
    "result = F.cosine_similarity(torch.ones(2, 3, dtype=torch.int64), torch.ones(2, 3, dtype=torch.int64))",
    "result = torch.ones(1, 1).view_as(torch.tensor(1.0))",
    "result = torch.ones(1, 1).reshape_as(torch.tensor(1.0))",
    "result = torch.ones(4).view_as(torch.ones(2, 3))",
    "q = torch.ones(2, 3, 0); result = F.scaled_dot_product_attention(q, q, torch.arange(24.0).view(2, 3, 4))",
    "p = torch.ones(3, requires_grad=True); p.sum().backward()\n"
    "result = [nn.utils.clip_grad_norm_([p], 1.0, norm_type='inf'), p.grad]",
    "result = nn.utils.clip_grad_norm_((p for p in []), 1.0)",
    "result = nn.utils.clip_grad_norm_([], 1.0)",
    *(
        f"m = nn.Module(); m.p = nn.Parameter(torch.ones({mine}))\n"
        f"m.load_state_dict({{'p': torch.full({given}, 5.0)}}); result = m.p"
        for mine, given in [((), (1,)), ((1,), ()), ((), (1, 1)), ((), (2,))]
    ),
    *(
        f"result = F.dropout{n}d(torch.ones({shape}), 0.0)"
        for n in (1, 2, 3)
        for shape in [(2, 3), (2, 3, 1, 1), (2, 3, 1, 1, 1), (2, 3, 1, 1, 1, 1)]
    ),
    "x = torch.ones(2, requires_grad=True); x.sum().backward(); del x.grad; result = x.grad",
    "x = torch.ones(2, requires_grad=True); n = (x * 2).grad_fn.next_functions[0][0]\n"
    "result = [n.next_functions, n.variable is x]",
    *(f"result = F.cross_entropy(torch.ones(2, 3), torch.ones(2, 3), ignore_index={i})" for i in (-100, -1, 0, 1)),
    *(f"result = F.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([{t}]))" for t in (2.0, -0.1, 0.3, 1.0)),
]


def shown(value: Any) -> Any:
    if hasattr(value, "detach"):
        return (tuple(value.shape), str(value.dtype).removeprefix("torch."), value.requires_grad, value.detach().numpy())
    return [shown(v) for v in value] if isinstance(value, (list, tuple)) else value


def run(source: str, engine: Any, layers: Any) -> tuple[bool, bool, Any]:
    """Whether it raises, whether it warns, and what it gives."""
    names = {"torch": engine, "nn": layers, "F": layers.functional}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(textwrap.dedent(source), names)
        except (RuntimeError, ValueError, TypeError, IndexError):
            return True, False, None
    return False, bool(caught), shown(names["result"])


def same(a: Any, b: Any) -> None:
    if isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    elif isinstance(a, np.ndarray):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    else:
        assert a == b


@pytest.mark.parametrize("source", PROGRAMS)
def test_a_program_does_as_in_pytorch(source):
    same(run(source, autograd, nn), run(source, torch, torch.nn))
