"""The module system: registration, traversal, modes, hooks, printing, copies; and the errors that save an evening."""

import copy
import gc
import pickle
import weakref
from collections import OrderedDict

import pytest

import autograd
import nn
from autograd import Tensor
from autograd.errors import DeviceError


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.body = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.scale = nn.Parameter(autograd.ones(4))
        self.register_buffer("count", autograd.zeros(1))
        self.register_buffer("scratch", autograd.zeros(2), persistent=False)

    def forward(self, x):
        return self.body(self.first(x)) * self.scale


def names(pairs):
    return [name for name, _ in pairs]


def test_parameters_buffers_and_modules_are_found_in_pytorchs_order():
    net = Net()
    assert names(net.named_parameters()) == ["scale", "first.weight", "first.bias", "body.0.weight", "body.0.bias"]
    assert names(net.named_parameters(prefix="net", recurse=False)) == ["net.scale"]
    assert names(net.named_buffers()) == ["count", "scratch"]
    assert names(net.named_modules()) == ["", "first", "body", "body.0", "body.1"]
    assert names(net.named_children()) == ["first", "body"]
    assert list(net.state_dict()) == ["scale", "count", "first.weight", "first.bias", "body.0.weight", "body.0.bias"]
    assert net.get_submodule("body.0") is net.body[0]
    assert net.get_submodule("") is net
    assert net.get_parameter("body.0.weight") is net.body[0].weight
    assert net.get_buffer("count") is net.count
    with pytest.raises(AttributeError, match="`missing`"):
        net.get_submodule("body.missing")
    with pytest.raises(AttributeError, match="not a parameter"):
        net.get_parameter("count")


def test_shared_parameters_and_modules_are_counted_once():
    layer = nn.Linear(2, 2)
    net = nn.Sequential(layer, layer)
    net.extra = layer.weight
    assert names(net.named_parameters()) == ["extra", "0.bias"]
    assert len(list(net.parameters())) == 2
    assert len(list(net.children())) == 1
    assert list(net.state_dict()) == ["extra", "0.weight", "0.bias", "1.weight", "1.bias"]
    assert len(list(net.named_parameters(remove_duplicate=False))) == 5


def test_assignment_keeps_the_kind_of_a_name():
    net = Net()
    with pytest.raises(TypeError, match=r"parameter 'scale'.*del"):
        net.scale = autograd.ones(4)
    with pytest.raises(TypeError, match="module 'first'"):
        net.first = 3
    with pytest.raises(TypeError, match="buffer 'count'"):
        net.count = "three"
    net.scale = None
    assert names(net.named_parameters(recurse=False)) == []
    assert "scale" in net._parameters
    net.scale = nn.Parameter(autograd.zeros(4))
    assert names(net.named_parameters(recurse=False)) == ["scale"]
    net.count = autograd.ones(1)
    assert net._buffers["count"] is net.count
    net.first = nn.Parameter(autograd.zeros(1))  # a name may change its kind to a parameter, as in PyTorch
    assert names(net.named_children()) == ["body"]
    del net.first
    assert names(net.named_parameters(recurse=False)) == ["scale"]
    with pytest.raises(AttributeError):
        _ = net.first


def test_live_views_of_what_is_registered():
    net = Net()
    net._parameters["scale"] = None
    assert net.scale is None
    net._modules["body"] = nn.Identity()
    assert isinstance(net.body, nn.Identity)
    del net._buffers["count"]
    assert not hasattr(net, "count")
    assert len(net._buffers) == 1
    with pytest.raises(KeyError):
        net._parameters["body"]


def test_registration_errors():
    net = Net()
    with pytest.raises(KeyError, match="already exists"):
        net.register_parameter("forward", nn.Parameter(autograd.ones(1)))
    with pytest.raises(KeyError, match="can't contain"):
        net.register_buffer("a.b", autograd.ones(1))
    with pytest.raises(TypeError, match="Parameter or None"):
        net.register_parameter("p", autograd.ones(1))
    with pytest.raises(TypeError, match="not a Module"):
        net.add_module("m", 3)
    with pytest.raises(TypeError, match="should be a string"):
        net.register_buffer(3, autograd.ones(1))

    class Hasty(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 2)

    with pytest.raises(AttributeError, match=r"super\(\).__init__\(\)"):
        Hasty()


