"""Groups, state, hooks, gradients that are missing, memory that is shared: what all optimizers have in common."""

import copy
import pickle

import numpy as np
import pytest

import autograd
import optim
from autograd.errors import ArgumentError
from optim import bundle
from optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

EVERY = ["SGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adagrad", "Adadelta", "RMSprop", "Rprop", "ASGD", "Muon"]
EXTRA = {"SGD": {"momentum": 0.9}, "RMSprop": {"momentum": 0.9, "centered": True}, "Adam": {"amsgrad": True}}


def make(name, params, **options):
    return getattr(optim, name)(params, **{"lr": 0.01, **EXTRA.get(name, {}), **options})


def leaves(*shapes, dtype="float64", seed=0):
    rng = np.random.default_rng(seed)
    return [autograd.from_numpy(rng.standard_normal(s).astype(dtype)).requires_grad_() for s in shapes]


def give_gradients(params, step):
    for k, p in enumerate(params):
        raw = np.cos(np.asarray(p.detach()) * (k + 1) + step)
        p.grad = autograd.from_numpy(np.asarray(raw, raw.dtype))


def train(opt, params, steps, first=0):
    for step in range(first, first + steps):
        give_gradients(params, step)
        opt.step()


def values(params):
    return [np.asarray(p.detach()).copy() for p in params]


def assert_equal(some, others):
    for a, b in zip(some, others, strict=True):
        np.testing.assert_array_equal(a, b)


SHAPES = [(3, 4), (2, 5), (6, 1)]


@pytest.mark.parametrize("name", EVERY)
def test_state_survives_deepcopy_pickle_and_a_dictionary(name):
    params = leaves(*SHAPES)
    opt = make(name, params)
    train(opt, params, 7)
    copied, copied_params = copy.deepcopy((opt, params))
    pickled, pickled_params = pickle.loads(pickle.dumps((opt, params)))
    loaded_params = [p.detach().clone().requires_grad_() for p in params]
    loaded = make(name, loaded_params, lr=5.0)
    loaded.load_state_dict(copy.deepcopy(opt.state_dict()))
    train(opt, params, 6, first=7)
    for other, other_params in ((copied, copied_params), (pickled, pickled_params), (loaded, loaded_params)):
        train(other, other_params, 6, first=7)
        assert_equal(values(params), values(other_params))


@pytest.mark.parametrize("name", EVERY)
def test_gathered_and_separate_parameters_go_the_same_way(name, monkeypatch):
    together = leaves(*SHAPES)
    train(make(name, together), together, 8)
    monkeypatch.setattr("optim.elementwise.SMALL", 0)
    apart = leaves(*SHAPES)
    train(make(name, apart), apart, 8)
    assert_equal(values(together), values(apart))


@pytest.mark.parametrize("name", EVERY)
def test_a_parameter_without_gradient_is_left_out(name):
    params, reference = leaves(*SHAPES), leaves(*SHAPES)
    opt, single = make(name, params), [make(name, [p]) for p in reference]
    missing = {2: [0], 3: [1], 4: [0, 1, 2], 5: [2], 7: [0, 2]}
    for step in range(10):
        for group, members in ((params, [opt]), (reference, single)):
            give_gradients(group, step)
            for k in missing.get(step, []):
                group[k].grad = None
            for member in members:
                member.step()
        assert_equal(values(params), values(reference))


def test_state_begins_with_the_first_gradient():
    params = leaves((2,), (3,))
    opt = optim.Adam(params)
    give_gradients(params[:1], 0)
    opt.step()
    assert list(opt.state_dict()["state"]) == [0]
    give_gradients(params, 1)
    opt.step()
    assert [int(s["step"]) for s in opt.state_dict()["state"].values()] == [2, 1]
    assert opt.state[params[0]]["step"].dtype == autograd.float32
    assert tuple(opt.state[params[0]]["step"].shape) == ()
    assert not opt.state[params[0]]["exp_avg"].requires_grad


def test_sgd_without_momentum_remembers_nothing():
    params = leaves((2,), (3,))
    opt = optim.SGD(params, lr=0.1)
    train(opt, params, 2)
    assert not opt.state_dict()["state"]


