"""Elementwise operations and comparisons."""

from __future__ import annotations

from .dsl import (
    BESIDE,
    BINARY,
    EXTREMES,
    INTS,
    POINTS,
    SCALARS,
    UNARY,
    Bool,
    Int,
    Lit,
    Pos,
    Unit,
    c,
    f,
    first_order,
    m,
    op,
)  # fmt: skip

AT_POINTS = first_order(c(Lit(POINTS)))
AT_EXTREMES = c(Lit(EXTREMES, grad=False))
PAIRS = first_order(c(Lit([-1.0, 0.0, 0.0, 1.0, 2.0, 2.0]), Lit([-1.0, 0.0, 1.0, 1.0, -2.0, 0.5])))
EXTREME_PAIRS = c(
    Lit([[0.0], [-0.0], [1.0], [-1.0], [float("inf")], [float("-inf")], [float("nan")]], grad=False),
    Lit([0.0, -0.0, 1.0, -2.0, float("inf"), float("-inf"), float("nan")], grad=False),
)
WHOLE = tuple(c(*pair) for pair in [((2, 3), (2, 3)), ((3,), ()), ((2, 1), (1, 3)), ((0,), (1,))])

op("neg abs exp exp2 expm1 sin cos tan sinh cosh tanh asinh atan sigmoid relu sign sgn floor ceil trunc frac square "
   "erf erfc sinc deg2rad rad2deg nan_to_num",
   "input", UNARY, AT_POINTS, AT_EXTREMES)  # fmt: skip
op("log log2 log10 log1p sqrt rsqrt lgamma digamma reciprocal", "input", UNARY, AT_EXTREMES, domain=(0.3, 3.0))
op("i0", "input", UNARY, AT_POINTS, c(Lit([30.0, -30.0, float("nan")], grad=False)))
op("acosh", "input", UNARY, c(Lit([0.5, 1.0, 2.0], grad=False)), domain=(1.2, 3.0))
op("asin acos atanh erfinv", "input", UNARY, c(Lit([-1.5, -1.0, 0.0, 1.0], grad=False)), domain=(-0.9, 0.9))
op("logit", "input eps", UNARY, c(Unit(2, 3), 0.2), c(Unit(3), eps=0.3), c(Lit([-0.5, 0.0, 1.0], grad=False)),
   domain=(0.1, 0.9))  # fmt: skip
op("round", "input", UNARY, AT_EXTREMES, c((2, 3), decimals=1), c(Lit([0.5, 1.5, 2.5, -0.5])), c(Lit([125.0, -375.0]),
   decimals=-2))  # fmt: skip
op("signbit isnan isinf isfinite isposinf isneginf", "input", UNARY, AT_POINTS, AT_EXTREMES)
op("polygamma", "n input", c(1, Pos(2, 3)), c(2, Pos(3)), c(0, Pos()), wrong=[c(-1, Pos(3))], receiver=1)

op("add", "input other", BINARY, SCALARS, c((2, 3), (3,), alpha=2), c((2, 3), 2, alpha=0.5), wrong=BESIDE)
op("sub", "input other", BINARY, SCALARS[:-1], c((2, 3), (3,), alpha=2), c((2, 3), 2, alpha=0.5), wrong=[*BESIDE,
   c((2, 3), True), c((2, 3), Bool(3))])  # fmt: skip
