"""Public names lead to their modules wherever these live, and files from before a move can be read."""

import base64
import io
import pickle
import sys
from importlib import import_module

import pytest

import autograd
import nn
from autograd.places import PLACES

# Pickled when every module lay directly in autograd/: an OrderedDict of tensors, a Parameter, a Size and a device; a Generator.
STATE = (
    b"fCQC~0RR910001t3uA9=Y-M9~X>V?Gl#B~ca%5$4Wn@HYV|0|0lqph_D2xGjl#CByb#!lMa$#gHbY*UHZ*r832XbX%b!lvLl#`Tb1&jt%Wo~nC"
    b"a+H&lj23QnZE$%mUt@1_WiD-XY;<X1a&lpLl#C2ta%E$0ZgX^Ubz^jtla!1FZgp*Nd6bL?Ze(F{a$$LtlaxyUg_J`9Vw8uJQj{o50ZRgflxPi%"
    b"1!Q!2aAlN}l#BvqG?a;mhm=y3C`$v30X&pWPEJby|Ns9=|NsC0O8|6~Vu?ct006*00000$lysD0h=-I?l#B#(X?kUpXa$S}Q)zl-l#`T80!ssi"
    b"l!cUml#B*sWp-&}Wt5B%VRdwGXL4a=E@WkPX=7z`lxQZClqrFfPJNUpj0I_KWMz1iPK*R}d2nTvj00nEb(D36lwynlaFl2Vj0|pWE^uLTVQpn}"
    b"Wpb2^2~c5jVQpn}Wpb30lxPfS4@&@rlxPu$lv0!^O94v(g_LL+i9-Yc0DwP~bd+L<hm=y3buI"
)  # fmt: skip
GENERATOR = (
    b"fCQBv0ssI20001t5@B_8Z)b90WG-iAZe?;|bZ>H$j0s0&Ze?;|bZ>H$lawielzo&aj0InFWo2ZPO9PArZgp*Nd6bM4Zgp*Nc`kBcZe(w5E?;nI"
    b"V{2?>l#CExUuR`*WpZJ3Z*pH_bZ>H$lay!&j1*sAVrg_=XJu|>a$$6Da$jR~Z*r8Al#CN@b!~8YE^=XRWN&RQUvOh*HZ+us1yDmrHZ+uzl!cU1"
    b"lzo&aj16LGbYEv>Ze?;|bZ>H$j0I3bM>aH+j0JOaVRU7beUvC@6p9g-SYYpZCika}4{Oo=Xp8dzj00(IW0Z;!AHHhFi;LJUT61>-7CZ!}0CkKC"
    b"Xkl|-b!l#NGcuG*0E`HAX>N37XJvAfO8|9@8g6xMaCt6rVQyq^Z7yPIbYEv>Ze?;|bZ>H$j2mBHaCvxNb#8EJV{2?>UsGjeWK(5vb!Bd2Wt5YY"
    b"Xc>$QQ)OjjQ)O{=Wo~0-l#`T7BBJU8PKT6IlqiY@0nwcCFg;5Ej23QnZE$%mUt@1_WiD-XY;<X1a&lpLl#C2ta%E$0ZgX^Ubz^jtlay!%j0bLH"
    b"VRCX|d6bisO8|wGLjhuxhm=y3C`$oL1cj7n28;z{ba`-Pl#`T<0(CT$iHL`kQj{o51B?MYluk}gO8@`=|4RS=|Nlz>bd+L=LlBVT6)ah=Q_bl`"
    b"Y&O=C;@p&UlwwN+DRh)#hLmE3lv0#+VlD"
)  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_a_module_is_one_under_both_its_names(name):
    public = import_module(f"autograd.{name}")
    assert public is import_module(PLACES[name], "autograd") is sys.modules[f"autograd.{name}"]
    assert getattr(autograd, name) is public


def test_a_module_inside_a_moved_package_is_one_as_well():
    from autograd.cuda.amp import GradScaler

    assert import_module("autograd.torch.cuda.amp") is import_module("autograd.cuda.amp")
    assert autograd.torch.cuda.amp.GradScaler is GradScaler


def test_what_is_not_there_is_an_import_error_that_names_it():
    for name in ("autograd.cuda.nothing", "autograd.nothing"):
        with pytest.raises(ModuleNotFoundError, match="nothing"):
            import_module(name)
    with pytest.raises(AttributeError, match="nothing"):
        autograd.nothing  # noqa: B018


@pytest.mark.parametrize("load", [lambda data: pickle.loads(data), lambda data: autograd.load(io.BytesIO(data))])
def test_an_old_pickle_is_read(load):
    state = load(base64.b85decode(STATE))
    assert state["w"].tolist() == [1.5, 2.0] and state["w"].requires_grad
    assert state["size"] == (2, 3) and state["device"] == autograd.device("cpu")
    assert isinstance(state["p"], nn.Parameter)


def test_an_old_generator_goes_on_where_it_was():
    old = pickle.loads(base64.b85decode(GENERATOR))
    new = autograd.Generator().manual_seed(3)
    assert autograd.equal(autograd.rand(4, generator=old), autograd.rand(4, generator=new))


def test_a_tensor_is_pickled_under_its_public_name():
    assert b"autograd.tensor.tensor" not in pickle.dumps([autograd.ones(2), autograd.ones(2).shape], 0)