def test_options_may_change_between_steps():
    params, other = leaves((2,), (3,)), leaves((2,), (3,))
    opt, reference = optim.SGD(params, lr=0.1), optim.SGD(other, lr=0.1)
    train(opt, params, 3)
    train(reference, other, 3)
    for o in (opt, reference):
        o.param_groups[0].update(lr=0.01, momentum=0.9)
    train(opt, params, 3, first=3)
    fresh = optim.SGD(other, lr=0.01, momentum=0.9)
    train(fresh, other, 3, first=3)
    assert_equal(values(params), values(other))
    opt.param_groups[0]["momentum"] = 0
    train(opt, params, 1, first=6)
    assert "momentum_buffer" in opt.state[params[0]]


def test_state_and_parameters_may_be_replaced_and_changed():
    params = leaves((2,), (3,))
    opt = optim.SGD(params, lr=0.1, momentum=0.9)
    train(opt, params, 3)
    params[0].data = autograd.zeros(2, dtype=autograd.float64)
    opt.state[params[0]]["momentum_buffer"] = autograd.ones(2, dtype=autograd.float64)
    np.asarray(opt.state[params[1]]["momentum_buffer"])[...] = 2.0
    before = values(params)
    for p in params:
        p.grad = autograd.zeros(*p.shape, dtype=autograd.float64)
    opt.step()
    after = values(params)
    np.testing.assert_allclose(after[0] - before[0], -0.1 * 0.9 * 1)
    np.testing.assert_allclose(after[1] - before[1], -0.1 * 0.9 * 2)
    opt.state.clear()
    opt.step()
    assert_equal(after, values(params))


def test_memory_seen_from_outside_is_updated():
    array = np.ones((2, 3))
    p = autograd.from_numpy(array).requires_grad_()
    view = autograd.from_numpy(array.T[:, :1]).requires_grad_()  # strided, and shares memory with p
    opt = optim.SGD([p, view], lr=1.0)
    p.grad, view.grad = autograd.ones(2, 3, dtype=autograd.float64), autograd.ones(3, 1, dtype=autograd.float64)
    opt.step()
    np.testing.assert_array_equal(array, [[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0]])


def test_transposed_parameters_and_gradients():
    raw = np.arange(6.0).reshape(2, 3)
    p = autograd.from_numpy(raw.copy().T).requires_grad_()
    q = autograd.from_numpy(raw.T.copy()).requires_grad_()
    for t in (p, q):
        t.grad = autograd.from_numpy(raw.copy().T)
        optim.Adam([t], lr=0.1).step()
    assert_equal(values([p]), values([q]))


def test_dtypes_may_be_mixed():
    a, b = leaves((3,))[0], leaves((3,), dtype="float32")[0]
    opt = optim.Adam([a, b])
    train(opt, [a, b], 3)
    assert (opt.state[a]["exp_avg"].dtype, opt.state[b]["exp_avg"].dtype) == (autograd.float64, autograd.float32)
    assert (a.dtype, b.dtype) == (autograd.float64, autograd.float32)


def test_groups_have_their_own_options():
    a, b = leaves((2,), (2,))
    opt = optim.SGD([{"params": [a], "lr": 0.5}, {"params": b}], lr=0.1)
    before = values([a, b])
    a.grad = b.grad = autograd.ones(2, dtype=autograd.float64)
    opt.step()
    np.testing.assert_allclose([x - y for x, y in zip(before, values([a, b]), strict=True)], [[0.5] * 2, [0.1] * 2])
    c = leaves((2,))[0]
    opt.add_param_group({"params": c, "lr": 1.0})
    c.grad = autograd.ones(2, dtype=autograd.float64)
    before = values([c])
    opt.step()
    np.testing.assert_allclose(before[0] - values([c])[0], 1.0)
    assert [g["params"] for g in opt.state_dict()["param_groups"]] == [[0], [1], [2]]


def replace_option(opt, params):
    opt.param_groups[0]["lr"] = 0.5


def put_a_number_in_the_place_of_a_tensor(opt, params):
    opt.param_groups[0]["lr"] = autograd.tensor(0.01, dtype=autograd.float64)
    yield
    opt.param_groups[0]["lr"].fill_(0.25)


