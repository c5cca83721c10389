"""Files that are damaged, cut off, of another kind or made to do harm are refused by name, before they are expanded.

And what is awkward about names, links, permissions and threads in writing.
"""

import codecs
import io
import json
import os
import pickle
import stat
import sys
import threading
import tracemalloc
import zipfile

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import GradloomError
from autograd.io import UnpicklingError, add_safe_globals, archives, clear_safe_globals, get_safe_globals, safe_globals
from autograd.io.unpickling import DataUnpickler

SUFFIXES = (".pt", ".npz", ".safetensors")
STATE = {
    "w": autograd.arange(6.0).reshape(2, 3),
    "n": autograd.arange(3),
    "b": autograd.tensor([True, False]),
    "e": autograd.zeros(0),
}


def same(a, b):
    assert list(a) == list(b)
    for key in a:
        assert a[key].dtype == b[key].dtype and a[key].tolist() == b[key].tolist()


# -- names ---------------------------------------------------------------------------------------------------------------

NAMES = ["allow_pickle", "file", "self", "args", "kwds", "arr_0", "", " ", "a", "a.npy", "a.npy.npy", ".npy", "a/b", "a\\b",
         "/a", "../a", "a.b.weight", "é", "名", "🙂", "a\nb", '"', "{}", "mmap_mode", "x" * 3000, "data.pkl",
         "archive/data.pkl"]  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_name_comes_back(suffix, tmp_path):
    state = {name: autograd.tensor([k, k + 1]) for k, name in enumerate(NAMES)}
    autograd.save(state, tmp_path / f"a{suffix}")
    same(autograd.load(tmp_path / f"a{suffix}"), state)


@pytest.mark.parametrize("suffix", SUFFIXES[1:])
@pytest.mark.parametrize("name", [1, None, ("a",), "a\0b", "\ud800", "x" * 70_000])
def test_what_is_no_name_is_refused(suffix, name, tmp_path):
    with pytest.raises(TypeError, match="is no name for a tensor"):
        autograd.save({name: autograd.ones(1)}, tmp_path / f"a{suffix}")
    assert not list(tmp_path.iterdir())


def test_a_name_that_safetensors_reserves(tmp_path):
    with pytest.raises(GradloomError, match="__metadata__"):
        autograd.save({"__metadata__": autograd.ones(1)}, tmp_path / "a.safetensors")