@pytest.mark.parametrize(
    ("make", "fix"),
    [
        (lambda: [nn.Linear(2, 2)], "ModuleList"),
        (lambda: {"a": nn.Linear(2, 2)}, "ModuleDict"),
        (lambda: [nn.Parameter(autograd.ones(1))], "ParameterList"),
        (lambda: {"a": nn.Parameter(autograd.ones(1))}, "ParameterDict"),
    ],
)
def test_a_container_that_hides_what_it_holds_is_named_once(make, fix):
    net = Net()
    net.layers = make()
    with pytest.warns(UserWarning, match=rf"Net.layers: .*nn.{fix}\(") as told:
        net(autograd.ones(1, 3))
        list(net.parameters())
    assert len(told) == 1
    assert told[0].filename == __file__


def test_what_is_registered_anywhere_in_the_tree_is_not_named():
    net = Net()
    net.same = [net.first, net.body]
    net.first.parent_knows = [net.body]
    net.options = {"lr": 0.1, "act": nn.ReLU(), "sizes": [1, 2]}
    net.cache = [autograd.ones(2), net.scale * 2]
    net.late = []
    net(autograd.ones(1, 3))
    list(net.parameters())
    net.late.append(nn.Linear(2, 2))
    with pytest.warns(UserWarning, match=r"Net\.late"):
        list(net.parameters())


