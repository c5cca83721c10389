"""Modes, backward, hooks, user-defined Functions, functional transforms."""

from __future__ import annotations

from typing import Any

from .dsl import Made, Named, code

# dtypes are NumPy's own objects here: what NumPy's lack (is_floating_point) or print otherwise is not in the table.
code("modes", """
exec("with torch.no_grad(): y = x * 2"); y.requires_grad
exec("with torch.no_grad():\\n with torch.enable_grad(): y = x * 2"); y.requires_grad
exec("with torch.set_grad_enabled(False): y = x * 2"); (y.requires_grad, torch.is_grad_enabled())
exec("with torch.inference_mode(): y = x * 2"); y.requires_grad
exec("try:\\n with torch.no_grad(): 1 / 0\\nexcept ZeroDivisionError: pass"); torch.is_grad_enabled()
torch.is_grad_enabled()
torch.set_grad_enabled(False); r = (torch.is_grad_enabled(), (x * 2).requires_grad); torch.set_grad_enabled(True); r
g = torch.no_grad()(lambda: (x * 2).requires_grad); g()
g = torch.no_grad()(lambda: torch.is_grad_enabled()); (g(), torch.is_grad_enabled())
g = torch.enable_grad()(lambda: (x * 2).requires_grad); torch.set_grad_enabled(False); r = g(); torch.set_grad_enabled(True); r
g = torch.inference_mode()(lambda: (x * 2).requires_grad); g()
torch.is_inference_mode_enabled()
torch.no_grad().__class__ is torch.autograd.no_grad
torch.get_default_dtype()
torch.set_default_dtype(torch.float64); r = torch.tensor(1.0).dtype; torch.set_default_dtype(torch.float32); r
torch.set_default_dtype(torch.int64)
torch.finfo(torch.float32).eps
torch.finfo(torch.float32).max
torch.finfo(torch.float64).tiny
torch.finfo(torch.float16).min
torch.iinfo(torch.int64).max
torch.iinfo(torch.uint8).min
torch.promote_types(torch.int64, torch.float32)
torch.result_type(torch.tensor([1]), 1.0)
torch.can_cast(torch.float64, torch.int64)
(torch.float, torch.double, torch.half, torch.long, torch.int, torch.short)
(torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool)
torch.float32.itemsize
torch.inf
torch.pi
torch.e
torch.nan != torch.nan
torch.newaxis
""", order=0, x=(2, 3))  # fmt: skip
code("devices and versions", """
torch.cuda.is_available()
torch.cuda.device_count()
torch.device("cuda" if torch.cuda.is_available() else "cpu")
torch.device("cpu") == torch.device("cpu")
torch.device("cpu").type
torch.device("cpu").index
torch.device("cpu", 0)
torch.device(type="cpu")
torch.device("red")
torch.zeros(2, device=torch.device("cpu"))
torch.zeros(2).to(torch.device("cpu")).device
torch.ones(1).cuda()
torch.cuda.manual_seed(1)
torch.cuda.manual_seed_all(1)
torch.cuda.empty_cache()
torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = False
torch.backends.mps.is_available()
torch.backends.cuda.is_built()
torch.accelerator.is_available()
torch.use_deterministic_algorithms(True); torch.use_deterministic_algorithms(False)
torch.set_num_threads(1); torch.get_num_threads()
torch.set_default_device("cpu"); torch.ones(1)
torch.get_default_device()
hasattr(torch.backends, "mps") and torch.backends.mps.is_available()
torch.set_float32_matmul_precision("high"); torch.get_float32_matmul_precision()
""", dtypes=["float32"], order=0)  # fmt: skip
code("legacy constructors", """
torch.Tensor([1, 2])
torch.Tensor([[1.5], [2.5]])
torch.Tensor(2, 3).shape
torch.Tensor().shape
torch.FloatTensor([1, 2])
torch.DoubleTensor([1, 2])
torch.LongTensor([1, 2])
torch.IntTensor([1.5, 2])
torch.BoolTensor([True, False])
torch.ByteTensor([1, 0])
torch.FloatTensor(2, 3).shape
torch.FloatTensor([1]).type()
torch.autograd.Variable(torch.ones(2))
torch.autograd.Variable(torch.ones(2), requires_grad=True).requires_grad
isinstance(torch.ones(1), torch.FloatTensor)
isinstance(torch.ones(1).long(), torch.FloatTensor)
""", dtypes=["float32"], order=0)  # fmt: skip
code("backward", """
x.sum().backward(); x.grad
(x * x).sum().backward(); (x * 3).sum().backward(); x.grad
(x * x).backward(torch.ones_like(x)); x.grad
(x * x).backward(gradient=torch.full_like(x, 2)); x.grad
(x * x).backward()
x.sum().backward(torch.tensor(2.0, dtype=x.dtype)); x.grad
x.backward(torch.ones_like(x)); x.grad
torch.ones(1).backward()
(x * x).backward(torch.ones(5, dtype=x.dtype))
y = (x * x).sum(); y.backward(); y.backward()
y = x.exp().sum(); y.backward(retain_graph=True); y.backward(); x.grad
y = (x * x).sum(); y.backward(create_graph=True); g = x.grad.sum(); x.grad = None; g.backward(); x.grad
y = x * 2; y.retain_grad(); (y * y).sum().backward(); (y.grad, x.grad)
y = x * 2; (y * y).sum().backward(); x.grad
x.sum().backward(); x.grad.zero_(); (x * 2).sum().backward(); x.grad
x.sum().backward(); x.grad = None; (x * 2).sum().backward(); x.grad
(x * w.detach()).sum().backward(); (x.grad, w.grad)
y = x.detach(); (y * w).sum().backward(); (x.grad, w.grad)
y = (x * w); y[0].sum().backward(); (x.grad, w.grad)
(x * w).sum().backward(inputs=[x]); (x.grad, w.grad)
torch.autograd.backward([x.sum(), (w * w).sum()]); (x.grad, w.grad)
torch.autograd.backward([x * 2], [torch.ones_like(x)]); x.grad
torch.autograd.grad(x.sum(), x)
torch.autograd.grad(x.sum(), [x])
torch.autograd.grad((x * w).sum(), [x, w])
torch.autograd.grad((x * w).sum(), (x, w), retain_graph=True)
torch.autograd.grad(x.sum(), w)
torch.autograd.grad(x.sum(), [x, w], allow_unused=True)
torch.autograd.grad(x.sum(), [x, w], materialize_grads=True)
torch.autograd.grad(x * x, x)
torch.autograd.grad(x * x, x, torch.ones_like(x))
torch.autograd.grad(x * x, x, grad_outputs=[torch.ones_like(x)])
torch.autograd.grad([x * x, w * w], [x, w], [torch.ones_like(x), torch.ones_like(w)])
torch.autograd.grad(x.detach().sum(), x)
torch.autograd.grad((x ** 3).sum(), x, create_graph=True)[0].requires_grad
g, = torch.autograd.grad((x ** 3).sum(), x, create_graph=True); torch.autograd.grad(g.sum(), x)
g, = derive((x ** 3).sum(), x, create_graph=True); h, = derive(g.sum(), x, create_graph=True); derive(h.sum(), x)
y = (x ** 2).sum(); torch.autograd.grad(y, x, is_grads_batched=False)
(x.long().double() * 2).requires_grad
(x * x).sum().backward(retain_graph=True, create_graph=False); x.grad.requires_grad
y = x; exec("for _ in range(300): y = y * 1.001"); y.sum().backward(); x.grad
y = x * 2; z = y.detach().requires_grad_(); (z * z).sum().backward(); y.backward(z.grad); x.grad
x.sum().backward(); x.grad.requires_grad
x.sum().backward(); x.grad.is_leaf
(x[0] * x[1]).sum().backward(); x.grad
x.expand(3, 2, 3).sum().backward(); x.grad
""", order=0, derive=Named("autograd.grad"), x=(2, 3), w=(3,))  # fmt: skip
code("hooks", """
h = x.register_hook(lambda g: g * 2); x.sum().backward(); x.grad
h = x.register_hook(lambda g: None); x.sum().backward(); x.grad
h = x.register_hook(lambda g: g * 2); h.remove(); x.sum().backward(); x.grad
seen = []; y = x * 2; h = y.register_hook(lambda g: seen.append(g)); (y * y).sum().backward(); (seen, x.grad)
seen = []; y = x * 2; h = y.register_hook(lambda g: g.clamp(max=0.5)); (y * y).sum().backward(); x.grad
h1 = x.register_hook(lambda g: g + 1); h2 = x.register_hook(lambda g: g * 3); x.sum().backward(); x.grad
x.detach().register_hook(lambda g: g)
seen = []; h = x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.clone())); x.sum().backward(); seen
""", order=0, x=(2, 3))  # fmt: skip


