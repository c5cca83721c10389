"""What is saved comes back as it was, in every format; and a file that holds anything but data is not let in."""

import io
import os
import pickle
import zipfile
from collections import OrderedDict

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.io import UnpicklingError, add_safe_globals, clear_safe_globals, get_safe_globals
from autograd.io.storages import _shown


def through(obj, **options):
    file = io.BytesIO()
    autograd.save(obj, file)
    file.seek(0)
    return autograd.load(file, **options)


def same(a, b):
    assert type(a) is type(b)
    if isinstance(a, autograd.Tensor):
        assert a.dtype == b.dtype
        assert a.requires_grad == b.requires_grad
        np.testing.assert_array_equal(a.detach(), b.detach())
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            same(a[key], b[key])
    elif isinstance(a, (list, tuple)):
        for x, y in zip(a, b, strict=True):
            same(x, y)
    elif isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b)
    else:
        assert a == b


CONTENTS = {
    "tensor": autograd.arange(6.0).reshape(2, 3),
    "transposed": autograd.arange(6.0).reshape(2, 3).t(),
    "scalar": autograd.tensor(2.5, dtype=autograd.float64),
    "empty": autograd.zeros(0, 3),
    "bools": autograd.tensor([True, False]),
    "leaf": autograd.ones(2, requires_grad=True),
    "nested": {"a": [1, 2.5, None, "text", (True, b"bytes")], "b": OrderedDict(x=autograd.zeros(1)), 3: {1, 2}},
    "parameter": nn.Parameter(autograd.ones(2)),
    "buffer": nn.Buffer(autograd.ones(2), persistent=False),
    "numpy": [np.arange(3), np.float32(1.5), np.dtype("int8")],
    "shape": autograd.zeros(2, 3).shape,
    "device": autograd.device("cpu"),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_data_come_back(name):
    same(through(CONTENTS[name]), CONTENTS[name])


def test_state_dicts_come_back_and_load(tmp_path):
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    optimizer = optim.Adam(model.parameters())
    model(autograd.randn(4, 3)).sum().backward()
    optimizer.step()
    path = tmp_path / "checkpoint.pt"
    autograd.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, path)
    saved = autograd.load(path, map_location="cpu")
    other = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    other.load_state_dict(saved["model"])
    again = optim.Adam(other.parameters())
    again.load_state_dict(saved["optimizer"])
    same(dict(other.state_dict()), dict(model.state_dict()))
    assert saved["epoch"] == 3
    assert again.state_dict()["state"].keys() == optimizer.state_dict()["state"].keys()


def test_flat_formats(tmp_path):
    state = {"w": autograd.randn(2, 3).t(), "n": autograd.arange(3)}
    for suffix in (".npz", ".safetensors"):
        path = str(tmp_path / f"state{suffix}")
        autograd.save(state, path)
        loaded = autograd.load(path)
        same({name: loaded[name] for name in state}, state)
        assert len(loaded) == 2
        with pytest.raises(TypeError, match="flat dict of tensors"):
            autograd.save({"nested": state}, path)
    with np.load(tmp_path / "state.npz") as arrays:
        np.testing.assert_array_equal(arrays["n"], [0, 1, 2])


@pytest.mark.torch
def test_safetensors_move_between_the_two(tmp_path):
    torch = pytest.importorskip("torch")
    safetensors = pytest.importorskip("safetensors.torch")
    mine, theirs = nn.Linear(3, 2), torch.nn.Linear(3, 2)
    autograd.save(mine.state_dict(), tmp_path / "a.safetensors")
    theirs.load_state_dict(safetensors.load_file(tmp_path / "a.safetensors"))
    np.testing.assert_array_equal(theirs.weight.detach().numpy(), mine.weight.detach())
    theirs.weight.data.mul_(2)
    safetensors.save_file(theirs.state_dict(), tmp_path / "b.safetensors")
    mine.load_state_dict(autograd.load(tmp_path / "b.safetensors"))
    np.testing.assert_array_equal(theirs.weight.detach().numpy(), mine.weight.detach())