def test_numpy_reads_what_is_written(tmp_path):
    autograd.save({name: autograd.tensor([1.5, 2.0]) for name in ("file", "allow_pickle", "w")}, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as arrays:
        assert all(arrays[name].tolist() == [1.5, 2.0] for name in ("file", "allow_pickle", "w"))
    np.savez_compressed(tmp_path / "b.npz", big=np.arange(3, dtype=">f4"), f=np.ones((2, 3), order="F"), zeros=np.zeros(10_000))
    loaded = autograd.load(tmp_path / "b.npz")
    assert loaded["big"].tolist() == [0, 1, 2] and loaded["big"].dtype == autograd.float32 and loaded["f"].shape == (2, 3)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("dtype", [str(d) for d in autograd.core.dtypes.ALL])
def test_every_dtype_comes_back(suffix, dtype, tmp_path):
    state = {
        "w": autograd.ones(2, 3, dtype=getattr(autograd, dtype)),
        "scalar": autograd.ones((), dtype=getattr(autograd, dtype)),
    }
    autograd.save(state, tmp_path / f"a{suffix}")
    same(autograd.load(tmp_path / f"a{suffix}"), state)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol_comes_back(protocol):
    file = io.BytesIO()
    held = {
        "t": autograd.arange(3.0),
        "s": {1, 2},
        "b": b"\x00\xff",
        "a": bytearray(b"ab"),
        "n": np.float32(2),
        "z": np.zeros(3, "U2"),
    }
    autograd.save(held, file, pickle_protocol=protocol)
    file.seek(0)
    loaded = autograd.load(file)
    assert loaded["t"].tolist() == [0, 1, 2] and loaded["z"].tolist() == [""] * 3
    assert {k: v for k, v in loaded.items() if k not in "tz"} == {k: v for k, v in held.items() if k not in "tz"}


def test_dates_and_big_endian_arrays_come_back():
    file = io.BytesIO()
    held = [
        np.array(["2020-01-01"], "M8[ns]"),
        np.arange(3, dtype=">i4"),
        autograd.Tensor._wrap(np.arange(3, dtype=">f4"), None),
    ]
    autograd.save(held, file)
    file.seek(0)
    a, b, c = autograd.load(file)
    assert a[0] == held[0][0] and b.tolist() == [0, 1, 2]
    assert c.dtype == autograd.float32 and c.tolist() == [0, 1, 2]


# -- writing -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_threads_save_to_one_path(suffix, tmp_path):
    path, failed = tmp_path / f"a{suffix}", []

    def work(k):
        try:
            for _ in range(10):
                autograd.save({"w": autograd.full((2000,), float(k))}, path)
                (first, *rest) = set(autograd.load(path)["w"].tolist())
                assert not rest and first in range(4)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.skipif(os.name == "nt", reason="links and modes of POSIX")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_links_and_modes_are_kept(suffix, tmp_path):
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / f"target{suffix}", tmp_path / f"link{suffix}"
    link.symlink_to(target)
    for _ in range(2):  # the target is made, then replaced
        autograd.save(STATE, link)
        assert link.is_symlink() and not target.is_symlink()
        same(autograd.load(target), STATE)
    os.chmod(target, 0o600)
    autograd.save(STATE, link)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    os.chmod(target, 0o666)
    autograd.save(STATE, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666
    known = os.umask(0o027)
    try:
        autograd.save(STATE, tmp_path / f"new{suffix}")
    finally:
        os.umask(known)
    assert stat.S_IMODE((tmp_path / f"new{suffix}").stat().st_mode) == 0o640
    assert len(list(tmp_path.rglob("*"))) == 4


def test_what_is_no_file_is_not_replaced(tmp_path):
    with pytest.raises(OSError, match=str(tmp_path.name)):
        autograd.save(STATE, tmp_path)
    with pytest.raises(OSError, match=str(tmp_path.name)):
        autograd.load(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        got = []
        reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
        reader.start()
        autograd.save(STATE, tmp_path / "pipe")
        reader.join()
        same(autograd.load(io.BytesIO(got[0])), STATE)
        assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_file_object_is_written_from_where_it_stands(tmp_path):
    with open(tmp_path / "a", "wb") as file:
        file.write(b"before")
        autograd.save(STATE, file)
    with open(tmp_path / "a", "rb") as file:
        file.seek(6)
        same(autograd.load(file), STATE)


def test_the_same_data_are_the_same_bytes(tmp_path):
    for suffix in SUFFIXES:
        for name in "ab":
            autograd.save(STATE, tmp_path / f"{name}{suffix}")
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


# -- damage --------------------------------------------------------------------------------------------------------------


def loads_alike_or_not_at_all(path, content, **options):
    path.write_bytes(content)
    try:
        loaded = autograd.load(path, **options)
    except GradloomError as error:
        assert str(path) in str(error)
        return False
    same(loaded, STATE)
    return True


@pytest.mark.parametrize("suffix", [".pt", ".npz"])
def test_no_flipped_bit_loads_as_other_numbers(suffix, tmp_path):
    path = tmp_path / f"a{suffix}"
    autograd.save(STATE, path)
    content = path.read_bytes()
    refused = 0
    for k in range(len(content)):
        for bit in range(8) if k % 5 == 0 else (k % 8,):
            damaged = bytearray(content)
            damaged[k] ^= 1 << bit
            refused += not loads_alike_or_not_at_all(path, damaged)
    assert refused > len(content) / 2


def test_no_flipped_bit_of_a_trusted_file_is_loaded(tmp_path):
    autograd.save(STATE, tmp_path / "a.pt")
    content = (tmp_path / "a.pt").read_bytes()
    for k in range(30, 30 + content.index(b"PK\x01\x02") - 60, 7):
        damaged = bytearray(content)
        damaged[k] ^= 1 << (k % 8)
        loads_alike_or_not_at_all(tmp_path / "a.pt", damaged, weights_only=False)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_was_cut_off_is_named(suffix, tmp_path):
    path = tmp_path / f"a{suffix}"
    autograd.save(STATE, path)
    content = path.read_bytes()
    for length in range(len(content)):
        assert not loads_alike_or_not_at_all(path, content[:length])


OTHER = {
    "empty": b"", "text": b"epoch, loss\n1, 0.5\n", "html": b"<!DOCTYPE html>", "png": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "zeros": bytes(100), "long": b"." * 1000, "gzip": b"\x1f\x8b\x08" + bytes(40), "lfs": b"version https://git-lfs.github.com/spec/v1\n",
    "zip": b"PK\x03\x04" + bytes(60), "no members": b"PK\x05\x06" + bytes(18),
    "tensors": (1 << 60).to_bytes(8, "little") + b"{}",
}  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", OTHER)
def test_files_of_another_kind_are_named(suffix, name, tmp_path):
    if (suffix, name) == (".npz", "no members"):
        pytest.skip("this is an archive of no arrays")
    path = tmp_path / f"other{suffix}"
    path.write_bytes(OTHER[name])
    with pytest.raises(UnpicklingError, match=f"load: .*other{suffix}: ."):
        autograd.load(path)


def test_several_pickles_in_a_row(tmp_path):
    (tmp_path / "a.pt").write_bytes(pickle.dumps({"a": 1}) + pickle.dumps(2))
    with pytest.raises(UnpicklingError, match=r"a\.pt: it goes on after its end.*PyTorch before"):
        autograd.load(tmp_path / "a.pt")
    (tmp_path / "a.pt").write_bytes(pickle.dumps(STATE))  # as Gradloom wrote them before it wrote archives
    same(autograd.load(tmp_path / "a.pt"), STATE)


def safetensors(path, header, content=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + content)


def entry(dtype="F32", shape=(1,), start=0, stop=4):
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


HEADERS = {
    **{d: ({"w": entry(d, (4,))}, f"'w' is {d}.*F32") for d in ("BF16", "F8_E4M3", "F8_E5M2", "C64", "F4", "I128")},
    "shape": ({"w": entry(shape=(2,))}, "does not fit"),
    "giant": ({"w": entry(shape=(1 << 40, 1 << 40))}, "does not fit"),
    "hole": ({"w": entry(), "x": entry(start=8, stop=12)}, "'x'.*does not fit"),
    "overlap": ({"w": entry(), "x": entry()}, "'x'.*does not fit"),
    "negative": ({"w": entry(shape=(-1,), start=0, stop=-4)}, "whole numbers"),
    "text": ({"w": entry(shape="12")}, "whole numbers"),
    "beyond": ({"w": entry(shape=(2,), stop=8)}, "cut off"),
    "more": ({}, "cut off, or damaged"),
    "list": ([1, 2], "header"),
    "no json": (b"{{", "header"),
    "not utf-8": (b'{"\xff": 1}', "header"),
    "twice": (b'{"w": %s, "w": %s}' % ((json.dumps(entry()).encode(),) * 2), "same name"),
    "missing": ({"w": {"dtype": "F32"}}, "header"),
    "deep": (b"[" * 100_000, "header"),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_odd_headers_of_safetensors(name, tmp_path):
    header, reason = HEADERS[name]
    safetensors(tmp_path / "a.safetensors", header, bytes(4))
    with pytest.raises(UnpicklingError, match=rf"(?s)a\.safetensors: .*{reason}"):
        autograd.load(tmp_path / "a.safetensors")


def test_metadata_of_safetensors_are_left_out(tmp_path):
    safetensors(tmp_path / "a.safetensors", {"__metadata__": {"format": "pt"}, "w": entry()}, np.float32(2).tobytes())
    assert autograd.load(tmp_path / "a.safetensors")["w"].tolist() == [2]


ARRAYS = {
    "objects": (np.array([{}], object), "holds objects"), "complex": (np.ones(1, complex), "complex"),
    "text": (np.array(["a"]), "U1"), "dates": (np.array(["2020"], "M8[Y]"), "M8|datetime"),
    "pairs": (np.zeros(1, "i4,f4"), "array of"),
}  # fmt: skip


@pytest.mark.parametrize("name", ARRAYS)
def test_odd_arrays_of_npz(name, tmp_path):
    array, reason = ARRAYS[name]
    np.savez(tmp_path / "a.npz", w=array)
    with pytest.raises(UnpicklingError, match=rf"a\.npz: .*'w'.*({reason})"):
        autograd.load(tmp_path / "a.npz")
    with pytest.raises(TypeError, match="'w' is an array of"):
        autograd.save({"w": array}, tmp_path / "b.npz")


def test_other_members_of_npz(tmp_path):
    header = b"\x93NUMPY\x01\x00" + (70).to_bytes(2, "little")
    giant = header + b"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999,)}".ljust(69) + b"\n"
    for content in (b"text", giant, giant[:20], b"\x93NUMPY\x09\x00" + bytes(100)):
        with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
            archive.writestr("w.npy", content)
        with pytest.raises(UnpicklingError, match=r"a\.npz: .*'w'"):
            autograd.load(tmp_path / "a.npz")


# -- archives of PyTorch ---------------------------------------------------------------------------------------------------


class Written(pickle._Pickler):
    """Writes a pickle that names what is given as `Name`, as PyTorch's do, and refers to storages."""

    def save(self, obj, save_persistent_id=True):
        if isinstance(obj, Name):
            return self.write(f"c{obj.module}\n{obj.name}\n".encode())
        return super().save(obj, save_persistent_id)

    def persistent_id(self, obj):
        return obj.pid if isinstance(obj, Storage) else None


class Name:
    def __init__(self, module, name):
        self.module, self.name = module, name

    def __call__(self):
        """pickle asks for what can be called"""


class Call:
    def __init__(self, function, *arguments, state=None):
        self.parts = (function, arguments, state)

    def __reduce__(self):
        return self.parts


class Storage:
    def __init__(self, kind, count, key="0"):
        self.pid = ("storage", Name("torch", kind), key, "cpu", count)


def archive(path, obj, order=b"little", **members):
    data = io.BytesIO()
    Written(data, 2).dump(obj)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a/data.pkl", data.getvalue())
        file.writestr("a/byteorder", order)
        for key, content in members.items():
            file.writestr(f"a/data/{key[1:]}", content)


def tensor(kind="FloatStorage", count=3, offset=0, size=(3,), stride=(1,), key="0"):
    return Call(Name("torch._utils", "_rebuild_tensor_v2"), Storage(kind, count, key), offset, size, stride, False, {})


def test_big_endian_archives_are_read(tmp_path):
    for order, dtype in ((b"big", ">f4"), (b"little", "<f4")):
        archive(tmp_path / "a.pt", {"w": tensor()}, order, _0=np.arange(3, dtype=dtype).tobytes())
        loaded = autograd.load(tmp_path / "a.pt")["w"]
        assert loaded.tolist() == [0, 1, 2] and loaded.dtype == autograd.float32 and loaded.numpy().dtype.isnative
    archive(tmp_path / "a.pt", {"w": tensor()}, b"middle", _0=bytes(12))
    with pytest.raises(UnpicklingError, match=r"a\.pt: its byte order is b'middle'"):
        autograd.load(tmp_path / "a.pt")


TENSORS = {
    "missing": (tensor(key="1"), "storage 1 is missing"),
    "short": (tensor(count=4, size=(4,)), "storage 0 is of 12 bytes"),
    "giant count": (tensor(count=1 << 60, size=(1 << 60,)), "storage 0 is of 12 bytes"),
    "beyond": (tensor(size=(4,)), "beyond its storage"),
    "giant stride": (tensor(stride=(1 << 40,)), "beyond its storage"),
    "giant shape": (tensor(size=(1 << 62, 1 << 62), stride=(0, 0)), "a.pt"),
    "bfloat16": (tensor("BFloat16Storage"), "torch.BFloat16Storage.*float"),
    "complex": (tensor("ComplexFloatStorage"), "torch.ComplexFloatStorage"),
    "module": (Call(Name("torch.nn.modules.linear", "Linear"), 1, 1), "torch.nn.modules.linear.Linear"),
    "two kinds": ([tensor(), tensor("IntStorage")], "said to hold"),
    "no storage": (Call(Name("torch._utils", "_rebuild_tensor_v2"), [1.0], 0, (1,), (1,), False), "a.pt"),
}  # fmt: skip


@pytest.mark.parametrize("name", TENSORS)
def test_odd_tensors_of_archives(name, tmp_path):
    obj, reason = TENSORS[name]
    archive(tmp_path / "a.pt", obj, _0=bytes(12))
    with pytest.raises(UnpicklingError, match=rf"a\.pt: .*{reason}|{reason}"):
        autograd.load(tmp_path / "a.pt")


# -- what would fill the memory, or hold what is no number -----------------------------------------------------------------

_reconstruct, _frombuffer = (Name(f.__module__, f.__name__) for f in (np.empty(1).__reduce_ex__(p)[0] for p in (4, 5)))
ARRAY, DTYPE = Name("numpy", "ndarray"), Name("numpy", "dtype")
REBUILT, TENSOR = Name("autograd.tensor", "rebuilt"), Name("autograd.tensor", "Tensor")
HUGE = 1 << 40


def dtype(code, state=None):
    return Call(DTYPE, code, False, True, state=state)


def array(shape, code, content, dtype_state=None):
    return Call(_reconstruct, ARRAY, (0,), b"b", state=(1, shape, dtype(code, dtype_state), False, content))


HARMFUL = {
    "objects": array((1,), "O", [1]),
    "objects in a tensor": Call(REBUILT, TENSOR, array((1,), "O", [[1]]), False),
    "records": array((1,), "i4,i4", bytes(8)),
    "objects in a record": array((1,), "V8", bytes(8), (3, "|", None, ("a",), {"a": (dtype("O"), 0)}, 8, 1, 63)),
    "objects by flags": array((1,), "i8", bytes(8), (3, "<", None, None, None, -1, -1, 63)),
    "wider by state": array((1,), "U1", bytes(4), (3, "<", None, None, None, HUGE, 4, 8)),
    "array of no content": array((HUGE,), "f4", b""),
    "array of a giant shape": array((HUGE, HUGE), "f4", bytes(8)),
    "array of a negative shape": array((-1, -2), "f4", bytes(8)),
    "array that begins giant": Call(_reconstruct, ARRAY, (HUGE,), b"b"),
    "array of a subclass": Call(_reconstruct, TENSOR, (0,), b"b"),
    "array called": Call(ARRAY, (HUGE,)),
    "tensor called": Call(TENSOR, HUGE),
    "tensor of an array class": Call(REBUILT, ARRAY, array((1,), "f4", bytes(4)), False),
    "tensor of text": Call(REBUILT, TENSOR, array((1,), "U1", bytes(4)), False),
    "tensor of a number": Call(REBUILT, TENSOR, 3, False),
    "tensor of bytes": Call(REBUILT, TENSOR, b"abc", False),
    "bytearray": Call(Name("builtins", "bytearray"), HUGE),
    "codec": Call(Name("_codecs", "encode"), "a" * 10, "idna"),
    "scalar of objects": Call(Name(np.float32(0).__reduce__()[0].__module__, "scalar"), dtype("O"), [1]),
    "scalar of a giant": Call(Name(np.float32(0).__reduce__()[0].__module__, "scalar"), dtype("S1000000000"), b""),
    "view of objects": Call(_frombuffer, bytes(8), dtype("O"), (1,), "C"),
    "view of a list": Call(_frombuffer, [1], dtype("i8"), (1,), "C"),
    "state of a set": Call(Name("builtins", "set"), [1], state={"a": 1}),
    "data of a tensor": Call(REBUILT, TENSOR, array((1,), "f4", bytes(4)), False, state=(None, {"_data": 3})),
    "a dtype of all": Call(Name("torch", "float32"), state=(3, ">", None, None, None, -1, -1, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_files_are_refused_before_they_are_expanded(name, tmp_path):
    archive(tmp_path / "a.pt", [HARMFUL[name]])
    tracemalloc.start()
    try:
        with pytest.raises(UnpicklingError, match=r"a\.pt: ") as caught:
            autograd.load(tmp_path / "a.pt")
        assert tracemalloc.get_traced_memory()[1] < 1 << 23
    finally:
        tracemalloc.stop()
    assert not isinstance(caught.value.__cause__, MemoryError)
    assert np.dtype("f4").isnative


PROGRAMS = {
    "bytearray8": pickle.BYTEARRAY8 + HUGE.to_bytes(8, "little") + b"a.",
    "bytes8": pickle.BINBYTES8 + HUGE.to_bytes(8, "little") + b"a.",
    "text8": pickle.BINUNICODE8 + HUGE.to_bytes(8, "little") + b"a.",
    "frame": pickle.FRAME + HUGE.to_bytes(8, "little") + b"N",
    "long4": pickle.LONG4 + (0x7FFFFFFF).to_bytes(4, "little") + b"a.",
    "memo": b"]r\xff\xff\xff\xff" + b"0N",
    "instance": b"(ibuiltins\nset\n.",
    "object": b"(cbuiltins\nset\no.",
    "extension": b"\x82\x01.",
    "new array": b"cnumpy\nndarray\n((J\xff\xff\xff\x7ftt\x81.",
    "new bytearray": b"cbuiltins\nbytearray\n(J\xff\xff\xff\x7ft\x81.",
    "new by keywords": b"cbuiltins\nset\n()}\x92.",
    "elements given twice": pickle.dumps(np.ones(3), 4)[:-1] + pickle.dumps(np.ones(3).__reduce_ex__(4)[2], 4)[2:-1] + b"b.",
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_harmful_programs_are_refused(name, tmp_path):
    (tmp_path / "a.pt").write_bytes(b"\x80\x04" + PROGRAMS[name])
    tracemalloc.start()
    try:
        with pytest.raises(UnpicklingError, match=r"a\.pt: "):
            autograd.load(tmp_path / "a.pt")
        assert tracemalloc.get_traced_memory()[1] < 1 << 23
    finally:
        tracemalloc.stop()


def test_bombs_are_refused_before_they_are_expanded(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "ALWAYS_EXPANDED", 1 << 22)
    for suffix, member in ((".pt", "a/data.pkl"), (".npz", "w.npy")):
        for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            path = tmp_path / f"bomb{suffix}"
            with zipfile.ZipFile(path, "w", method) as file, file.open(member, "w", force_zip64=True) as content:
                for _ in range(16):
                    content.write(bytes(1 << 20))
            tracemalloc.start()
            try:
                with pytest.raises(UnpicklingError, match=rf"bomb{suffix}: .*(expand|compressed by)"):
                    autograd.load(path)
                assert tracemalloc.get_traced_memory()[1] < 1 << 21
            finally:
                tracemalloc.stop()


def test_a_member_expands_to_its_size_and_no_further(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("w.npy", bytes(1 << 25))
    content = (tmp_path / "a.npz").read_bytes().replace((1 << 25).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    (tmp_path / "a.npz").write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(UnpicklingError, match="damaged"):
            autograd.load(tmp_path / "a.npz")
        assert tracemalloc.get_traced_memory()[1] < 1 << 23
    finally:
        tracemalloc.stop()


# -- what the user admits ----------------------------------------------------------------------------------------------------


class Config:
    def __init__(self, width):
        self.width = width


def saved(obj):
    file = io.BytesIO()
    autograd.save(obj, file)
    file.seek(0)
    return file


def test_classes_are_admitted_within_a_block():
    assert autograd.serialization.safe_globals is safe_globals
    with safe_globals([Config]):
        assert get_safe_globals() == [Config]
        assert autograd.load(saved(Config(3))).width == 3
    assert get_safe_globals() == []
    with pytest.raises(UnpicklingError, match=rf"names {__name__}\.Config.*safe_globals.*weights_only=False"):
        autograd.load(saved(Config(3)))
    with pytest.raises(KeyError), safe_globals([Config]):
        raise KeyError
    assert get_safe_globals() == []
    add_safe_globals([Config])
    try:
        with safe_globals([codecs.decode]):
            assert get_safe_globals() == [Config, codecs.decode]
        assert get_safe_globals() == [Config]
    finally:
        clear_safe_globals()


def test_a_class_is_admitted_under_the_name_that_a_file_has():
    file = io.BytesIO(b"\x80\x02cold.module\nConfig\n)\x81}X\x05\x00\x00\x00widthK\x07sb.")
    with safe_globals([(Config, "old.module.Config")]):
        assert autograd.load(file).width == 7
        assert get_safe_globals() == [(Config, "old.module.Config")]


def test_whole_modules_load_when_trusted_or_admitted(tmp_path):
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.ReLU())
    autograd.save(model, tmp_path / "a.pt")
    with pytest.raises(UnpicklingError, match=r"a\.pt: .*names nn\..*Sequential.*safe_globals.*weights_only=False"):
        autograd.load(tmp_path / "a.pt")
    x = autograd.randn(4, 3)
    with safe_globals([nn.Sequential, nn.Linear, nn.BatchNorm1d, nn.ReLU]):
        admitted = autograd.load(tmp_path / "a.pt")
    for other in (admitted, autograd.load(tmp_path / "a.pt", weights_only=False)):
        assert isinstance(other, nn.Sequential)
        np.testing.assert_array_equal(other.eval()(x).detach(), model.eval()(x).detach())
        assert all(p.requires_grad for p in other.parameters())


def test_a_trusted_file_may_use_another_pickle():
    import pickle as other

    file = io.BytesIO()
    autograd.save(Config(3), file, pickle_module=other)
    file.seek(0)
    assert autograd.load(file, pickle_module=other, weights_only=False).width == 3


def test_the_unpickler_is_the_one_in_python():
    assert DataUnpickler.__mro__[1].__module__ == "pickle" and "_pickle" not in sys.modules[DataUnpickler.__module__].__dict__