def test_modes_gradients_and_dtypes_reach_everything():
    net = Net()
    net.eval()
    assert not any(m.training for m in net.modules())
    net.train()
    assert all(m.training for m in net.modules())
    with pytest.raises(ValueError, match="boolean"):
        net.train("yes")
    net(autograd.ones(1, 3)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    before = list(net.parameters())
    net.double()
    assert all(a is b for a, b in zip(before, net.parameters(), strict=True))
    assert {t.dtype for t in (*net.parameters(), *net.buffers(), *(p.grad for p in net.parameters()))} == {autograd.float64}
    net.zero_grad(set_to_none=False)
    assert float(net.scale.grad.sum()) == 0
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    net.register_buffer("steps", autograd.tensor(3))
    assert net.half().steps.dtype == autograd.int64
    assert net.scale.dtype == autograd.float16
    assert net.to(autograd.tensor([1.0])).scale.dtype == autograd.float32
    assert net.to("cpu", autograd.float64).scale.dtype == autograd.float64
    assert net.float().cpu() is net
    with pytest.raises(TypeError, match="floating"):
        net.to(autograd.int64)
    for move in (lambda: net.cuda(), lambda: net.to("cuda"), lambda: nn.ReLU().to("cuda:0", autograd.float64)):
        with pytest.raises(DeviceError, match="cuda"):
            move()
    net.requires_grad_(False)
    assert not net(autograd.ones(1, 3)).requires_grad
    seen = []
    assert net.apply(lambda m: seen.append(type(m).__name__)) is net
    assert seen == ["Linear", "Linear", "ReLU", "Sequential", "Net"]


def test_copies_and_pickles_are_independent_and_keep_sharing():
    net = Net()
    net.tied = net.first.weight
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert other.tied is other.first.weight
        assert other.tied is not net.tied
        assert isinstance(other.tied, nn.Parameter)
        assert other.tied.requires_grad
        assert autograd.equal(other.tied, net.tied)
        x = autograd.ones(2, 3)
        assert autograd.equal(other(x), net(x))
        other(x).sum().backward()
        assert net.tied.grad is None
        assert other.tied.grad is not None


def test_parameter():
    p = nn.Parameter(autograd.tensor([1.0, 2.0]))
    assert p.is_leaf
    assert p.requires_grad
    assert isinstance(p, Tensor)
    assert type(p * 2) is Tensor
    assert type(p[0]) is Tensor
    assert type(p.detach()) is Tensor
    assert repr(p) == "Parameter containing:\ntensor([1., 2.], requires_grad=True)"
    assert not nn.Parameter(autograd.ones(1), requires_grad=False).requires_grad
    twin = copy.deepcopy(p)
    assert type(twin) is nn.Parameter
    assert twin is not p
    assert type(pickle.loads(pickle.dumps(p))) is nn.Parameter
    assert nn.Parameter().numel() == 0
    with pytest.raises(TypeError, match=r"autograd\.tensor"):
        nn.Parameter([1.0])
    with pytest.raises(RuntimeError):
        nn.Parameter(autograd.tensor([1]))
    shared = autograd.zeros(2)
    q = nn.Parameter(shared)
    with autograd.no_grad():
        q.add_(1)
    assert shared.tolist() == [1.0, 1.0]


def test_buffer():
    class Counter(nn.Module):
        def __init__(self):
            super().__init__()
            self.kept = nn.Buffer(autograd.zeros(1))
            self.lost = nn.Buffer(autograd.zeros(1), persistent=False)

    counter = Counter()
    assert names(counter.named_buffers()) == ["kept", "lost"]
    assert list(counter.state_dict()) == ["kept"]


# -- state dictionaries -----------------------------------------------------------------------------------------


def test_state_dict_shares_memory_and_loads_back():
    net, other = Net(), Net()
    state = net.state_dict()
    assert not any(t.requires_grad for t in state.values())
    assert state["scale"].data_ptr() == net.scale.data_ptr() if hasattr(state["scale"], "data_ptr") else True
    assert net.state_dict(keep_vars=True)["scale"] is net.scale
    before = list(other.parameters())
    result = other.load_state_dict(state)
    assert repr(result) == "<All keys matched successfully>"
    assert all(a is b for a, b in zip(before, other.parameters(), strict=True))
    assert autograd.equal(other.first.weight, net.first.weight)
    other.load_state_dict({k: v.numpy() for k, v in state.items()})  # arrays, as safetensors gives them


def test_what_does_not_fit_is_reported_by_key_and_shape():
    net = Net()
    state = net.state_dict()
    del state["scale"]
    state["body.0.weight"] = autograd.zeros(2, 4)
    state["body.7.weight"] = autograd.zeros(1)
    with pytest.raises(RuntimeError) as error:
        net.load_state_dict(state)
    text = str(error.value)
    assert "Error(s) in loading state_dict for Net:" in text
    assert 'Missing key(s) in state_dict: "scale"' in text
    assert 'Unexpected key(s) in state_dict: "body.7.weight"' in text
    assert "size mismatch for body.0.weight" in text
    assert "torch.Size([2, 4])" in text
    assert "torch.Size([4, 4])" in text
    del state["body.0.weight"]
    found = net.load_state_dict(state, strict=False)
    assert found.missing_keys == ["scale", "body.0.weight"]
    assert found.unexpected_keys == ["body.7.weight"]
    with pytest.raises(TypeError, match="dict-like"):
        net.load_state_dict([1])


def test_a_prefix_that_all_keys_have_is_named():
    net = Net()
    state = {f"module.{k}": v for k, v in net.state_dict().items()}
    with pytest.raises(RuntimeError, match=r'Every key starts with "module\."'):
        net.load_state_dict(state)


def test_assign_takes_the_tensors_themselves():
    net = Net()
    state = {k: v.double() for k, v in Net().state_dict().items()}
    net.load_state_dict(state, assign=True)
    assert net.scale.dtype == autograd.float64
    assert isinstance(net.scale, nn.Parameter)
    assert net.count is state["count"]


def test_extra_state_and_overridden_loading():
    class Versioned(nn.Linear):
        _version = 2
        extra = 5

        def get_extra_state(self):
            return self.extra

        def set_extra_state(self, state):
            self.extra = state

        def _load_from_state_dict(self, state_dict, prefix, local_metadata, *rest):
            if local_metadata.get("version", 1) < 2:
                state_dict[prefix + "weight"] = state_dict.pop(prefix + "w")
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

    a, b = nn.Sequential(Versioned(2, 2)), nn.Sequential(Versioned(2, 2))
    a[0].extra = 9
    state = a.state_dict()
    assert state["0._extra_state"] == 9
    assert state._metadata["0"] == {"version": 2}
    b.load_state_dict(state)
    assert b[0].extra == 9
    old = {"0.w": autograd.zeros(2, 2), "0.bias": autograd.zeros(2), "0._extra_state": 1}
    b.load_state_dict(old)
    assert float(b[0].weight.abs().sum()) == 0


def test_state_dict_hooks():
    net, seen = nn.Linear(2, 2), []
    net.register_state_dict_pre_hook(lambda module, prefix, keep: seen.append("save"))
    net.register_state_dict_post_hook(lambda module, state, prefix, about: state.update(added=autograd.ones(1)))
    net.register_load_state_dict_pre_hook(lambda module, state, prefix, *rest: state.pop("added"))
    net.register_load_state_dict_post_hook(lambda module, keys: seen.append(keys))
    state = net.state_dict()
    assert "added" in state
    net.load_state_dict(state)
    assert seen[0] == "save"
    assert seen[1].missing_keys == []


# -- calls, hooks, errors -----------------------------------------------------------------------------------------


def test_a_wrong_shape_is_reported_with_the_modules_path_and_what_it_expected():
    net = nn.Sequential(OrderedDict(encoder=Net(), head=nn.Linear(4, 2)))
    with pytest.raises(RuntimeError) as error:
        net(autograd.ones(5, 7))
    assert "linear: input has shape (5, 7), weight (4, 3)" in str(error.value)
    assert "in Sequential.encoder.first: Linear(in_features=3, out_features=4, bias=True)" in str(error.value)
    with pytest.raises(RuntimeError, match=r"float64.*float32.*convert"):
        net(autograd.ones(5, 3, dtype=autograd.float64))
    with pytest.raises(NotImplementedError, match="forward"):
        nn.Module()(1)


def test_forward_hooks():
    layer, seen = nn.Identity(), []
    x = autograd.ones(2)
    first = layer.register_forward_pre_hook(lambda m, args: (args[0] + 1,))
    second = layer.register_forward_pre_hook(lambda m, args: seen.append("early"), prepend=True)
    third = layer.register_forward_hook(lambda m, args, out: out * 10)
    assert layer(x).tolist() == [20.0, 20.0]
    assert seen == ["early"]
    third.remove()
    second.remove()
    assert layer(x).tolist() == [2.0, 2.0]
    first.remove()
    first.remove()

    class Named(nn.Module):
        def forward(self, x, *, times=1):
            if times < 0:
                raise ValueError("negative")
            return x * times

    named, calls = Named(), []
    named.register_forward_pre_hook(lambda m, args, kwargs: (args, {**kwargs, "times": kwargs["times"] + 1}), with_kwargs=True)
    named.register_forward_hook(lambda m, args, kwargs, out: calls.append(kwargs), with_kwargs=True, always_call=True)
    assert named(x, times=2).tolist() == [3.0, 3.0]
    with pytest.raises(ValueError, match="negative"):
        named(x, times=-5)
    assert calls == [{"times": 3}, {"times": -4}]
    bad = Named()
    bad.register_forward_pre_hook(lambda m, args, kwargs: args, with_kwargs=True)
    with pytest.raises(TypeError, match="pair"):
        bad(x)


def test_backward_hooks_see_and_change_gradients():
    class Two(nn.Module):
        def forward(self, x, y):
            return x * 2, x * y

    x, y = autograd.tensor([1.0], requires_grad=True), autograd.tensor([3.0], requires_grad=True)
    two, seen = Two(), []
    two.register_full_backward_pre_hook(lambda m, grads: tuple(g * 10 for g in grads))
    handle = two.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)) or (gi[0] + 1, gi[1]))
    a, b = two(x, y)
    (a + b).sum().backward()
    assert [g.tolist() for g in seen[0][0]] == [[50.0], [10.0]]
    assert [g.tolist() for g in seen[0][1]] == [[10.0], [10.0]]
    assert x.grad.tolist() == [51.0]
    assert y.grad.tolist() == [10.0]
    handle.remove()
    layer, calls = nn.Linear(2, 2), []
    layer.register_full_backward_hook(lambda m, gi, go: calls.append((gi, go[0].shape)))
    layer(autograd.ones(3, 2)).sum().backward()  # an input that needs no gradient
    assert calls == [((None,), (3, 2))]
    assert layer.weight.grad is not None


