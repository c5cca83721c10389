"""What a tensor tells of itself: attributes, conversions, text, copies."""

from __future__ import annotations

from .dsl import code

code("attributes", """
x.shape
x.size()
x.size(0)
x.size(-1)
x.size(dim=1)
x.size(2)
x.shape[0]
x.shape.numel()
x.dim()
x.ndim
x.ndimension()
x.numel()
x.nelement()
len(x)
torch.numel(x)
x.stride()
x.stride(0)
x.t().stride()
x.is_contiguous()
x.t().is_contiguous()
x.t().contiguous().is_contiguous()
x.requires_grad
x.is_leaf
(x * 2).is_leaf
(x * 2).requires_grad
x.detach().requires_grad
x.grad_fn
(x * 2).grad_fn is None
x.data.requires_grad
x.device.type
str(x.device)
x.is_cuda
x.dtype == torch.float32
x.is_sparse
x.storage_offset()
x[1].storage_offset()
x.itemsize
x.nbytes
torch.is_tensor(x)
torch.is_tensor(1)
isinstance(x, torch.Tensor)
isinstance(x.shape, torch.Size)
torch.is_floating_point(x)
x.shape == (2, 3)
x.shape + (1,)
tuple(x.shape)
x.shape[:-1]
x.shape[1:].numel()
torch.Size([1, 2])
x.T.shape
x.is_floating_point()
x.is_complex()
x.is_signed()
x.data_ptr() == x.data.data_ptr()
x.element_size()
""", order=0, x=(2, 3))  # fmt: skip
code("conversions", """
x.numpy()
x.data.numpy()
x.detach().numpy()
x.detach().cpu().numpy()
x.tolist()
x[0].tolist()
x[0, 0].tolist()
x[0, 0].item()
float(x[0, 0])
int(x[0, 0])
bool(x[0, 0])
x.sum().item()
x.to(torch.float64)
x.to("cpu")
x.to(torch.device("cpu"))
x.to("cpu", torch.float32)
x.to(x)
x.to(torch.ones(1, dtype=torch.float64))
x.to(device="cpu", dtype=torch.float64)
x.to(dtype=torch.float32)
x.to(torch.float32, copy=True)
x.type(torch.float64)
x.type("torch.DoubleTensor")
x.type()
x.float()
x.double()
x.half()
x.long()
x.int()
x.bool()
x.cpu()
x.clone()
x.contiguous()
x.type_as(torch.ones(1))
x.double() + x.float()
x.new_tensor([1.0, 2.0])
x.new_zeros(2)
x.new_ones((2, 2))
x.new_full((2,), 3)
x.to("red")
x.requires_grad_()
x.requires_grad_(False).requires_grad
x.long().requires_grad_()
torch.tensor([1]).requires_grad_()
torch.from_numpy(x.detach().numpy())
torch.as_tensor(x.detach().numpy())
torch.as_tensor(x)
torch.tensor(x.detach())
torch.asarray([1.0, 2.0])
torch.from_numpy([1.0])
torch.scalar_tensor(2.0)
x.__index__()
x.long()[0, 0].__index__()
[10, 20, 30][torch.tensor(1)]
list(range(torch.tensor(3)))
x.data.view(torch.int32) if x.dtype == torch.float32 else 0
""", order=1, x=(2, 3))  # fmt: skip
code("conversions without gradients", """
x.numpy()
x.__array__()
x.tolist()
x.item()
float(x.sum())
int(x.sum())
round(x.sum().item(), 3)
x.numpy().sum()
x.apply_(lambda a: a + 1)
x.map_(x * 2, lambda a, b: a + b)
f"{x.sum():.3f}"
f"{x.sum().item():.2e}"
"%.4f" % x.sum()
"{:.3f}".format(x.mean())
format(x[0, 0])
torch.is_nonzero(x[0, 0])
x.equal(x)
x is x.contiguous()
x.numpy().__setitem__(0, 7.0); x
y = x.numpy(); x += 1; y
y = torch.from_numpy(x.numpy()); y += 1; x
y = torch.tensor(x.numpy()); y += 1; x
y = torch.as_tensor(x.numpy()); y += 1; x
""", order=0, grad=False, x=(2, 3))  # fmt: skip
code("text", """
repr(torch.tensor(1.0))
repr(torch.tensor(3))
repr(torch.tensor(True))
repr(torch.tensor([1.0, 2.0]))
repr(torch.tensor([1.5, -2.25]))
repr(torch.tensor([1, 20, -300]))
repr(torch.tensor([True, False]))
repr(torch.tensor([]))
repr(torch.tensor([[1.0, 2.0], [3.0, 4.5]]))
repr(torch.tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]))
repr(torch.tensor([1e10, 1.0]))
repr(torch.tensor([1e-10, 1.0]))
repr(torch.tensor([1e5, 123.456]))
repr(torch.tensor([float("nan"), 1.0, float("inf"), float("-inf")]))
repr(torch.tensor([0.1, 0.22, 0.333]))
repr(torch.tensor([1.0], dtype=torch.float64))
repr(torch.tensor([1], dtype=torch.int32))
repr(torch.tensor([1], dtype=torch.uint8))
repr(torch.tensor([1.0], requires_grad=True))
repr(torch.tensor([1.5], dtype=torch.float64, requires_grad=True))
repr(torch.zeros(2, 0))
repr(torch.zeros(0, dtype=torch.int64))
repr(torch.arange(2000))
repr(torch.arange(2000.0))
repr(torch.zeros(100, 100))
repr(torch.arange(30.0))
repr(torch.arange(24.0).view(2, 3, 4) / 7)
repr(torch.ones(40, 2))
repr(torch.tensor(3.14159265))
repr(torch.tensor(1e-7))
repr(torch.tensor(123456789.0))
repr(torch.tensor([1e-3, 1e3]))
repr(torch.tensor([0.00001, 1.0]))
repr(torch.tensor([99999.0, 1.5]))
str(torch.tensor([1.0, 2.0]))
f"{torch.tensor([1.0, 2.0])}"
f"{torch.tensor(2.5)}"
f"{torch.tensor(2.5):.1f}"
f"{torch.tensor(7):5d}"
repr(torch.tensor([1.0, 2.0]).shape)
repr(torch.tensor(1.0).device)
str(torch.device("cpu"))
repr(torch.Size([2, 3]))
str(torch.ones(2).size())
repr(torch.max(torch.tensor([[1.0, 2.0]]), 1))
repr((torch.tensor([1.0], requires_grad=True) * 2))
repr(torch.tensor([1.0, 2.0], requires_grad=True).sum())
repr(torch.tensor([1.0], requires_grad=True).exp())
torch.set_printoptions(precision=2); r = repr(torch.tensor([1.23456, 2.0])); torch.set_printoptions(profile="default"); r
torch.set_printoptions(sci_mode=False); r = repr(torch.tensor([1e-5, 2.0])); torch.set_printoptions(profile="default"); r
torch.set_printoptions(threshold=5); r = repr(torch.arange(10)); torch.set_printoptions(profile="default"); r
""", dtypes=["float32"], order=0)  # fmt: skip
code("copying", """
import copy; copy.deepcopy(x)
import copy; y = copy.deepcopy(x); y.data.add_(1); x
import copy; copy.deepcopy(x).requires_grad
import copy; copy.copy(x)
import copy; copy.deepcopy(x * 2)
import pickle; pickle.loads(pickle.dumps(x))
import pickle; pickle.loads(pickle.dumps(x)).requires_grad
import pickle; pickle.loads(pickle.dumps(x[0].detach()))
import io; f = io.BytesIO(); torch.save(x, f); f.seek(0); torch.load(f)
import io; f = io.BytesIO(); torch.save({"a": x, "b": [1, 2.5, "c"], "d": {"e": x.detach()}}, f); f.seek(0); torch.load(f)
import io; f = io.BytesIO(); torch.save([x.detach(), 3], f); f.seek(0); torch.load(f, map_location="cpu")
import io; f = io.BytesIO(); torch.save({"lr": 0.1, "t": (1, None, True)}, f); f.seek(0); torch.load(f, weights_only=True)
torch.load("/nowhere/at/all.pt")
""", order=0, x=(2, 3))  # fmt: skip