def move_a_parameter(opt, params):
    params[0].data = params[0].detach() * 2


def exchange_a_parameter(opt, params):
    new = (params[1].detach() * 2).requires_grad_()
    opt.param_groups[0]["params"][1] = params[1] = new


def drop_a_parameter(opt, params):
    opt.param_groups[0]["params"].pop()


def forget_the_state(opt, params):
    opt.state.clear()


def exchange_a_state(opt, params):
    opt.state[params[0]] = {name: t.clone() * 3 for name, t in opt.state[params[0]].items()}


def exchange_a_moment(opt, params):
    opt.state[params[0]]["exp_avg"] = opt.state[params[0]]["exp_avg"] * 3


def move_a_moment(opt, params):
    opt.state[params[0]]["exp_avg"].data = opt.state[params[0]]["exp_avg"] * 3


def count_again(opt, params):
    opt.state[params[0]]["step"].fill_(0)


def note_something(opt, params):
    opt.state[params[0]]["note"] = "seen"


CHANGES = [
    replace_option,
    put_a_number_in_the_place_of_a_tensor,
    move_a_parameter,
    exchange_a_parameter,
    drop_a_parameter,
    forget_the_state,
    exchange_a_state,
    exchange_a_moment,
    move_a_moment,
    count_again,
    note_something,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_between_two_steps_is_seen(change):
    """A step after others, which looks only for what changed, does what the first step of a new optimizer does."""

    def run(anew):
        params = leaves((3,), (2, 2), (4,))
        opt = optim.Adam(params, lr=0.01)
        for step in range(6):
            if step == 3:
                steps = change(opt, params)
            if step >= 3 and steps is not None:
                next(steps, None)
            if anew:
                opt._layouts, opt._unchanged = (), None
            give_gradients(params, step)
            opt.step()
        return values(params)

    assert_equal(run(anew=False), run(anew=True))


def test_many_parameters_are_split_over_buffers(monkeypatch):
    monkeypatch.setattr("optim.elementwise.BUFFER", 10)
    params, reference = leaves(*[(4,)] * 7), leaves(*[(4,)] * 7)
    opt = optim.Adam(params)
    train(opt, params, 3)
    assert [len(b.params) for b in opt._layouts[0].made] == [2, 2, 2, 1]
    monkeypatch.undo()
    train(optim.Adam(reference), reference, 3)
    assert_equal(values(params), values(reference))


def test_a_closure_is_called_with_recording_on():
    x = leaves((2,))[0]
    opt = optim.SGD([x], lr=0.1)

    def closure():
        opt.zero_grad()
        loss = (x * x).sum()
        loss.backward()
        return loss

    with autograd.no_grad():
        loss = opt.step(closure)
    assert loss.requires_grad
    assert x.grad is not None


def test_zero_grad():
    x = leaves((2,))[0]
    opt = optim.SGD([x], lr=0.1)
    (x * x).sum().backward()
    held = x.grad
    opt.zero_grad(set_to_none=False)
    assert x.grad.tolist() == [0.0, 0.0]
    assert np.shares_memory(np.asarray(held), np.asarray(x.grad))
    opt.zero_grad()
    assert x.grad is None


def test_a_backward_through_old_values_names_the_step():
    x = leaves((2,))[0]
    opt = optim.SGD([x], lr=0.1)
    y = x * x
    x.grad = autograd.ones(2, dtype=autograd.float64)
    opt.step()
    with pytest.raises(RuntimeError, match=r"SGD\.step.*test_optimizer\.py"):
        y.sum().backward()


def test_hooks():
    x = leaves((2,))[0]
    x.grad = autograd.ones(2, dtype=autograd.float64)
    opt = optim.SGD([x], lr=0.1)
    seen = []
    handles = [
        register_optimizer_step_pre_hook(lambda o, args, kwargs: seen.append("global pre")),
        opt.register_step_pre_hook(lambda o, args, kwargs: seen.append("pre")),
        opt.register_step_post_hook(lambda o, args, kwargs: seen.append("post")),
        register_optimizer_step_post_hook(lambda o, args, kwargs: seen.append("global post")),
    ]
    opt.step()
    assert seen == ["global pre", "pre", "post", "global post"]
    for handle in handles:
        handle.remove()
    opt.step()
    assert len(seen) == 4
    called = []
    with opt.register_step_pre_hook(lambda o, args, kwargs: ((lambda: called.append(1),), {})):
        opt.step()
    assert called == [1]
    with opt.register_step_pre_hook(lambda o, args, kwargs: 3), pytest.raises(RuntimeError, match="pre-hook"):
        opt.step()


def test_state_dict_hooks():
    x = leaves((2,))[0]
    opt = optim.SGD([x], lr=0.1)
    order = []
    opt.register_state_dict_pre_hook(lambda o: order.append("second"))
    opt.register_state_dict_pre_hook(lambda o: order.append("first"), prepend=True)
    opt.register_state_dict_post_hook(lambda o, d: {**d, "extra": 1})
    opt.register_load_state_dict_pre_hook(lambda o, d: order.append(d["extra"]))
    opt.register_load_state_dict_post_hook(lambda o: order.append("loaded"))
    opt.load_state_dict(opt.state_dict())
    assert order == ["first", "second", 1, "loaded"]


def test_hooks_run_once_where_a_step_calls_its_parents():
    class Twice(optim.SGD):
        def step(self, closure=None):
            super().step(closure)
            return super().step()

    x = leaves((2,))[0]
    x.grad = autograd.ones(2, dtype=autograd.float64)
    opt, seen = Twice([x], lr=0.1), []
    opt.register_step_post_hook(lambda *args: seen.append(1))
    before = values([x])[0]
    opt.step()
    assert seen == [1]
    np.testing.assert_allclose(before - values([x])[0], 0.2)


def test_named_parameters():
    a, b = leaves((2,), (2,))
    opt = optim.SGD([("a", a), ("b", b)], lr=0.1)
    assert opt.param_groups[0]["param_names"] == ["a", "b"]
    assert opt.state_dict()["param_groups"][0]["param_names"] == ["a", "b"]
    with pytest.raises(ValueError, match="names"):
        opt.add_param_group({"params": leaves((2,))})
    with pytest.raises(ValueError, match="names"):
        optim.SGD([("a", a), b], lr=0.1)


def test_repr_shows_the_options():
    text = repr(optim.SGD(leaves((2,)), lr=0.1))
    assert text.startswith("SGD (\nParameter Group 0\n    dampening: 0\n")
    assert "    lr: 0.1\n" in text


def test_tensor_hyperparameters_are_read_anew():
    x = leaves((1,))[0]
    lr = autograd.tensor(0.5)
    opt = optim.SGD([x], lr=lr)
    x.grad = autograd.ones(1, dtype=autograd.float64)
    before = values([x])[0]
    opt.step()
    lr.fill_(0.25)
    opt.step()
    np.testing.assert_allclose(before - values([x])[0], 0.75)


def test_load_state_dict_casts_and_copies():
    a = leaves((3,))[0]
    source = optim.Adam([a])
    train(source, [a], 2)
    saved = source.state_dict()
    b = leaves((3,), dtype="float32")[0]
    target = optim.Adam([b])
    target.load_state_dict(saved)
    assert target.state[b]["exp_avg"].dtype == autograd.float32
    assert target.state[b]["step"].dtype == autograd.float32
    kept = np.asarray(saved["state"][0]["exp_avg"]).copy()
    train(target, [b], 1)
    np.testing.assert_array_equal(kept, np.asarray(saved["state"][0]["exp_avg"]))


@pytest.mark.parametrize(("given", "missing"), [({}, "state and no param_groups"), ({"state": {}}, "no param_groups")])
def test_load_state_dict_says_what_is_missing(given, missing):
    opt = optim.SGD(leaves((2,)), lr=0.5)
    with pytest.raises(ArgumentError, match=f"load_state_dict: .*{missing}"):
        opt.load_state_dict(given)
    assert opt.param_groups[0]["lr"] == 0.5


def stepped(name, params):
    opt = make(name, params)

    def closure():
        opt.zero_grad()
        loss = sum((p * p * p * p).sum() for p in params)
        loss.backward()
        return loss

    for _ in range(3):
        opt.step(closure)
    return opt


def snapshot(opt):
    return repr(opt.state_dict()), [id(opt.state), id(opt.param_groups), *map(id, opt.state)], values(opt._all_params())


def is_tensor(value):
    return isinstance(value, autograd.Tensor)


@pytest.mark.parametrize("name", [*EVERY, "LBFGS"])
def test_a_state_of_another_shape_is_refused_and_changes_nothing(name):
    saved = stepped(name, leaves(*SHAPES)).state_dict()
    opt = stepped(name, leaves(*SHAPES, seed=1))
    known, tried = snapshot(opt), 0
    for number, held in saved["state"].items():
        for key, value in held.items():
            if not (is_tensor(value) or isinstance(value, list)):
                continue
            whole = value if is_tensor(value) else value[0]
            size = whole.numel() if is_tensor(whole) else 1
            wrong = [
                autograd.ones(size + 1),
                autograd.ones(2, size),
                autograd.ones(0),
                autograd.ones(2, dtype=autograd.int64),
                "text",
            ]
            wrong += [whole.t(), whole.reshape(-1), whole[:1], whole[None]] if is_tensor(whole) and whole.ndim == 2 else []
            for other in wrong:
                other = other if is_tensor(value) else [*value[:-1], other]
                state = {**saved["state"], number: {**held, key: other}}
                with pytest.raises(ArgumentError, match=rf"{name}.load_state_dict: '{key}' of parameter {number} is .*shape"):
                    opt.load_state_dict({**saved, "state": state, "param_groups": [{**saved["param_groups"][0], "lr": 7.0}]})
                assert repr(snapshot(opt)) == repr(known)
                tried += 1
    assert tried > 10
    opt.load_state_dict(saved)
    assert repr(opt.state_dict()["state"]) == repr(saved["state"])


@pytest.mark.parametrize("name", [*EVERY, "LBFGS"])
def test_a_state_of_other_parameters_is_refused(name):
    saved = stepped(name, leaves((3, 4), (2, 5))).state_dict()
    names = [("first", leaves((2, 5))[0]), ("second", leaves((3, 5))[0])]
    if name in ("Muon", "SGD", "Adam", "RMSprop"):
        opt = make(name, names)
        with pytest.raises(ArgumentError, match="parameter 'first'"):
            opt.load_state_dict(saved)
    else:
        with pytest.raises(ArgumentError, match="parameter 0 is"):
            make(name, [p for _, p in names]).load_state_dict(saved)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("form", ["a number", "()", "(1,)"])
def test_counters_load_in_every_form(name, form):
    some, others = leaves(*SHAPES), leaves(*SHAPES)
    opt = stepped(name, some)
    saved = copy.deepcopy(opt.state_dict())
    for held in saved["state"].values():
        for key in set(held) & set(opt.counters):
            held[key] = {"a number": held[key].item(), "()": held[key], "(1,)": held[key].reshape(1)}[form]
    for a, b in zip(some, others, strict=True):
        b.data = a.detach().clone()
    other = make(name, others)
    other.load_state_dict(saved)
    train(opt, some, 3)
    train(other, others, 3)
    assert_equal(values(some), values(others))
    assert repr(opt.state_dict()["state"]) == repr(other.state_dict()["state"])


@pytest.mark.parametrize("name", [n for n in EVERY if n != "Muon"])
def test_one_element_fits_as_one_element(name):
    for mine, theirs in (((), (1,)), ((1,), ()), ((1, 1), (1,))):
        opt = make(name, params := leaves(mine))
        opt.load_state_dict(stepped(name, leaves(theirs)).state_dict())
        train(opt, params, 1)
        assert params[0].shape == mine
        assert all(opt.state[params[0]][key].shape == mine for key in opt.moments if key in opt.state[params[0]])


@pytest.mark.torch
@pytest.mark.parametrize("name", [*EVERY, "LBFGS"])
def test_states_of_torch_load(name, tmp_path):
    torch = pytest.importorskip("torch")
    for shapes in (SHAPES, [(1, 1)]):
        theirs = [torch.tensor(v, requires_grad=True) for v in values(leaves(*shapes))]
        reference = getattr(torch.optim, name)(theirs, **{"lr": 0.01, **EXTRA.get(name, {})})

        def closure(opt=reference, params=theirs):
            opt.zero_grad()
            loss = sum((p * p * p * p).sum() for p in params)
            loss.backward()
            return loss

        for _ in range(2):
            reference.step(closure)
        torch.save(reference.state_dict(), tmp_path / "a.pt")
        mine = [autograd.from_numpy(p.detach().numpy().copy()).requires_grad_() for p in theirs]
        opt = make(name, mine)
        opt.load_state_dict(autograd.load(tmp_path / "a.pt"))
        reference.step(closure)
        opt.step(lambda opt=opt, mine=mine: closure(opt, mine))
        for a, b in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(a.detach(), b.detach(), rtol=1e-6, atol=1e-3 if name == "Muon" else 1e-9)


def test_load_state_dict_refuses_other_groups():
    opt = optim.SGD(leaves((2,), (2,)), lr=0.1)
    with pytest.raises(ValueError, match="groups"):
        opt.load_state_dict(optim.SGD(leaves((2,)), lr=0.1).state_dict())


def test_a_state_without_newer_options_gets_their_defaults():
    x = leaves((2,))[0]
    opt = optim.AdamW([x])
    saved = opt.state_dict()
    for name in ("fused", "decoupled_weight_decay"):
        del saved["param_groups"][0][name]
    opt.load_state_dict(saved)
    assert opt.param_groups[0]["fused"] is None
    assert opt.param_groups[0]["decoupled_weight_decay"] is True


def computed():
    return leaves((2,))[0] * 2


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (TypeError, lambda: optim.SGD(leaves((2,))[0], lr=0.1)),
        (ValueError, lambda: optim.SGD([], lr=0.1)),
        (TypeError, lambda: optim.SGD([1.0], lr=0.1)),
        (TypeError, lambda: optim.SGD([{"params": set(leaves((2,)))}], lr=0.1)),
        (ValueError, lambda: optim.SGD(leaves((2,)) * 2, lr=0.1)),
        (ValueError, lambda: optim.SGD([{"params": p} for p in leaves((2,)) * 2], lr=0.1)),
        (ValueError, lambda: optim.SGD([computed()], lr=0.1)),
        (TypeError, lambda: optim.SGD(leaves((2,)), lr=0.1).add_param_group(3)),
        (NotImplementedError, lambda: optim.Optimizer(leaves((2,)), {}).step()),
        (TypeError, lambda: optim.LBFGS(leaves((2,))).step()),
        (ValueError, lambda: optim.LBFGS([{"params": p} for p in leaves((2,), (2,))])),
        (ValueError, lambda: optim.LBFGS(leaves((2,)), line_search_fn="weak")),
        (ValueError, lambda: optim.Muon(leaves((2,)))),
        (ValueError, lambda: optim.Muon(leaves((2, 2)), adjust_lr_fn="none")),
        (ValueError, lambda: optim.Muon(leaves((2, 2)), ns_steps=100)),
        (ValueError, lambda: optim.Muon(leaves((2, 2)), ns_coefficients=(1.0, 2.0))),
    ],
)
def test_what_is_refused(error, call):
    with pytest.raises(error):
        call()


