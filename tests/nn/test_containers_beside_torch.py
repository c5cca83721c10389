"""Odd forms of the containers, run as the same lines in both libraries: what they hold, in which order, their text, errors."""

from collections import OrderedDict

import pytest

import autograd
import nn
from autograd.errors import GradloomError

torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

LISTS = """
nn.ParameterList()
nn.ParameterList([ones(2), "text", 3, None])
nn.ParameterList([nn.Parameter(ones(2)), ones(3).requires_grad_()])
nn.ParameterList([ones(2)])
nn.ParameterList(x for x in [ones(1), ones(2)])
nn.ParameterList(nn.ParameterList([ones(1)]))
nn.ParameterList([nn.ParameterList([ones(1)]), nn.ParameterDict({"a": ones(2)}), nn.Linear(1, 2)])
nn.ParameterList([nn.ParameterList([nn.ParameterList([ones(1), 2]), ones(3)])])
nn.ParameterList([[ones(1)], (ones(1),), {"a": ones(1)}])
nn.ParameterList([ones(1), 1, ones(2)])[1:]
nn.ParameterList([ones(1), 1, ones(2)])[-1]
nn.ParameterList([ones(1), 1])[5]
nn.ParameterList([ones(1), 1]).append(ones(3)).extend([2, ones(1)])
nn.ParameterList(3)
nn.ParameterList(ones(2))
nn.ParameterList([ones(1)]).extend(ones(2))
nn.ParameterList([ones(1)])()
m = nn.ParameterList([ones(1), 1]); m[0] = ones(3); m[1] = "text"; m
m = nn.ParameterList([1]); m[0] = ones(3); m
m = nn.ParameterList([ones(1)]); m[0] = "text"
m = nn.ParameterList([ones(1)]); m[3] = ones(1)
m = nn.ParameterList([ones(1)]); m += [ones(2), 5]; m
len(nn.ParameterList([1, 2, ones(1)]))
list(nn.ParameterList([1, "a"]))
nn.ParameterList([autograd.tensor([1, 2])])
nn.ParameterList([nn.Buffer(ones(2))])
nn.ModuleList()
nn.ModuleList([nn.ReLU(), None])
nn.ModuleList([nn.ReLU(), 3])
nn.ModuleList(3)
nn.ModuleList(nn.ModuleList([nn.ReLU()]))
nn.ModuleList([nn.ModuleList([nn.Linear(1, 1)] * 2)] * 3)
nn.ModuleList({"a": nn.ReLU()}.values())
nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.Sigmoid()])[::2]
nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.Sigmoid()])[-1]
nn.ModuleList([nn.ReLU()])[2]
nn.ModuleList([nn.ReLU()])["0"]
nn.ModuleList([nn.ReLU()])(ones(1))
nn.ModuleList([nn.ReLU()]) + [nn.Tanh()]
nn.ModuleList([nn.ReLU()]) + nn.ModuleList([nn.Tanh()])
nn.ModuleList([nn.ReLU()]).extend(3)
m = nn.ModuleList([nn.ReLU(), nn.Tanh()]); m.insert(1, nn.Sigmoid()); m
m = nn.ModuleList([nn.ReLU(), nn.Tanh()]); del m[0]; m
m = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.ELU()]); del m[::2]; m
m = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.ELU()]); (str(m.pop(1)), str(m))
m = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.ELU()]); m[1] = nn.CELU(); m[-1] = nn.SELU(); m
m = nn.ModuleList([nn.ReLU()]); m += [nn.Tanh()]; m
list(reversed(nn.ModuleList([nn.ReLU(), nn.Tanh()])))
nn.Sequential(nn.ReLU(), 3)
nn.Sequential([nn.ReLU()])
nn.Sequential(OrderedDict(a=nn.ReLU()))["a"]
nn.Sequential(nn.ReLU(), nn.Tanh())[0:1]
nn.Sequential(nn.ReLU()) + nn.Sequential(nn.Tanh())
nn.Sequential(nn.ReLU()) + nn.ReLU()
nn.Sequential(nn.ReLU()) * 2
nn.Sequential(nn.ReLU()) * 0
nn.Sequential(nn.ReLU()) * 1.5
m = nn.Sequential(OrderedDict(a=nn.ReLU(), b=nn.Tanh())); m.append(nn.ELU()); m
m = nn.Sequential(nn.ReLU(), nn.Tanh()); m.insert(1, nn.ELU()); m
m = nn.Sequential(nn.ReLU(), nn.Tanh()); m.extend([nn.ELU()]); m
m = nn.Sequential(nn.ReLU(), nn.Tanh()); m.pop(0); m
m = nn.Sequential(nn.ReLU(), nn.Tanh()); m *= 2; m
m = nn.Sequential(nn.ReLU()); m += nn.Sequential(nn.Tanh()); m
"""

