"""Indexing and assignment: x[...] and x[...] = v."""

from __future__ import annotations

from .dsl import Bool, Lit, code

code("getitem", """
x[0]
x[-1]
x[1, 2]
x[1:3]
x[:, 1]
x[:, -2:]
x[::2]
x[1:, ::3]
x[..., 0]
x[0, ...]
x[None]
x[:, None]
x[..., None]
x[()]
x[...]
x[:]
x[4:]
x[2:1]
x[-100:100]
x[i]
x[i, 1]
x[:, i]
x[i, i]
x[i.view(-1, 1), torch.tensor([0, 1])]
x[[0, 2]]
x[[0, 2], [1, 1]]
x[[0, 0, 0]]
x[[-1, 3]]
x[:, [0, 4, 0]]
x[1:3, [0, 1]]
x[[0, 1], 1:3]
x[None, i]
x[torch.tensor(2)]
x[torch.tensor(1), torch.tensor(2)]
x[b]
x[b[:, 0]]
x[:, b[0]]
x[x > 0]
x[x > 1e9]
x[~b]
x[torch.tensor([], dtype=torch.long)]
x[[]]
x[i.int()]
x[torch.tensor([True, False, True, False])]
x[[True, False, True, False]]
x[True]
x[False]
x[b[:, 0], 1:3]
c3[0]
c3[:, 1, :]
c3[..., [0, 1]]
c3[[0, 1], :, [0, 1]]
c3[:, [0, 1], [0, 1]]
c3[[0, 1], [0, 1]]
c3[0, :, [0, 1]]
c3[:, 0, [0, 1]]
c3[[0], None, [1]]
c3[torch.tensor([[0, 1], [1, 0]])]
c3[b3]
c3[b3[:, :, 0]]
c3[0][1][0]
c3[..., 1:][:, 0]
list(x)
[row.sum() for row in x]
a, b2, *rest = x; (a, b2, rest)
len(x)
x.T[0]
x.t()[1:, 0]
x.mT
c3.mT
x.T.mH
x[1].view(5)
x[x.argmax(1) == 0]
x[range(2)]
x[slice(0, 2)]
x[(0, 1)]
x[0:2][1]
x[0, torch.tensor([0, 1])]
""", x=(4, 5), c3=(2, 3, 2), i=Lit([3, 0, 3]), b=Bool(4, 5), b3=Bool(2, 3, 2))  # fmt: skip
code("setitem", """
x[0] = 1.0; x
x[0] = v; x * x
x[1, 2] = 3; x
x[1:3] = v; x * x
x[:, 1] = 2; x
x[:, 1] = v[0]; x * v.sum()
x[..., 0] = torch.ones(4, dtype=x.dtype); x
x[::2, 1:3] = 0.5; x * x
x[i] = v; x
x[i] = 0.0; x * x
x[i, i] = 1.5; x
x[:, [0, 1]] = v[:2]; x * x
x[b] = 0.0; x * x
x[b] = v[0]; x
x[x > 0] = -x[x > 0]; x
x[x < 0] *= 2; x
x[0] += v; x * x
x[0] = x[1]; x * x
x[0] = x[0] * 2; x * x
x[:2] = x[2:].clone(); x * x
x[0], x[1] = x[1].clone(), x[0].clone(); x * x
x[...] = 2.0; x
x[:] = v; x * x
x[None, 0] = v; x
x[[0, 2], [1, 1]] = torch.tensor([7.0, 8.0], dtype=x.dtype); x
x[torch.tensor(1)] = v; x
x[0][1] = 5.0; x * x
x.T[0] = 5.0; x * x
x.view(-1)[3] = 1.0; x * x
x[1:3, 1:3][0] = 9.0; x * x
x[1:3].fill_(2.0); x * x
x[0].zero_(); x * x
x[:, 0].mul_(v[0]); x * x
x.diagonal().fill_(0.0); x * x
x.t()[1].add_(1).mul_(2); x * x
x.unsqueeze(0)[0, 0] = 3.0; x
x.view(2, 10)[:, ::2].neg_(); x * x
y = x[0]; y += 1; x * x
y = x[0]; x += 1; y * y
y = x.view(20); x[0] = 0; y * y
y = x[0]; y *= 2; x[0] = y * 3; x * x
y = x.detach(); y[0] = 4.0; x
y = x.clone(); y[0] = 4.0; (x, y)
a = x.narrow(0, 0, 2); a.add_(1); x * x
x[True] = 1.0; x
x[b] = torch.arange(float(b.sum()), dtype=x.dtype); x
x[0] = 2 * v; x[0] = 3 * v; x
x[0] = torch.tensor(2); x
x[0, 0] = v[0]; x[0, 1] = x[0, 0] * 2; x
for k in range(4): x[k] = x[k - 1] * v
x[0] = torch.ones(3, dtype=x.dtype)
x[9] = 1.0
x[i] = torch.ones(2, 5, dtype=x.dtype)
x[0] = "red"
x[0] = None
x[b[:2]] = 1.0
""", owned=True, x=(4, 5), v=(5,), i=Lit([3, 0]), b=Bool(4, 5))  # fmt: skip
code("setitem on integers", """
x[0] = 7; x
x[0] = 2.9; x
x[:, 1] += 1; x
x[x > 2] = 0; x
x[0] = torch.tensor([1.7, 2.2, 3.9]); x
x += 1; x
x += 1.5
x /= 2
x *= 2; x
x //= 2; x
x.fill_(2.7); x
x.copy_(torch.tensor([1.9, 2.9, 3.9])); x
""", dtypes=["int64", "int32"], order=0, owned=True, x=(2, 3))  # fmt: skip