BAD = [
    *[(name, {"lr": -0.1}) for name in [*EVERY, "LBFGS"]],
    *[(name, {"weight_decay": -1.0}) for name in EVERY if name != "Rprop"],
    *[(name, {"eps": -1.0}) for name in ("Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adagrad", "Adadelta", "RMSprop")],
    *[(name, {"betas": b}) for name in ("Adam", "AdamW", "Adamax", "NAdam", "RAdam") for b in ((1.0, 0.9), (0.9, -0.1))],
    ("SGD", {"momentum": -1.0}),
    ("SGD", {"nesterov": True}),
    ("SGD", {"momentum": 0.9, "dampening": 0.1, "nesterov": True}),
    ("RMSprop", {"momentum": -1.0}),
    ("RMSprop", {"alpha": -1.0}),
    ("Adadelta", {"rho": 1.5}),
    ("Adagrad", {"lr_decay": -1.0}),
    ("Adagrad", {"initial_accumulator_value": -1.0}),
    ("NAdam", {"momentum_decay": -1.0}),
    ("Rprop", {"etas": (1.5, 1.2)}),
    ("Muon", {"momentum": -1.0}),
    ("Adam", {"fused": True, "foreach": True}),
    ("SGD", {"fused": True, "differentiable": True}),
]


@pytest.mark.parametrize(("name", "options"), BAD)
def test_invalid_hyperparameters_raise(name, options):
    with pytest.raises((ValueError, RuntimeError), match=name):
        getattr(optim, name)(leaves((2, 2)), **options)


