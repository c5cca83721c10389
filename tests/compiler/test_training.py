"""Whole training steps: every optimizer, with and without a schedule and clipping, equal to eager to the last bit."""

import copy

import numpy as np
import pytest

import autograd
import nn
import optim

OPTIMIZERS = {
    name: (lambda params, name=name: getattr(optim, name)(params, lr=0.01))
    for name in "SGD Adam AdamW Adamax NAdam RAdam RMSprop Rprop Adagrad Adadelta ASGD".split()
}
OPTIMIZERS |= {
    "momentum": lambda params: optim.SGD(params, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.01),
    "amsgrad": lambda params: optim.Adam(params, amsgrad=True, weight_decay=0.1),
    "groups": lambda params: optim.Adam([{"params": [p], "lr": 0.01 * (k + 1)} for k, p in enumerate(params)]),
}
SCHEDULES = {
    "none": None,
    "cosine": lambda optimizer: optim.lr_scheduler.CosineAnnealingLR(optimizer, 50),
    "step": lambda optimizer: optim.lr_scheduler.StepLR(optimizer, 7, 0.5),
}


def plain(t):
    return t.detach().numpy().copy()


def both(use):
    """What `use(compiled)` gives with functions left as they are and with functions compiled, after the same draws."""
    found = []
    for compiled in (lambda f, **options: f, autograd.compile):
        autograd.manual_seed(0)
        found.append([np.asarray(x) for x in use(compiled)])
    want, got = found
    assert len(want) == len(got)
    for x, y in zip(want, got, strict=True):
        np.testing.assert_array_equal(y, x)
    return got


@pytest.mark.parametrize("clip", [False, True])
@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_two_hundred_steps(name, schedule, clip):
    def use(compiled):
        model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Dropout(0.1), nn.Linear(8, 2))
        optimizer = OPTIMIZERS[name](model.parameters())
        scheduler = SCHEDULES[schedule] and SCHEDULES[schedule](optimizer)

        @compiled
        def step(x, y):
            optimizer.zero_grad()
            loss = ((model(x) - y) ** 2).mean()
            loss.backward()
            if clip:
                nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            return loss

        losses = []
        for _ in range(200):
            losses.append(step(autograd.randn(4, 3), autograd.randn(4, 2)).item())
            if scheduler:
                scheduler.step()
        state = [plain(v) for held in optimizer.state_dict()["state"].values() for v in held.values()]
        return [*losses, *map(plain, model.parameters()), *(plain(p.grad) for p in model.parameters()), *state]

    both(use)


def test_gradients_are_left_as_eager_leaves_them():
    def use(compiled):
        model = nn.Linear(3, 2)

        @compiled
        def gradients(x):
            loss = model(x).square().mean()
            loss.backward()
            return loss

        for clear in (lambda: None, model.zero_grad, lambda: model.zero_grad(set_to_none=False)):
            clear()
            for _ in range(4):
                gradients(autograd.randn(4, 3))
                yield plain(model.weight.grad)

    both(use)


def test_several_backwards_accumulate():
    def use(compiled):
        model = nn.Linear(3, 2)
        optimizer = optim.AdamW(model.parameters(), 0.1)

        @compiled
        def step(batches):
            optimizer.zero_grad(set_to_none=False)
            for x in batches:
                (model(x).square().mean() / len(batches)).backward()
            optimizer.step()

        for _ in range(5):
            step([autograd.randn(4, 3) for _ in range(3)])
            yield from (plain(model.weight), plain(model.weight.grad))

    both(use)


def test_what_is_changed_between_calls_is_seen():
    def use(compiled):
        model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
        optimizer = optim.Adam(model.parameters(), 0.1)

        @compiled
        def step(x):
            optimizer.zero_grad()
            loss = model(x).square().mean()
            loss.backward()
            optimizer.step()
            return loss

        weights = {k: v.clone() for k, v in model.state_dict().items()}
        moments = {}

        def remember():
            moments.update(copy.deepcopy(optimizer.state_dict()))

        changes = [
            lambda: None,
            lambda: model.load_state_dict(weights),
            lambda: setattr(model[0].weight, "data", autograd.ones(4, 3)),
            lambda: model[0].weight.requires_grad_(False),
            lambda: model[0].weight.requires_grad_(True),
            remember,
            lambda: optimizer.load_state_dict(moments),
            lambda: optimizer.param_groups[0].update(lr=0.5),
            lambda: setattr(model[0], "weight", nn.Parameter(autograd.ones(4, 3))),
            lambda: model.append(nn.Linear(2, 2)),
        ]
        for change in changes:
            change()
            for _ in range(3):
                yield plain(step(autograd.randn(4, 3)))
        yield from map(plain, model.parameters())

    both(use)