def cube(torch: Any) -> Any:
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, k=1.0):
            ctx.save_for_backward(a)
            ctx.k = k
            return k * a**3

        @staticmethod
        def backward(ctx, g):
            (a,) = ctx.saved_tensors
            return g * 3 * ctx.k * a * a, None

    return Cube


def two_results(torch: Any) -> Any:
    class Two(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            ctx.save_for_backward(a, b)
            return a * b, a + b

        @staticmethod
        def backward(ctx, g, h):
            a, b = ctx.saved_tensors
            needed = ctx.needs_input_grad
            return (g * b + h if needed[0] else None), (g * a + h if needed[1] else None)

    return Two


def too_many_gradients(torch: Any) -> Any:
    class Bad(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g, g

    return Bad


def straight_through(torch: Any) -> Any:
    class Step(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return (a > 0).float()

        @staticmethod
        def backward(ctx, g):
            return g.clamp(-1, 1)

    return Step


def with_setup_context(torch: Any) -> Any:
    class Split(torch.autograd.Function):
        @staticmethod
        def forward(a):
            return a.exp()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(output)

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    return Split


def differentiable_once(torch: Any) -> Any:
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a * a

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, g):
            return 2 * g * ctx.saved_tensors[0]

    return Once


def partly_constant(torch: Any) -> Any:
    class SortWithIndices(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            values, indices = a.sort(dim=-1)
            ctx.mark_non_differentiable(indices)
            ctx.save_for_backward(indices)
            return values, indices

        @staticmethod
        def backward(ctx, g, unused):
            (indices,) = ctx.saved_tensors
            return torch.zeros_like(g).scatter(-1, indices, g)

    return SortWithIndices


def written_in_place(torch: Any) -> Any:
    class Triple(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            a.mul_(3)
            ctx.mark_dirty(a)
            return a

        @staticmethod
        def backward(ctx, g):
            return g * 3

    return Triple


code("Function", """
Cube.apply(x)
Cube.apply(x, 0.5)
Cube.apply(x * 2) + x
Cube.apply(x.detach()).requires_grad
Two.apply(x, y)
Two.apply(x, y.detach())
Two.apply(x, y)[0]
Bad.apply(x).sum().backward()
Split.apply(x)
Step.apply(x).sum().backward(); x.grad
Once.apply(x).sum().backward(); x.grad
torch.autograd.grad(Once.apply(x).sum(), x, create_graph=True)[0].sum().backward()
SortWithIndices.apply(x)
Triple.apply(x.clone())
torch.autograd.gradcheck(Cube.apply, (x.double().detach().requires_grad_(),))
torch.autograd.gradgradcheck(Cube.apply, (x.double().detach().requires_grad_(),))
""", x=(2, 3), y=(2, 3), Cube=Made(cube), Two=Made(two_results), Bad=Made(too_many_gradients), Split=Made(with_setup_context),
     Step=Made(straight_through), Once=Made(differentiable_once), SortWithIndices=Made(partly_constant),
     Triple=Made(written_in_place))  # fmt: skip
code("gradcheck", """
torch.autograd.gradcheck(lambda a, b: (a * b).sin(), (x, y))
torch.autograd.gradcheck(lambda a: a.exp().sum(), x)
torch.autograd.gradgradcheck(lambda a, b: (a * b).sin(), (x, y))
torch.autograd.gradcheck(torch.matmul, (x, y.T.contiguous().detach().requires_grad_()))
torch.autograd.gradcheck(lambda a: (a.detach() * a), (x,))
torch.autograd.gradcheck(lambda a: (a.detach() * a), (x,), raise_exception=False)
torch.autograd.gradcheck(torch.exp, (x,), eps=1e-6, atol=1e-4)
torch.autograd.set_detect_anomaly(False).__class__.__name__
""", dtypes=["float64"], order=0, x=(2, 3), y=(2, 3))  # fmt: skip
code("autograd.functional", """
functional.jacobian(lambda a: a.exp(), v)
functional.jacobian(lambda a: (a * a).sum(), v)
functional.jacobian(lambda a, b: a.exp() * b, (v, w))
functional.jacobian(lambda a: a @ a.T, x)
functional.jacobian(lambda a: a.exp(), v, create_graph=True)
functional.jacobian(lambda a: a.exp(), v, vectorize=True)
functional.hessian(lambda a: (a ** 3).sum(), v)
functional.hessian(lambda a, b: (a * b).sum() ** 2, (v, w))
functional.hvp(lambda a: (a ** 3).sum(), v, w)
functional.vhp(lambda a: (a ** 3).sum(), v, w)
functional.vjp(lambda a: a.exp(), v, w)
functional.jvp(lambda a: a.exp(), v, w)
functional.hessian(lambda a: a.exp(), v)
""", order=0, grad=False, functional=Named("autograd.functional"), v=(3,), w=(3,), x=(2, 3))  # fmt: skip
code("func", """
func.grad(lambda a: (a ** 3).sum())(v)
func.grad(lambda a, b: (a * b).sum(), argnums=1)(v, w)
func.grad(lambda a, b: (a * b).sum(), argnums=(0, 1))(v, w)
func.grad(lambda a: ((a ** 3).sum(), a * 2), has_aux=True)(v)
func.grad_and_value(lambda a: (a ** 3).sum())(v)
func.grad(func.grad(lambda a: a ** 3))(v[0])
func.grad(func.grad(func.grad(lambda a: a ** 4)))(v[0])
func.grad(lambda d: (d["a"] * d["b"]).sum())({"a": v, "b": w})
func.grad(lambda a: a)(v)
func.vjp(lambda a: a.exp(), v)[0]
func.vjp(lambda a: a.exp(), v)[1](w)
func.vjp(lambda a, b: (a * b, a + b), v, w)[1]((w, v))
func.jvp(lambda a: a.exp(), (v,), (w,))
func.jvp(lambda a, b: a * b, (v, w), (w, v))
func.jvp(lambda a: (a.argmax(0), a * 2), (v,), (w,))
func.jvp(lambda a: (a > 0).sum(), (v,), (w,))
func.jacfwd(lambda a: (a * 2, a > 0))(v)
func.jacrev(lambda a: a.exp())(v)
func.jacrev(lambda a: a @ a.T)(x)
func.jacrev(lambda a, b: a.sin() * b, argnums=1)(v, w)
func.jacfwd(lambda a: a.exp())(v)
func.jacfwd(lambda a: a @ a.T)(x)
func.hessian(lambda a: (a ** 3).sum())(v)
func.jacfwd(func.jacrev(lambda a: (a.sin() * a).sum()))(v)
func.vmap(lambda a: a.sum())(x)
func.vmap(lambda a, b: a * b)(x, x)
func.vmap(lambda a, b: a * b, in_dims=(0, None))(x, v)
func.vmap(lambda a: a.sum(), in_dims=1)(x)
func.vmap(lambda a: a * 2, out_dims=1)(x)
func.vmap(lambda a: (a.sum(), a * 2))(x)
func.vmap(torch.dot)(x, x)
func.vmap(func.grad(lambda a: (a ** 3).sum()))(x)
func.vmap(lambda a, b: a @ b, in_dims=(0, None))(x, v)
func.vmap(func.vmap(lambda a: a * a))(x)
func.vmap(lambda a: torch.softmax(a, 0))(x)
func.vmap(lambda a: torch.cat([a, a]))(x)
func.vmap(lambda a: a.view(3, 1) @ a.view(1, 3))(x)
func.hessian(lambda a: func.vmap(lambda b: (b ** 3).sum())(a).sum())(x)
func.vmap(func.hessian(lambda a: (a ** 3).sum()))(x)
func.vmap(func.jacrev(lambda a: a.sin()))(x)
func.vmap(lambda a, b: a)(x, v)
func.vmap(lambda a: a.item())(x[0])
torch.vmap(lambda a: a.mean())(x)
""", order=0, grad=False, func=Named("func"), v=(3,), w=(3,), x=(2, 3))  # fmt: skip
code("functional_call", """
m = torch.nn.Linear(3, 2).to(x.dtype); func.functional_call(m, {"weight": k, "bias": b}, (x,))
m = torch.nn.Linear(3, 2).to(x.dtype); func.functional_call(m, {"weight": k, "bias": b}, x)
m = torch.nn.Linear(3, 2).to(x.dtype); func.grad(lambda p: func.functional_call(m, p, (x.data,)).sum())({"weight": k.data})
ms = [torch.nn.Linear(3, 2) for _ in range(4)]; p, q = func.stack_module_state(ms); {n: t.shape for n, t in p.items()}
""", order=1, func=Named("func"), x=(5, 3), k=(2, 3), b=(2,))  # fmt: skip