DICTIONARIES = """
nn.ParameterDict()
nn.ParameterDict({"b": ones(2), "a": 3, "c": "text"})
nn.ParameterDict(OrderedDict(b=ones(2), a=3))
nn.ParameterDict([("b", ones(2)), ("a", None)])
nn.ParameterDict([["b", ones(2)]])
nn.ParameterDict([("b",)])
nn.ParameterDict([("b", 1, 2)])
nn.ParameterDict([3])
nn.ParameterDict(3)
nn.ParameterDict({1: ones(1)})
nn.ParameterDict(nn.ParameterDict({"z": ones(1), "a": ones(2)}))
nn.ParameterDict({"a": nn.ParameterDict({"b": ones(1)}), "c": nn.ParameterList([ones(1)]), "d": nn.Linear(1, 1)})
nn.ParameterDict({"a": {"b": ones(1)}})
nn.ParameterDict({"a": ones(1)})["b"]
nn.ParameterDict({"a": ones(1)}).get("b")
nn.ParameterDict({"a": ones(1)}).get("b", 3)
nn.ParameterDict({"a": ones(1)})("a")
nn.ParameterDict({"a": 1, "b": 2}).popitem()
nn.ParameterDict({"a": 1, "b": 2}).pop("a")
nn.ParameterDict({"a": 1, "b": 2}).pop("c")
nn.ParameterDict({"a": ones(1)}).setdefault("b", ones(2))
nn.ParameterDict({"a": ones(1)}).setdefault("a", ones(2))
nn.ParameterDict({"a": ones(1)}).copy()
nn.ParameterDict().fromkeys(["a", "b"], 3)
nn.ParameterDict({"a": 1}) | nn.ParameterDict({"b": ones(2)})
list(reversed(nn.ParameterDict({"a": 1, "b": 2})))
list(nn.ParameterDict({"a": 1, "b": 2}).keys())
list(nn.ParameterDict({"a": 1, "b": 2}).values())
list(nn.ParameterDict({"a": 1, "b": 2}).items())
"a" in nn.ParameterDict({"a": 1, "b": 2})
m = nn.ParameterDict({"a": ones(1)}); m["b"] = ones(2); m["a"] = ones(3); m
m = nn.ParameterDict({"a": ones(1)}); m["a"] = 3
m = nn.ParameterDict({"a": ones(1)}); del m["a"]; m
m = nn.ParameterDict({"a": ones(1)}); del m["b"]
m = nn.ParameterDict({"a": ones(1)}); m.clear(); m
m = nn.ParameterDict({"a": 1}); m |= nn.ParameterDict({"b": 2}); m
m = nn.ParameterDict({"a": ones(2)}); m.b = ones(3); m.c = nn.Parameter(ones(1)); (len(m), str(m))
nn.ModuleDict()
nn.ModuleDict({"b": nn.ReLU(), "a": nn.Tanh()})
nn.ModuleDict([("b", nn.ReLU()), ("a", None)])
nn.ModuleDict([("b",)])
nn.ModuleDict([3])
nn.ModuleDict(3)
nn.ModuleDict({"a": 3})
nn.ModuleDict({1: nn.ReLU()})
nn.ModuleDict({"a.b": nn.ReLU()})
nn.ModuleDict({"": nn.ReLU()})
nn.ModuleDict({"a": nn.ReLU()})["b"]
nn.ModuleDict({"a": nn.ReLU()}).pop("b")
nn.ModuleDict({"a": nn.ReLU()})(ones(1))
nn.ModuleDict({"a": nn.ModuleDict({"b": nn.ModuleList([nn.ReLU()])})})
nn.ModuleDict(nn.ModuleDict({"a": nn.ReLU()}))
nn.ModuleDict({"keys": nn.ReLU()})
nn.ModuleDict({"type": nn.ReLU()})
m = nn.ModuleDict({"a": nn.ReLU()}); m["a"] = None; (len(m), str(m))
m = nn.ModuleDict({"a": nn.ReLU()}); m.update({"b": nn.Tanh()}); m.update([("c", nn.ELU())]); m
m = nn.ModuleDict({"a": nn.ReLU(), "b": nn.Tanh()}); (str(m.pop("a")), list(m.keys()), "b" in m, len(m))
m = nn.ModuleDict({"a": nn.ReLU()}); m.clear(); m
"""


def outcome(library, layers, line):
    scope = {"nn": layers, "ones": library.ones, "autograd": library, "OrderedDict": OrderedDict}
    *before, last = line.split("; ")
    try:
        exec("\n".join(before), scope)
        if " = " in last or " += " in last or last.startswith("del "):
            exec(last, scope)
            return None
        found = eval(last, scope)
        if isinstance(found, layers.Module):
            state = [(k, tuple(v.shape)) for k, v in found.state_dict().items()]
            return repr(found), state, [k for k, _ in found.named_modules()]
        return str(found).replace("torch.", "")
    except Exception as error:
        return error


@pytest.mark.parametrize("line", [*LISTS.strip().splitlines(), *DICTIONARIES.strip().splitlines()])
def test_container(line):
    wanted, found = outcome(torch, torch.nn, line), outcome(autograd, nn, line)
    if isinstance(wanted, Exception):
        assert isinstance(found, GradloomError | NotImplementedError), f"{found!r}, torch {wanted!r}"
        assert isinstance(found, type(wanted)) or isinstance(wanted, AttributeError), f"{found!r}, torch {wanted!r}"
    else:
        assert found == wanted
