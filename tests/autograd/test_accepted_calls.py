"""Further programs that PyTorch runs, or refuses, run side by side: shapes, linear algebra, storage, results of transforms."""

import pytest

import autograd
import nn

torch = pytest.importorskip("torch")  # as the module that the next line imports

from .test_accepted import run, same  # noqa: E402

pytestmark = pytest.mark.torch

TRANSPOSED = """
x = torch.ones({shape}, requires_grad=True)
y = {call}
(y * y).sum().backward()
result = [y, x.grad]
"""
EMPTY = """
x = torch.full({shape}, 0.5, requires_grad=True)
y = {call}
g, = torch.autograd.grad((y * y).sum(), x, create_graph=True)
h, = torch.autograd.grad(g.sum(), x)
result = [y, g, h]
"""
WRITTEN = """
r = {call}
r[(0,) * r.ndim] = 5.0
result = r[(0,) * r.ndim]
"""
CONSTANTS = ["torch.tensor(3.0)", "x.sum() * 0 + 1", "x.sum()", "x.detach().sum()", "torch.ones(3).sum()"]
VECTORS = ["torch.ones(3)", "x.detach() * 2", "x * 0 + 1", "x", "x.expand(2, 3)", "x.sum().expand(4)"]
A = "A = torch.arange(12.0, dtype=torch.float64).view(2, 3, 2).sin().requires_grad_()\n"
TAU = "tau = torch.tensor([[0.3, 0.5], [0.1, 0.7]], dtype=torch.float64, requires_grad=True)\n"
LU = "A = torch.tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 10]], dtype=torch.float64, requires_grad=True)\n"
BESSEL = """
x = torch.tensor([0.0, 0.5, -0.5, 3.0, -19.9, 20.1, 300.0, -1000.0], dtype=torch.float64, requires_grad=True)
y = torch.special.{name}(x)
y.sum().backward()
result = [y, x.grad]
"""
SHAPES = [(), (3,), (2, 3), (2, 3, 4)]
PROGRAMS = [
    *(
        TRANSPOSED.format(shape=shape, call=call)
        for shape in SHAPES
        for call in ("x.T", "x.mT", "x.H", "x.mH", "x.t()", "x.adjoint()")
        if not (call == "x.T" and len(shape) == 3)  # deprecated there
    ),
    *(
        EMPTY.format(shape=shape, call=call)
        for shape in [(3,), (1,), ()]
        for call in [
            "x * torch.ones(0, 3)",
            "(x + torch.ones(2, 0, 3)).exp()",
            "x.expand(0, 3) ** 2",
            "torch.where(torch.ones(0, 3) > 0, x * x, x)",
            "torch.maximum(x * x, torch.ones(0, 3))",
            "torch.atan2(x, torch.ones(0, 3))",
            "torch.lerp(x * x, torch.ones(0, 3), 0.3)",
            "torch.addcmul(torch.ones(0, 3), x, x)",
            "(x.unsqueeze(-1) * torch.ones(3, 0)).prod(-1)",
            "torch.cat([x.expand(0, 3), (x * x).expand(0, 3)])",
        ]
    ),
    *(
        EMPTY.format(shape=shape, call=f"(x * x).{how}({args})")
        for shape, args in [
            *(((0, 3), a) for a in ("-1, 0", "0, -1", "3, 0", "-1")),
            *(((2, 0), a) for a in ("-1, 0", "0, 7", "-1, 2")),
            *(((0,), a) for a in ("-1, 0", "0, -1", "5, 0, -1", "-1, 4", "-1, -1")),
            ((3, 0, 2), "3, -1"),
            ((4,), "-1, 0"),
            ((), "-1"),
        ]
        for how in ("reshape", "view")
    ),
    *(EMPTY.format(shape=s, call=f"(x * x).unflatten(0, {a})") for s in [(0, 3), (0,), ()] for a in [(-1, 0), (-1, 2), (0, 0)]),
    *(WRITTEN.format(call=f"torch.func.hessian(lambda x: {f})(torch.ones(3))") for f in CONSTANTS),
    *(WRITTEN.format(call=f"torch.autograd.functional.hessian(lambda x: {f}, torch.ones(3))") for f in CONSTANTS[1:3]),
    *(WRITTEN.format(call=f"torch.func.{j}(lambda x: {f})(torch.ones(3))") for f in VECTORS for j in ("jacrev", "jacfwd")),
    *(WRITTEN.format(call=f"torch.autograd.functional.jacobian(lambda x: {f}, torch.ones(3))") for f in VECTORS),
    WRITTEN.format(call="torch.func.vmap(lambda x: torch.ones(2))(torch.ones(3, 2))"),
    WRITTEN.format(call="torch.func.vmap(torch.func.vmap(lambda x: torch.ones(2)))(torch.ones(3, 2, 2))"),
    A + TAU + "y = torch.linalg.householder_product(A, tau)\ny.sin().sum().backward(); result = [y, A.grad, tau.grad]",
    A + TAU + "result = [torch.orgqr(A, tau), A.orgqr(input2=tau), torch.linalg.householder_product(A, tau[:, :1])]",
    *(
        f"result = torch.linalg.householder_product(torch.ones({a}), torch.ones({t}))"
        for a, t in [((2, 3), (2,)), ((3, 2), (3,)), ((3, 2), (1, 2)), ((3,), (2,)), ((3, 2), (0,)), ((3, 2, 2), (2, 2))]
    ),
    LU + "P, L, U = torch.lu_unpack(*torch.linalg.lu_factor(A))\n(L.sin() + U).sum().backward(); result = [P, L, U, A.grad]",
    LU + "result = list(torch.lu_unpack(*torch.linalg.lu_factor(A), unpack_data=False))[:1]",
    LU + "result = list(torch.lu_unpack(*torch.linalg.lu_factor(A), unpack_pivots=False))",
    *(
        f"result = list(torch.lu_unpack(LU_data=torch.arange(12.0).view(2, {m}, {n}),"
        f" LU_pivots=torch.tensor([[2, 2], [1, 2]], dtype=torch.int{bits})))"
        for m, n in [(2, 3), (3, 2)]
        for bits in (32, 64)
    ),
    *(BESSEL.format(name=name) for name in ("i0e", "i1e")),
    "result = torch.fill(torch.ones(2), 2.5)",
    "result = torch.fill(torch.ones(2, dtype=torch.int32), value=2.7)",
    "result = torch.fill(torch.ones(2), torch.ones(1))",
    "x = torch.ones(2, requires_grad=True); v = torch.tensor(2.0, requires_grad=True)\n"
    "y = torch.fill(x, v); (y * y).sum().backward(); result = [y, x.grad, v.grad]",
    "x = torch.arange(6.0).view(2, 3).requires_grad_(); y = x.narrow_copy(1, 1, 2)\n"
    "(y * y).sum().backward(); result = [y, x.grad, torch.narrow_copy(x, 0, 0, 1)]",
    "x = torch.arange(4.0); s = x[2:].storage(); u = x[2:].untyped_storage()\n"
    "result = [len(s), s.size(), s.nbytes(), s[3], s.tolist(), s.data_ptr() == x.data_ptr(), u.data_ptr() == x.data_ptr(),"
    " len(u), u.nbytes(), u[3], u.tolist(), u[:3].tolist(), u.element_size(), s.element_size(), str(u.device), list(s)]",
    "result = torch.ones(2).untyped_storage()[8]",
    "result = torch.ones(2).storage()[2]",
    "result = torch.ones(2).storage()[-1]",
    "x = torch.arange(6.0).view(2, 3); result = [x.t().storage().tolist(), x.t()[1].storage_offset()]",
    "x = torch.ones(2, requires_grad=True); result = [(x * 2).grad_fn.next_functions[0][0].name(), (x * 2).grad_fn.name()]",
    "result = list(torch.histogram(torch.arange(5.0)))",
    "result = [torch.arange(5.0).histc(), *torch.arange(5.0).histogram(bins=3, range=(0.0, 3.0))]",
    *(
        f"s = torch.sparse_coo_tensor({args}); result = [s.to_dense(), s._nnz(), tuple(s.shape), s.is_coalesced()]"
        for args in ["size=(2, 3)", "(2, 3)", "[2, 3], dtype=torch.float64", "size=torch.Size([4])", ""]
    ),
    *(
        f"result = torch.linalg.norm(torch.ones({shape}), {order!r}{dim})"
        for shape in [(2, 3), (2, 2, 3), (3,)]
        for order in ("nuc", "fro", 1)
        for dim in ("", ", dim=(0, 1)")
    ),
    *(f"result = torch.norm(torch.ones({s}), 'nuc'{d})" for s in [(2, 3), (2, 2, 3)] for d in ("", ", (0, 2), True")),
    *(
        f"o = {out}; r = torch.{call}, out=o); result = [r is o, r]"
        for call in ("add(torch.ones(3), torch.ones(3)", "exp(torch.zeros(3)", "sum(torch.ones(3, 2), 1", "cat([torch.ones(3)]")
        for out in ("torch.ones(2)", "torch.empty(0)", "torch.ones(3)", "torch.ones(4)", "torch.tensor(1.0)")
    ),
    "result = torch.ones(2).add_(torch.ones(3, 2))",
    *(
        f"nn.{kind}(2, 3, {option}); result = 1"
        for kind in ("RNN", "LSTM", "GRU")
        for option in ("bias=1", "bias=0", "bias=None", "bias=False", "batch_first=1", "batch_first=True", "dropout=0")
    ),
]


@pytest.mark.filterwarnings("ignore:.*out=.*resized")
@pytest.mark.parametrize("source", PROGRAMS)
def test_a_program_does_as_in_pytorch(source):
    want, got = run(source, torch, torch.nn), run(source, autograd, nn)
    if want[1] and not got[1] and "out=" not in source:  # PyTorch's warnings of what it deprecates
        want = (want[0], False, want[2])
    same(got, want)


def test_a_view_is_not_given_another_shape_by_out():
    x = autograd.zeros(4)
    with pytest.raises(RuntimeError, match="out=: a view of shape"):
        autograd.add(autograd.ones(3), autograd.ones(3), out=x[:2])
    assert x.tolist() == [0] * 4