op("mul", "input other", BINARY, SCALARS, PAIRS, EXTREME_PAIRS, wrong=BESIDE)
op("div true_divide", "input other", BINARY, SCALARS, EXTREME_PAIRS, wrong=BESIDE)
op("floor_divide", "input other", BINARY, SCALARS, EXTREME_PAIRS, wrong=BESIDE)
op("remainder fmod", "input other", BINARY, SCALARS, EXTREME_PAIRS, c((2, 3), -2), wrong=BESIDE)
op("pow", "input exponent", *(c(Pos(*a), b) for a, b in [((2, 3), (2, 3)), ((2, 3), (3,)), ((), ()), ((0,), ())]),
   c((2, 3), 2), c((2, 3), 3.0), c((2, 3), 0), c((2, 3), 1), c(Pos(2, 3), -1.5), c(Pos(3), 0.5), f(2, (2, 3)), f(0.5,
   (3,)), first_order(c(Lit([0.0, 0.0, 0.0, -2.0, -2.0]), Lit([0.0, 1.0, 2.0, 2.0, 3.0]))),
   first_order(c(Lit([0.0, -1.0, 2.0]), 2)), first_order(c(Lit([0.0, -1.0, 2.0]), 1)), EXTREME_PAIRS, wrong=BESIDE)  # fmt: skip
op("float_power", "input exponent", c(Pos(2, 3), (2, 3)), c(Pos(2, 3), (3,)), c((2, 3), 2), c(Pos(3), 0.5), f(2,
   (2, 3)), wrong=BESIDE)  # fmt: skip
op("atan2", "input other", BINARY, EXTREME_PAIRS, first_order(c(Lit([0.0, 1.0, -1.0]), Lit([-1.0, 0.0, 0.0]))), wrong=BESIDE)
op("hypot logaddexp logaddexp2 copysign", "input other", BINARY, EXTREME_PAIRS, wrong=BESIDE)
op("maximum minimum fmax fmin", "input other", BINARY, PAIRS, EXTREME_PAIRS, wrong=BESIDE)
op("xlogy", "input other", *(c(call.args[0], Pos(*call.args[1])) for call in BINARY), c((2, 3), 2.5), f(2.0, Pos(3)),
   first_order(c(Lit([0.0, 0.0, 1.0]), Lit([0.0, 2.0, 3.0]))), EXTREME_PAIRS, wrong=BESIDE)  # fmt: skip
op("heaviside", "input values", *WHOLE, EXTREME_PAIRS, c(Lit(POINTS), Lit([0.5])), wrong=BESIDE, order=0)
op("ldexp", "input other", c((2, 3), Int((2, 3))), c((3,), Int((), -3, 3)), c((2, 3), (3,)))
op("lerp", "input end weight", c((2, 3), (2, 3), 0.3), c((2, 3), (3,), 0.7), c((2, 3), (2, 3), (2, 3)), c((2, 3),
   (3,), (2, 1)), c((), (), 2), c((0,), (0,), 0.5), wrong=[c((2, 3), (4,), 0.5)])  # fmt: skip
op("addcmul", "input tensor1 tensor2", c((2, 3), (2, 3), (2, 3)), c((2, 3), (3,), (2, 1), value=0.5), c((), (), ()),
   wrong=[c((2, 3), (4,), (2, 3))])  # fmt: skip
op("addcdiv", "input tensor1 tensor2", c((2, 3), (2, 3), Pos(2, 3)), c((2, 3), (3,), Pos(2, 1), value=-0.5),
   wrong=[c((2, 3), (4,), (2, 3))])  # fmt: skip
op("clamp clip", "input min max", c((2, 3), -0.5, 0.5), c((2, 3), 0.1), c((2, 3), None, 0.1), c((2, 3), min=0.0),
   c((2, 3), max=0), c((2, 3), max=0.25, min=-0.25), c((2, 3), (2, 3), (2, 3)), c((2, 3), (3,)), c((), 0, 1),
   c((2, 0), 0.0, 1.0), first_order(c(Lit(POINTS), -1.0, 1.0)), c(AT_EXTREMES.args[0], -1.0, 2.0), c((2, 3), 1.0,
   -1.0), first_order(c(Lit(POINTS), Lit([0.0]), Lit([1.0]))), wrong=[c((2, 3)), c((2, 3), None, None),
   c((2, 3), (4,))])  # fmt: skip