@pytest.mark.torch
@pytest.mark.parametrize(("name", "options"), BAD)
def test_invalid_hyperparameters_raise_as_in_torch(name, options):
    torch = pytest.importorskip("torch")
    with pytest.raises((ValueError, RuntimeError)) as theirs:
        getattr(torch.optim, name)([torch.zeros(2, 2)], **options)
    with pytest.raises(theirs.type):
        getattr(optim, name)(leaves((2, 2)), **options)


def test_nan_is_no_learning_rate():
    for name in EVERY:
        with pytest.raises(ValueError, match="lr is nan"):
            getattr(optim, name)(leaves((2, 2)), lr=float("nan"))


def test_the_lr_of_one_element():
    with pytest.raises(ValueError, match="elements"):
        optim.SGD(leaves((2,)), lr=autograd.tensor([0.1, 0.2]))
    with pytest.raises(ValueError, match="betas"):
        optim.Adam(leaves((2,)), betas=(autograd.tensor(0.9), 0.9))


def test_bundles_are_kept_from_step_to_step(monkeypatch):
    params = leaves((2,), (3,))
    opt = optim.Adam(params)
    train(opt, params, 2)
    made = []
    monkeypatch.setattr(bundle.Bundle, "__init__", lambda *args: made.append(args))
    train(opt, params, 5)
    assert not made