def test_a_module_in_training_evaluation_and_without_gradients():
    def use(compiled):
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2))
        run = compiled(model)
        optimizer = optim.SGD(model.parameters(), 0.1)
        for _ in range(5):
            optimizer.zero_grad()
            loss = run(autograd.randn(5, 3)).square().mean()
            loss.backward()
            optimizer.step()
            yield plain(loss)
        for mode in (False, True, False):
            model.train(mode)
            for _ in range(3):
                yield plain(run(autograd.randn(5, 3)))
        with autograd.no_grad():
            for _ in range(3):
                result = run(autograd.randn(5, 3))
                assert not result.requires_grad
                yield plain(result)
        yield from map(plain, model.state_dict().values())

    both(use)


def test_tied_weights():
    def use(compiled):
        first, last = nn.Linear(3, 3), nn.Linear(3, 3)
        last.weight = first.weight
        model = nn.Sequential(first, nn.Tanh(), last)
        optimizer = optim.Adam(model.parameters(), 0.01)

        @compiled
        def step(x):
            optimizer.zero_grad()
            loss = model(x).square().mean()
            loss.backward()
            optimizer.step()
            return loss

        for _ in range(6):
            yield plain(step(autograd.randn(2, 3)))
        yield from map(plain, model.parameters())

    both(use)


@pytest.mark.parametrize("how", ["sub_", "data", "copy_"])
def test_updates_by_hand(how):
    def use(compiled):
        w, b = autograd.randn(3, requires_grad=True), autograd.tensor(1.0, requires_grad=True)

        @compiled
        def step(x):
            loss = ((w * x).sum() + b) ** 2
            loss.backward()
            for p in (w, b):
                if how == "data":
                    p.data -= 0.01 * p.grad
                else:
                    with autograd.no_grad():
                        p.sub_(0.01 * p.grad) if how == "sub_" else p.copy_(p - 0.01 * p.grad)
                p.grad = None
            return loss

        for _ in range(7):
            yield plain(step(autograd.randn(3)))
        yield from (plain(w), plain(b))

    both(use)


def test_hooks_are_part_of_the_program():
    def use(compiled):
        model = nn.Linear(3, 2)
        model.weight.register_hook(lambda g: g * 2)
        model.register_forward_hook(lambda module, inputs, output: output + 1)

        @compiled
        def gradients(x):
            model.zero_grad()
            loss = model(x).square().mean()
            loss.backward()
            return loss

        for _ in range(5):
            yield from (plain(gradients(autograd.randn(2, 3))), plain(model.weight.grad))

    both(use)


def test_a_compiled_function_is_one_differentiable_operation():
    def use(compiled):
        function = compiled(lambda x, y: (x * y, (x + y).tanh()))
        for _ in range(5):
            a, b = autograd.randn(3, requires_grad=True), autograd.randn(3, requires_grad=True)
            u, v = function(a * 2, b)
            (u.sum() + v.prod()).backward()
            yield from (plain(a.grad), plain(b.grad))
            function(a * 2, b)[1].sum().backward()
            yield plain(a.grad)

    both(use)


def test_second_derivatives_through_a_compiled_function():
    cubes = autograd.compile(lambda x: (x**3).sum())
    for _ in range(4):
        x = autograd.randn(3, requires_grad=True)
        slope = autograd.autograd.grad(cubes(x), x, create_graph=True)[0]
        (second,) = autograd.autograd.grad(slope.sum(), x)
        assert autograd.allclose(second, 6 * x)


def test_a_closure_of_lbfgs_runs_eagerly():
    def use(compiled):
        w = nn.Parameter(autograd.randn(3))
        optimizer = optim.LBFGS([w], lr=0.5)

        def closure():
            optimizer.zero_grad()
            loss = (w**4).sum()
            loss.backward()
            return loss

        step = compiled(lambda: optimizer.step(closure) and None, fullgraph=False)
        for _ in range(4):
            step()
        yield plain(w)

    with pytest.warns(UserWarning, match="runs eagerly"):
        both(use)