op("where", "condition input other", *(c(Bool(2, 3), *pair) for pair in [((2, 3), (2, 3)), ((3,), (2, 1)), ((), ())]),
   c(Bool(3), (2, 3), 0.0), f(Bool(2, 1), 2.5, (3,)), c(Bool(), (3,), (3,)), c(Bool(0), (0,), (1,)), f(Bool(2, 3)),
   f(Bool(2), 1.0, 0.0), c(Bool(2), (2,), 1), wrong=[c(Bool(2), (3,), (3,)), c(Lit([1.0, 2.0]), (2,), (2,))],
   receiver=1)  # fmt: skip

op("eq ne lt le gt ge", "input other", BINARY, SCALARS, PAIRS, EXTREME_PAIRS, wrong=BESIDE, order=0)
op("isclose", "input other", *WHOLE, EXTREME_PAIRS, c(Lit([1.0, 2.0, float("nan")]), Lit([1.001, 2.5, float("nan")]),
   0.01, 0.0, True), c(Lit([1.0, 0.0]), Lit([1.0 + 1e-9, 1e-9])), c((3,), (3,), atol=1.0), wrong=BESIDE)  # fmt: skip
op("allclose", "input other rtol atol equal_nan", c((2, 3), (2, 3)), c(Lit([1.0, 2.0]), Lit([1.0, 2.0 + 1e-9])),
   c(Lit([1.0, float("nan")]), Lit([1.0, float("nan")]), equal_nan=True), c((2,), (2,), 0.0, 100.0), c((0,), (0,)),
   wrong=BESIDE)  # fmt: skip
op("equal", "input other", c((2, 3), (2, 3)), c((2, 3), (3,)), c(Lit([1.0, 2.0]), Lit([1.0, 2.0])), c((0,), (0,)),
   c(Lit([float("nan")]), Lit([float("nan")])))  # fmt: skip
op("logical_and logical_or logical_xor", "input other", *WHOLE, PAIRS, c(Bool(2, 3), Bool(3)), wrong=BESIDE, order=0)
op("logical_not", "input", UNARY, AT_POINTS, c(Bool(3)), order=0)
op("isin", "elements test_elements", c(Int((2, 3), 0, 5), Int((3,), 0, 5)), c(Lit([1, 2, 3]), 2), f(2, Lit([1, 2])),
   c(Lit([1, 2, 3]), Lit([3, 1]), invert=True), c(Lit([1, 2, 3]), Lit([3, 1]), assume_unique=True), c((2, 3), (4,)),
   c(Int((0,)), Int((2,))))  # fmt: skip

op("bitwise_and bitwise_or bitwise_xor", "input other", *WHOLE, c((2, 3), 3), c((2, 3), True), wrong=BESIDE, dtypes=INTS)
op("bitwise_not", "input", UNARY, dtypes=INTS)
op("bitwise_left_shift bitwise_right_shift", "input other", *WHOLE, c((2, 3), 2), wrong=BESIDE, dtypes=INTS[:4])
op("gcd lcm", "input other", *WHOLE, c(Int((2, 3), -12, 13), Int((2, 3), -12, 13)), wrong=BESIDE, dtypes=INTS[:4])

op("special.ndtr special.log_ndtr special.erfcx", "input", UNARY, AT_POINTS, AT_EXTREMES)
op("special.ndtri", "input", UNARY, c(Lit([-0.5, 0.0, 1.0], grad=False)), domain=(0.05, 0.95))
op("special.entr", "input", UNARY, c(Lit([-1.0, 0.0, 1.0, float("inf")], grad=False)), domain=(0.1, 3.0))
op("special.xlog1py", "input other", *(c(call.args[0], Pos(*call.args[1])) for call in BINARY), c((2, 3), 2.5), f(2.0,
   Pos(3)), first_order(c(Lit([0.0, 1.0]), Lit([-1.0, 3.0]))), wrong=BESIDE)  # fmt: skip

op("positive", "input", *UNARY)
op("type_as", "input other", m((2, 3), (2, 3)), m((2, 3), Lit([1.0], dtype="float32", grad=False)), m((2, 3),
   Lit([1])), inplace=False)  # fmt: skip
