"""Operators, in-place operators and methods, and what happens to tensors that a graph has saved."""

from __future__ import annotations

from .dsl import ALL, INTS, Bool, Lit, Pos, code

code("operators", """
x + y
x - y
x * y
x / y
x // y
x % y
p ** y
x ** 2
x ** 3
x ** 0.5 if bool((x > 0).all()) else p ** 0.5
p ** -1
2 ** x
x + 1
1 + x
x - 0.5
0.5 - x
3 * x
x * True
1 / p
x / 2
7 // p
7 % p
x // 2
x % 2
-x
+x
abs(x)
x @ w
x @ v
v @ w
round(x)
x == y
x != y
x < y
x <= 0
x > 0
0 >= x
x.add(y).mul(x)
x * x + x / x
x - x
(x * 2) * (x * 2)
sum([x, y, x])
divmod(3, 2)
""", x=(2, 3), y=(3,), p=Pos(2, 3), w=(3, 4), v=Lit([0.5, -1.5, 2.0]))  # fmt: skip
code("operator errors", """
x + z
x @ z
x + "red"
x + None
x ** "red"
x @ 2
x & x
~x
x << 1
bool(x)
float(x)
int(x)
x.item()
len(torch.tensor(1.0))
iter(torch.tensor(1.0))
hash(x) == id(x)
x in [1]
not x
x.colour
x.colour()
x[0, 0, 0]
x[7]
x["red"]
x[1.5]
x[b[0]]
x[torch.tensor([5])]
x[torch.tensor([0.5])]
x[::-1]
""", x=(2, 3), z=(4,), b=Bool(4, 3))  # fmt: skip
code("operators on every dtype", """
x + 1
x + 1.5
1 - x if x.dtype != torch.bool else x
2.5 * x
x * x
x / 2
x / x
x // 2
x % 3
x ** 2
x ** 0.5
2 ** x
x + True
x == 1
x < 1.5
x.sum()
x.sum(0)
x.mean() if x.is_floating_point() else 0
x + torch.tensor(2)
x + torch.tensor(2.5)
x + torch.tensor(True)
x * torch.tensor([1.5, 2.5, 0.5])
x * torch.tensor([1, 2, 3])
torch.tensor(2.0, dtype=torch.float64) * x
x.float()
x.double()
x.long()
x.int()
x.bool()
x.half()
x.short()
x.byte()
x.char()
x.to(torch.float64)
x.type(torch.int32)
x.dtype
x.element_size()
x.is_floating_point()
x.tolist()
x[0].item()
""", dtypes=ALL, order=1, x=(3,))  # fmt: skip
code("limits that do not fit", """
x.clamp(max=300)
x.clamp(0, 300)
x.clamp(1, 2)
x.clamp(1.5)
""", dtypes=["uint8"], order=0, x=(2, 3))  # fmt: skip
code("bitwise operators", """
x & y
x | y
x ^ y
~x
x & 1
1 | x
x ^ True
""", dtypes=INTS, order=0, x=(2, 3), y=(3,))  # fmt: skip
code("shift operators", """
x << 1
x >> 1
x << y
x.clone().__ilshift__(1)
""", dtypes=INTS[:4], order=0, x=(2, 3), y=(3,))  # fmt: skip
code("in-place operators", """
x += y; x
x -= 2; x
x *= y; x
x /= y; x
x **= 2; x
x //= 2; x
x %= 2; x
z = x; x += 1; z
z = x * 2; x += z; x * z
x += x; x
x *= x; x
x.add_(y).mul_(2)
x.add_(y, alpha=3)
x.sub_(y).div_(2.0)
x.clamp_(-0.5, 0.5); x
x.pow_(3); x
x.neg_().exp_(); x
x.exp_() * y
x.sigmoid_() * x
x.tanh_(); x.mul_(2); x
x.relu_() * y
x.zero_(); x
x.fill_(3.0); x
x.copy_(y); x * y
x.copy_(y); x += 1; x
x.addcmul_(y, y, value=0.5)
x.addcdiv_(y, y * y + 1, value=0.5)
x.lerp_(y.expand(2, 3), 0.3)
x.masked_fill_(x > 0, 2.0); x
x.masked_fill_(b, 2.0) * y
x.index_fill_(1, i, 5.0); x
x.index_add_(0, torch.tensor([0, 0]), x * 2)
x.scatter_(1, torch.tensor([[0], [2]]), 1.5); x
x.t_(); x
x.unsqueeze_(0).squeeze_(0).transpose_(0, 1); x
x.requires_grad
x.floor_(); x
x.cumsum_(1)
x.tril_(); x
x.fill_diagonal_(5.0) * x
x.fill_diagonal_(5)
x.t().fill_diagonal_(2.0); x * x
x[0].fill_diagonal_(1.0)
x.fill_diagonal_("red")
torch.cat([x, x, x, x]).fill_diagonal_(7.0)
torch.cat([x, x, x, x]).fill_diagonal_(7.0, wrap=True)
torch.stack([x[:, :2], x[:, 1:]]).fill_diagonal_(3.0)
torch.stack([x, x]).fill_diagonal_(3.0)
torch.zeros(0, 3).fill_diagonal_(3.0)
x.apply_(lambda a: a) if not x.requires_grad else 0
x += z0
x.add_(torch.ones(2, 2, 3))
x.copy_(torch.ones(4))
""", owned=True, x=(2, 3), y=(3,), b=Bool(2, 3), i=Lit([0, 2]), z0=Lit(1.5))  # fmt: skip
code("in-place on leaves", """
x += 1; x
x.add_(1)
x[0] = 1.0; x
x.data += 1; x
x.data.mul_(2); x * x
x.detach().zero_(); x
exec("with torch.no_grad(): x.add_(1)"); x * x
exec("with torch.no_grad(): x[0] = 2.0"); x * x
exec("with torch.no_grad(): x -= 0.1 * x"); x * x
x.data = torch.ones(2, 3, dtype=x.dtype); x * 2
x.view(-1).add_(1)
x.detach_().requires_grad
x.requires_grad_(False).add_(1)
x.grad
x.grad = torch.ones(2, 3, dtype=x.dtype); x.grad
x.grad = torch.ones(3, dtype=x.dtype)
x.grad = 1
x.requires_grad = False; x.requires_grad
(x * 2).requires_grad_(False)
y = x.detach(); y.requires_grad_(); y.add_(1)
""", x=(2, 3))  # fmt: skip
code("saved tensors that change", """
y = x.exp(); y += 1; y.sum().backward()
y = x * 1; z = y * y; y += 1; z.sum().backward()
y = x.softmax(0); y.mul_(2); y.sum().backward()
y = x * 1; z = y.sin(); y[0] = 0; z.sum().backward()
y = x * 1; z = y[0].exp(); y.zero_(); z.sum().backward(); x.grad
y = x * 1; z = y[0] * y[1]; y[0].add_(1); z.sum().backward()
w = x.detach().clone(); z = x * w; w += 1; z.sum().backward()
y = x * 1; z = y + 1; y += 1; (z * y).sum().backward(); x.grad
y = x * 1; z = y.sum(); y *= 2; z.backward(); x.grad
y = x.relu(); y += 1; y.sum().backward()
""", order=0, x=(2, 3))  # fmt: skip
code("Python's own functions", """
sum(x)
sum(v)
max(v)
min(v)
sorted(v)
list(map(float, v))
[float(a) for a in v]
[a.item() for row in x for a in row]
list(reversed(x))
list(zip(x, v))
[(k, row.sum()) for k, row in enumerate(x)]
all(v > -99)
any(v > 99)
bool((v > -99).all())
divmod(x, 2)
abs(v)
pow(v, 2)
import math; math.sqrt(v[0].abs())
import math; math.isnan(v[0])
import math; math.floor(v[0])
import math; math.exp(v.sum())
round(v[0].item(), 2)
int(v[0].abs() * 10)
float(v.mean())
range(torch.tensor(3))
[1, 2, 3][torch.tensor(1) : torch.tensor(3)]
{v: 1}[v]
len({v, v})
v is None
v == None
v != None
(v == v).all().item()
1 if v.sum() < 1e9 else 0
f"{v[0]:>9.3f}|"
f"{v[0]:.2e} {v.sum():8.4f}"
f"{torch.tensor(7):03d}"
"%.3f %d" % (v[0], torch.tensor(4))
"{0:.2f} {1}".format(v[0], torch.tensor(4).item())
str(torch.tensor(4))
"{}".format(torch.tensor([1, 2]))
print(end="")
a, b, c = v; (c, b, a)
(a, b), *rest = zip(x[0], x[1]); (a, b, len(rest))
import operator; operator.matmul(x, x.T)
import functools, operator; functools.reduce(operator.mul, v)
import itertools; [a * b for a, b in itertools.combinations(v, 2)]
import copy; copy.copy(v) is v
isinstance(v, torch.Tensor) and not isinstance(v, list)
type(v).__name__
hasattr(v, "shape") and not hasattr(v, "colour")
callable(v.sum)
dir(v).index("backward") > 0
torch.tensor([a * 2 for a in v.tolist()])
torch.stack([a * 2 for a in v])
torch.tensor([torch.tensor(1.0), torch.tensor(2.0)])
torch.tensor([v[0].item(), 3])
torch.cat([a.reshape(1) for a in v])
next(iter(x))
v.__class__(v.tolist()) if v.dtype == torch.float32 else 0
""", order=1, grad=False, x=(2, 3), v=Lit([0.5, -1.5, 2.25]))  # fmt: skip
code("out", """
o = torch.empty(2, 3, dtype=x.dtype); torch.add(x, y, out=o); o
o = torch.empty(2, 3, dtype=x.dtype); torch.add(x, y, out=o) is o
o = torch.empty(2, 3, dtype=x.dtype); torch.mul(x, 2, out=o); o
o = torch.empty(2, 3, dtype=x.dtype); torch.exp(x, out=o); o
o = torch.empty(2, 3, dtype=x.dtype); torch.clamp(x, -1, 1, out=o); o
o = torch.empty(2, 2, dtype=x.dtype); torch.matmul(x, x.T, out=o); o
o = torch.empty(2, 2, dtype=x.dtype); torch.mm(x, x.T, out=o); o
o = torch.empty(3, dtype=x.dtype); torch.sum(x, 0, out=o); o
o = torch.empty(2, dtype=x.dtype); torch.mean(x, dim=1, out=o); o
o = torch.empty(4, 3, dtype=x.dtype); torch.cat([x, x], out=o); o
o = torch.empty(2, 2, 3, dtype=x.dtype); torch.stack([x, x], out=o); o
o = torch.empty(2, 3, dtype=x.dtype); torch.cumsum(x, 1, out=o); o
o = torch.empty(2, 3, dtype=torch.bool); torch.gt(x, 0, out=o); o
o = torch.empty(2, 3); torch.add(x, y, out=o).dtype
o = torch.empty(2, 3, dtype=torch.int64); torch.add(x, y, out=o)
o = torch.empty(2, 3, dtype=x.dtype, requires_grad=True); torch.add(x, y, out=o)
o = torch.zeros(3, 2, dtype=x.dtype); torch.add(x, y, out=o.t()); o
o = torch.zeros(4, 3, dtype=x.dtype); torch.add(x, y, out=o[1:3]); o
o = torch.empty(5); torch.linspace(0, 1, 5, out=o); o
o = torch.empty(2, 3); torch.zeros(2, 3, out=o); o
v = torch.empty(2, dtype=x.dtype); i = torch.empty(2, dtype=torch.int64); torch.max(x, 1, out=(v, i)); (v, i)
v = torch.empty(2, 3, dtype=x.dtype); i = torch.empty(2, 3, dtype=torch.int64); torch.sort(x, 1, out=(v, i)); (v, i)
v = torch.empty(2, 2, dtype=x.dtype); i = torch.empty(2, 2, dtype=torch.int64); torch.topk(x, 2, out=(v, i)); (v, i)
o = x.clone().requires_grad_(); torch.add(o, y, out=torch.empty(2, 3, dtype=x.dtype))
""", order=0, grad=False, x=(2, 3), y=(3,))  # fmt: skip
