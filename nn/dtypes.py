"""Which tensors and dtypes a layer or loss takes: PyTorch's rules, checked before anything is computed or changed."""

from typing import Any

from autograd import Tensor, float16, float32, int64, result_type
from autograd.errors import ArgumentTypeError, DtypeError


class UnsupportedDtype(DtypeError, NotImplementedError):
    """A dtype for which a layer or loss is not defined; PyTorch raises NotImplementedError, which is a RuntimeError."""


def check_tensors(op: str, *, optional: dict[str, Any] | None = None, **arguments: Any) -> None:
    """Raise unless all are tensors; the optional ones may be None."""
    for name, given in (optional or {}).items():
        if given is not None:
            arguments[name] = given
    for name, given in arguments.items():
        if not isinstance(given, Tensor):
            raise ArgumentTypeError(
                f"{op}(): argument {name!r} must be Tensor, not {type(given).__name__}; make one with tensor(...)"
            )


def check_floating(op: str, input: Tensor, **others: Any) -> None:
    """Raise unless `input` has a floating dtype and all that is given of the others the same one."""
    if not isinstance(input, Tensor):
        check_tensors(op, input=input)
    if input.dtype.kind != "f":
        raise UnsupportedDtype(f"{op}: is not implemented for dtype {input.dtype}; convert the input with .float()")
    for name, other in others.items():
        if other is not None and not isinstance(other, Tensor):
            check_tensors(op, **{name: other})
        if other is not None and other.dtype != input.dtype:
            raise _differ(op, input, name, other)


def check_normalizable(op: str, input: Tensor, **parameters: Any) -> None:
    """`check_floating`, but a float16 input may be scaled by parameters that are all float32."""
    given = [p for p in parameters.values() if p is not None]
    if isinstance(input, Tensor) and input.dtype == float16 and given:
        if all(isinstance(p, Tensor) and p.dtype == float32 for p in given):
            return
    check_floating(op, input, **parameters)


def in_dtype_of(input: Tensor, result: Tensor) -> Tensor:
    """A result in the dtype of the input."""
    return result if result.dtype == input.dtype else result.to(input.dtype)


def check_no_mask(op: str, input: Tensor) -> None:
    """Raise for booleans, which have no order and no negative."""
    if not isinstance(input, Tensor):
        check_tensors(op, input=input)
    if input.dtype.kind == "b":
        raise UnsupportedDtype(f"{op}: is not implemented for dtype bool; convert the input with .float() or .long()")


def check_class_indices(op: str, target: Tensor, *further: Any) -> None:
    """Raise unless a target can be indices of classes: int64, or one of `further`."""
    if not isinstance(target, Tensor):
        check_tensors(op, target=target)
    if target.dtype != int64 and target.dtype not in further:
        raise DtypeError(f"{op}: expected class indices of dtype int64, got {target.dtype}; convert the target with .long()")


def promoted(op: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both in the dtype that mixing them gives, which must be a floating one."""
    if input.dtype == target.dtype and input.dtype.kind == "f":
        return input, target
    common = result_type(input, target)
    if common.kind != "f":
        raise UnsupportedDtype(
            f"{op}: is not implemented for an input of dtype {input.dtype} and a target of dtype {target.dtype}; convert one "
            "with .float()"
        )
    return input.to(common), target.to(common)


def as_element_of(input: Tensor, number: Any) -> Any:
    """A number as PyTorch compares it with the elements of `input`: without its fraction where those are integers."""
    return int(number) if input.dtype.kind in "iu" and isinstance(number, float) else number


def _differ(op: str, input: Tensor, name: str, other: Tensor) -> DtypeError:
    return DtypeError(
        f"{op}: input has dtype {input.dtype}, {name} {other.dtype}; they must have the same dtype: convert one, such as "
        f"{name}.to(input.dtype), or the module (module.to(x.dtype))"
    )