@pytest.mark.torch
def test_archives_of_pytorch_are_read(tmp_path):
    torch = pytest.importorskip("torch")
    base = torch.arange(12.0).reshape(3, 4)
    theirs = {
        "state": torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2)).state_dict(),
        "shared": [base, base.t(), base[1:, ::2]],
        "kinds": [torch.ones(2, dtype=getattr(torch, d)) for d in "float64 float16 int64 int32 int16 int8 uint8 bool".split()],
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "other": (torch.float32, torch.Size([2, 3]), {"epoch": 3}, "text", None, torch.device("cpu")),
    }
    torch.save(theirs, tmp_path / "a.pt")
    mine = autograd.load(tmp_path / "a.pt", map_location="cpu")
    for a, b in zip(theirs["shared"] + theirs["kinds"], mine["shared"] + mine["kinds"], strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
        assert str(a.dtype) == f"torch.{b.dtype}"
    assert np.shares_memory(mine["shared"][0].numpy(), mine["shared"][2].numpy())
    assert mine["parameter"].requires_grad and mine["scalar"].item() == 2.5 and mine["empty"].shape == (0, 3)
    assert mine["other"] == (autograd.float32, (2, 3), {"epoch": 3}, "text", None, autograd.device("cpu"))
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    model.load_state_dict(mine["state"])
    np.testing.assert_array_equal(model[0].weight.detach(), theirs["state"]["0.weight"].numpy())
    optimizer = torch.optim.Adam(torch.nn.Linear(2, 1).parameters())
    torch.save(optimizer.state_dict(), tmp_path / "b.pt")
    optim.Adam(nn.Linear(2, 1).parameters()).load_state_dict(autograd.load(tmp_path / "b.pt"))
    for refused in (torch.nn.Linear(1, 1), torch.ones(1, dtype=torch.complex64), {"x": Harmful()}):
        torch.save(refused, tmp_path / "c.pt")
        with pytest.raises(UnpicklingError, match="names"):
            autograd.load(tmp_path / "c.pt")


def test_other_archives_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UnpicklingError, match=r"data\.pkl"):
        autograd.load(tmp_path / "a.pt")
    storage = np.zeros(4, np.float32)
    for offset, size, stride in ((0, (5,), (1,)), (2, (3,), (1,)), (-1, (1,), (1,)), (0, (2,), (-1,))):
        with pytest.raises(UnpicklingError, match="beyond its storage"):
            _shown(storage, offset, size, stride, False)


class Harmful:
    def __reduce__(self):
        return os.system, ("exit 1",)


REFUSED = {"call": Harmful(), "module": nn.Linear(1, 1), "function": print, "deep": {"deep": [Harmful()]}}


@pytest.mark.parametrize("obj", REFUSED.values(), ids=REFUSED)
def test_code_is_not_let_in(obj):
    with pytest.raises(UnpicklingError, match="weights_only=True admits") as caught:
        through(obj)
    assert isinstance(caught.value, pickle.UnpicklingError)


def test_modules_load_if_the_file_is_trusted():
    layer = nn.Linear(2, 1)
    same(through(layer, weights_only=False).weight, layer.weight)


class Config:
    def __init__(self, width):
        self.width = width


def test_classes_can_be_admitted():
    add_safe_globals([Config])
    try:
        assert through({"config": Config(8)})["config"].width == 8
        assert get_safe_globals() == [Config]
    finally:
        clear_safe_globals()
    with pytest.raises(UnpicklingError, match="add_safe_globals"):
        through(Config(8))


def test_wrong_calls(tmp_path):
    with pytest.raises(TypeError, match="save: expected a path"):
        autograd.save({}, 3)
    with pytest.raises(TypeError, match="load: expected a path"):
        autograd.load(3)
    with pytest.raises(FileNotFoundError):
        autograd.load(tmp_path / "nothing.pt")
    with pytest.raises(EOFError, match="empty"):
        autograd.load(io.BytesIO())
    with pytest.raises(RuntimeError, match="not available"):
        through(autograd.ones(1), map_location="cuda")
    with pytest.raises(ValueError, match="pickle_module"):
        through(autograd.ones(1), pickle_module=pickle)


def test_a_computed_tensor_comes_back_as_a_leaf():
    w = autograd.ones(2, requires_grad=True)
    loss = (w * 3).sum()
    loaded = through({"epoch": 1, "loss": loss})["loss"]
    assert loaded.item() == 6.0 and loaded.is_leaf and loaded.requires_grad
    loss.backward()  # saving left the graph alone
    assert w.grad.tolist() == [3.0, 3.0]


@pytest.mark.parametrize("name", ["state.pt", "state.npz", "state.safetensors"])
def test_a_save_that_fails_leaves_the_file_that_was_there(name, tmp_path):
    path = tmp_path / name
    autograd.save({"w": autograd.ones(2)}, path)
    with pytest.raises(Exception, match=r"pickle|tensor|lambda"):
        autograd.save({"w": lambda: None}, path)
    assert autograd.load(path)["w"].tolist() == [1.0, 1.0]
    assert [p.name for p in tmp_path.iterdir()] == [name]