def test_a_model_is_freed_without_the_cyclic_collector():
    gc.collect()
    gc.disable()
    try:
        net = Net()
        net(autograd.ones(1, 3)).sum().backward()
        ref = weakref.ref(net.first)
        del net
        assert ref() is None
    finally:
        gc.enable()


# -- containers and printing ------------------------------------------------------------------------------------


def test_sequential():
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    assert len(net) == 3
    assert isinstance(net[-1], nn.Linear)
    assert isinstance(net[:2], nn.Sequential)
    net.append(nn.Tanh())
    net.insert(1, nn.Identity())
    assert [type(m).__name__ for m in net] == ["Linear", "Identity", "ReLU", "Linear", "Tanh"]
    del net[1]
    assert list(net._modules) == ["0", "1", "2", "3"]
    assert isinstance(net.pop(-1), nn.Tanh)
    assert len(net) == 3
    net[1] = nn.Sigmoid()
    assert isinstance(net[1], nn.Sigmoid)
    assert len(net + nn.Sequential(nn.ReLU())) == 4
    assert len(net * 2) == 6
    with pytest.raises(IndexError):
        net[7]
    named = nn.Sequential(OrderedDict(a=nn.Linear(2, 2), b=nn.ReLU()))
    assert named.a is named[0]
    assert list(named[1:]._modules) == ["b"]


