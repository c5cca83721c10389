"""Every argument of PyTorch's functions and methods can be given by the name that PyTorch has for it.

The names are those of PyTorch's own declarations (the schemas of its operations); what it declares for itself alone is left
out by name.
"""

import inspect

import pytest

import autograd

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

# Every creation and reduction takes these where PyTorch's does, or they are of what does not exist here.
ELSEWHERE = {"out", "dtype", "layout", "device", "pin_memory", "generator", "memory_format", "names", "out_dtype"}
# Declared for PyTorch's own language of scripts, in which numbers (a and b), lists and strings are operands, too.
SCRIPT = {
    *(("ldexp", letter) for letter in "xi"),
    *(("split", word) for word in ("input", "max", "separator")),
    *(("select", word) for word in ("idx", "list")),
    ("as_tensor", "t"),
    ("tensor", "t"),
    *(("mul", letter) for letter in "ln"),
    ("sort", "reverse"),
    ("save", "item"),
    ("save", "filename"),
    ("copy_", "other"),
    *(("backward", word) for word in ("input", "grad_tensors", "tensors")),
}
# In PyTorch these are Python functions with other names, which `test_python_functions` compares.
PYTHON = {"einsum", "atleast_1d", "atleast_2d", "atleast_3d", "tensordot", "save"}
MISSING = {("to_sparse", word) for word in ("sparse_dim", "dense_dim", "blocksize")} | {("expand", "implicit")}


def schemas():
    found = {}
    for schema in torch._C._jit_get_all_schemas():
        space, _, name = schema.name.partition("::")
        types, names = [str(a.type) for a in schema.arguments], {a.name for a in schema.arguments}
        if space == "aten" and not any("complex" in t or "Generator" in t for t in types):
            if not any(a.is_out for a in schema.arguments) and not names & {"names", "dimname", "a", "b"}:
                found.setdefault(name, []).append(schema)
    return found


SCHEMAS = schemas()


def parameters(f):
    try:
        signature = inspect.signature(getattr(f, "__wrapped__", f))
    except ValueError:  # written in C
        return None
    any_name = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    return None if any_name else list(signature.parameters)


def public():
    """(name here, name of PyTorch's operation, the function)."""
    for name in sorted(n for n in {*dir(torch), *dir(torch.Tensor)} if n in SCHEMAS and not n.startswith("_")):
        f = getattr(autograd, name, None) or getattr(autograd.Tensor, name, None)
        if callable(f) and not inspect.isclass(f) and name not in PYTHON:
            yield pytest.param(name, f, id=name)
    for space in ("linalg", "special"):
        for name in dir(getattr(torch, space)):
            f = getattr(getattr(autograd, space), name, None)
            if callable(f) and f"{space}_{name}" in SCHEMAS:
                yield pytest.param(f"{space}_{name}", f, id=f"{space}.{name}")


def takes(f, name, keyword):
    """Whether a call with the keyword gets as far as looking at what was given."""
    try:
        f(**{keyword: NotATensor()})
    except TypeError as error:
        return "unexpected keyword" not in str(error)
    except Exception:
        return True
    return True


class NotATensor:
    """What no function can do anything with."""

    def __getattr__(self, name):
        raise TypeError("not a tensor")


@pytest.mark.parametrize("name, f", list(public()))
def test_every_argument_has_pytorchs_name(name, f):
    have = parameters(f)
    if have is None:
        return
    wanted = {a.name for schema in SCHEMAS[name] for a in schema.arguments} - ELSEWHERE - {"self"}
    unknown = {k for k in wanted - set(have) if (name, k) not in SCRIPT | MISSING and not takes(f, name, k)}
    assert not unknown, f"{name} takes {have}"


METHODS = sorted(n for n in dir(torch.Tensor) if n in SCHEMAS and not n.startswith("_") and hasattr(autograd.Tensor, n))


@pytest.mark.parametrize("name", [n for n in METHODS if callable(getattr(autograd.Tensor, n))])
def test_every_argument_of_a_method_has_pytorchs_name(name):
    f = getattr(autograd.Tensor, name)
    have = parameters(f)
    if have is None:
        return
    wanted = {
        a.name for schema in SCHEMAS[name] if schema.arguments and schema.arguments[0].name == "self" for a in schema.arguments
    }
    x = autograd.ones(2, 2)
    for keyword in wanted - ELSEWHERE - {"self"} - set(have):
        if (name, keyword) not in SCRIPT | MISSING:
            assert takes(lambda **k: f(x, **k), name, keyword), f"{name}({keyword}=), has {have}"


def python_functions():
    for name, f in inspect.getmembers(torch.functional, inspect.isfunction):
        if hasattr(autograd, name) and not name.startswith("_"):
            yield name, f, getattr(autograd, name)
    for name, f in inspect.getmembers(torch.Tensor, inspect.isfunction):
        if hasattr(autograd.Tensor, name) and not name.startswith("_"):
            yield f"Tensor.{name}", f, getattr(autograd.Tensor, name)


@pytest.mark.parametrize("name, theirs, ours", [pytest.param(*t, id=t[0]) for t in python_functions()])
def test_python_functions(name, theirs, ours):
    have = parameters(ours)
    wanted = [
        p.name for p in inspect.signature(theirs).parameters.values() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    ]
    if have is None:
        return
    for keyword in set(wanted) - {"self", "out"} - set(have):
        assert takes((lambda **k: ours(autograd.ones(2), **k)) if "." in name else ours, name, keyword), keyword


CALLS = [
    "x.split(split_size=1, dim=0)",
    "x.split(split_size=[1, 1])",
    "torch.split(tensor=x, split_size_or_sections=1)",
    "torch.split_with_sizes(input=x, split_sizes=[1, 1])",
    "torch.tensor_split(input=x, sections=2)",
    "torch.tensor_split(x, indices=[1], dim=1)",
    "torch.tensor_split(x, tensor_indices_or_sections=torch.tensor(2))",
    "x.tensor_split(sections=2)",
    "x.hsplit(sections=2)",
    "torch.hsplit(x, indices=[1])",
    "torch.vsplit(input=x, sections=1)",
    "torch.isin(element=1.0, test_elements=x)",
    "torch.isin(elements=x, test_element=1.0)",
    "str(torch.promote_types(type1=torch.int8, type2=torch.int64)).replace('torch.', '')",
    "str(torch.result_type(tensor=x, other=1)).replace('torch.', '')",
    "str(torch.result_type(scalar=1, tensor=x)).replace('torch.', '')",
    "str(torch.result_type(scalar1=1, scalar2=2.0)).replace('torch.', '')",
    "torch.linalg.pinv(x, rcond=0.1)",
    "torch.linalg.pinv(x, 0.1, False)",
    "torch.ones(2).resize_(size=(1, 2))",
    "torch.sum(input=x, axis=0, keepdims=True)",
    "torch.histogram(x.reshape(-1)).hist.shape[0]",
    "torch.linalg.det(A=x)",
    "torch.linalg.vector_norm(x=x, ord=1)",
]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_by_keyword(call):
    def run(lib):
        found = eval(call, {"torch": lib, "x": lib.tensor([[1.0, 2.0], [3.0, 5.0]])})
        return [t.tolist() if hasattr(t, "tolist") else t for t in (found if isinstance(found, tuple) else (found,))]

    assert close(run(autograd), run(torch))


def close(a, b):
    if isinstance(a, list):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b, strict=True))
    return a == b if isinstance(a, str) else a == pytest.approx(b, rel=1e-5)
