"""Devices that are not there, switches that change nothing, and threads that are set."""

import pytest

import autograd
from autograd import accelerator, backends, cuda


def test_no_device_is_available():
    assert not cuda.is_available()
    assert cuda.device_count() == 0
    assert not cuda.is_initialized()
    assert not accelerator.is_available()
    assert accelerator.current_accelerator() is None
    assert not accelerator.device_count()
    assert not backends.mps.is_available()
    assert not backends.cuda.is_built()
    assert backends.cudnn.version() is None
    assert cuda.memory_allocated() == cuda.max_memory_allocated() == 0
    assert not cuda.is_bf16_supported()
    cuda.manual_seed(1), cuda.manual_seed_all(1), cuda.empty_cache()
    for ask in (cuda.current_device, cuda.get_device_name, cuda.synchronize):
        with pytest.raises(RuntimeError, match="no CUDA device"):
            ask()


def test_switches_keep_what_they_are_set_to_and_unknown_ones_are_errors():
    backends.cudnn.deterministic = True
    assert backends.cudnn.deterministic
    backends.cuda.matmul.allow_tf32 = False
    with pytest.raises(AttributeError, match=r"backends\.cudnn\.speed is not in Gradloom"):
        backends.cudnn.speed = 11
    with pytest.raises(AttributeError, match="not in Gradloom"):
        backends.cudnn.speed  # noqa: B018


def test_threads():
    before = autograd.get_num_threads()
    try:
        autograd.set_num_threads(1)
        assert autograd.get_num_threads() == 1
        (autograd.randn(64, 64) @ autograd.randn(64, 64)).sum()
    finally:
        autograd.set_num_threads(before)
    assert autograd.get_num_threads() == before
    for wrong, error in ((0, ValueError), (1.5, TypeError), (True, TypeError)):
        with pytest.raises(error, match="set_num_threads"):
            autograd.set_num_threads(wrong)
    autograd.set_num_interop_threads(2)
    assert autograd.get_num_interop_threads() == 2
    with pytest.raises(ValueError, match="positive"):
        autograd.set_num_interop_threads(0)


def test_determinism_and_precision_are_remembered():
    autograd.use_deterministic_algorithms(True)
    assert autograd.are_deterministic_algorithms_enabled()
    autograd.use_deterministic_algorithms(False, warn_only=True)
    assert not autograd.are_deterministic_algorithms_enabled()
    with pytest.raises(TypeError, match="bool"):
        autograd.use_deterministic_algorithms(1)
    autograd.set_float32_matmul_precision("high")
    assert autograd.get_float32_matmul_precision() == "high"
    autograd.set_float32_matmul_precision("highest")
    with pytest.raises(ValueError, match="highest"):
        autograd.set_float32_matmul_precision("low")


def test_names_that_come_later_are_listed_and_unknown_ones_are_errors():
    assert {"func", "cuda", "save", "grad", "vmap"} <= set(dir(autograd))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        autograd.nonsense  # noqa: B018


def test_mixed_precision_finds_nothing_to_do():
    parameter = autograd.ones(1, requires_grad=True)

    class Optimizer:
        stepped = 0

        def step(self):
            self.stepped += 1

    optimizer = Optimizer()
    scaler = autograd.amp.GradScaler(enabled=False)
    with autograd.autocast("cuda", enabled=False):
        loss = (parameter * 2).sum()
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    scaler.load_state_dict(scaler.state_dict())
    assert parameter.grad.item() == 2 and optimizer.stepped == 1 and scaler.get_scale() == 1 and not scaler.is_enabled()
    assert not autograd.amp.is_autocast_available("cuda")
    from autograd.cuda.amp import GradScaler, autocast

    for ask in (lambda: autograd.autocast("cuda"), GradScaler, autocast):
        with pytest.warns(UserWarning, match="CUDA is not available"):
            ask()
    with pytest.raises(ValueError, match="bfloat16"):
        autograd.autocast("cpu")