def test_lists_and_dictionaries():
    items = nn.ModuleList([nn.Linear(1, 1), nn.ReLU()])
    items += [nn.Tanh()]
    items.extend([nn.Sigmoid()])
    assert len(items) == 4
    assert isinstance(items[1:3], nn.ModuleList)
    assert len(items + items) == 8
    assert names(items.named_parameters()) == ["0.weight", "0.bias"]
    with pytest.raises(TypeError, match="iterable"):
        items.extend(3)
    with pytest.raises(TypeError, match="not a Module"):
        items.append(3)
    table = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.ReLU()})
    table["c"] = nn.Tanh()
    table.update([("d", nn.ReLU())])
    assert list(table) == ["a", "b", "c", "d"]
    assert "a" in table
    assert isinstance(table.pop("a"), nn.Linear)
    assert list(table.keys()) == ["b", "c", "d"]
    assert len(table.values()) == len(table.items()) == 3
    with pytest.raises(KeyError, match="already exists"):
        table["forward"] = nn.ReLU()
    table.clear()
    assert len(table) == 0
    weights = nn.ParameterList([autograd.ones(1), nn.Parameter(autograd.ones(2))])
    weights.append(autograd.ones(3))
    assert names(weights.named_parameters()) == ["0", "1", "2"]
    assert weights[-1].shape == (3,)
    scales = nn.ParameterDict({"x": autograd.ones(1)})
    assert names(scales.named_parameters()) == ["x"]


@pytest.mark.torch
def test_text_is_torchs():
    torch = pytest.importorskip("torch")

    def models(nn, tensor):
        yield nn.Linear(2, 3, bias=False)
        yield nn.Sequential()
        yield nn.ModuleList()
        yield nn.Sequential(OrderedDict(a=nn.Linear(1, 2), b=nn.Sequential(nn.ReLU(inplace=True), nn.Dropout(0.1))))
        yield nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1), nn.Sequential(nn.ReLU()), nn.Linear(1, 1)])
        yield nn.ModuleDict({"x": nn.ModuleList([nn.ReLU(), nn.ReLU()])})
        yield nn.ParameterList([nn.Parameter(tensor([[1.0, 2.0]])), nn.Parameter(tensor([1.0]))])
        yield nn.Parameter(tensor([1.0]))
        yield nn.Linear(1, 1).state_dict().keys()
        yield nn.Bilinear(1, 2, 3)
        yield nn.Unflatten(1, (2, 3))
        yield nn.Identity(3)

    for ours, theirs in zip(models(nn, autograd.tensor), models(torch.nn, torch.tensor), strict=True):
        assert repr(ours) == repr(theirs)


@pytest.mark.torch
def test_a_state_dict_moves_to_torch_and_back():
    torch = pytest.importorskip("torch")
    ours, theirs = (
        nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)),
        torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3)),
    )
    theirs.load_state_dict({k: torch.tensor(v.numpy()) for k, v in ours.state_dict().items()})
    assert (theirs[0].weight.detach().numpy() == ours[0].weight.detach().numpy()).all()
    with torch.no_grad():
        theirs[0].weight.mul_(2)
    ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    assert (theirs[0].weight.detach().numpy() == ours[0].weight.detach().numpy()).all()