def test_numpys_numbers_do_not_widen_float32():
    a, b = leaves((3,), dtype="float32")[0], leaves((3,), dtype="float32")[0]
    give_gradients([a, b], 0)
    optim.Adam([a], lr=np.float64(0.01), betas=(np.float64(0.9), np.float64(0.99))).step()
    optim.Adam([b], lr=0.01, betas=(0.9, 0.99)).step()
    assert_equal(values([a]), values([b]))
    for p, beta in ((a, np.float64(0.9)), (b, 0.9)):
        optim.Adam([p], lr=0.01, betas=(beta, 0.99)).step()
    assert_equal(values([a]), values([b]))


@pytest.mark.parametrize("name", [*EVERY, "LBFGS"])
def test_state_survives_a_file(name, tmp_path):
    params = leaves(*SHAPES)
    opt = make(name, params)

    def closure():
        opt.zero_grad()
        loss = sum((p * p * p).sum() for p in params)
        loss.backward()
        return loss

    opt.step(closure)
    autograd.save(opt.state_dict(), tmp_path / "state")
    saved = autograd.load(tmp_path / "state")
    assert repr(saved) == repr(opt.state_dict())
    make(name, leaves(*SHAPES)).load_state_dict(saved)


def test_gradients_accumulate_and_are_clipped_between_backward_and_step():
    from nn.utils import clip_grad_norm_

    whole, parts = leaves((4,)), leaves((4,))
    data = np.random.default_rng(3).standard_normal((6, 4))
    for params, pieces in ((whole, [data]), (parts, np.split(data, 3))):
        opt = optim.SGD(params, lr=1.0)
        start = values(params)[0]
        for piece in pieces:
            (autograd.from_numpy(piece.copy()) * params[0]).sum().backward()
        clip_grad_norm_(params, 0.5)
        opt.step()
        np.testing.assert_allclose(np.linalg.norm(values(params)[0] - start), 0.5, rtol=1e-5)
    np.testing.assert_allclose(*(values(p)[0] for p in (whole, parts)), rtol=1e-12)
