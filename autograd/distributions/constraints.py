"""What parameters and values must satisfy: each constraint says of every element (or vector, or matrix) whether it does."""

from typing import Any

from ..errors import ArgumentError
from ..linalg import eigvalsh


class Constraint:
    """A set of admitted values; `event_dim` is how many dimensions one value has."""

    event_dim = 0
    is_discrete = False

    def check(self, value: Any) -> Any:
        """A bool tensor: which values are admitted."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__.lstrip('_')}()"


class Dependent(Constraint):
    """A constraint that depends on the parameters of an instance: it is asked for there."""

    event_dim: int
    is_discrete: bool

    def __init__(self, *, is_discrete: bool = False, event_dim: int = 0) -> None:
        self.is_discrete, self.event_dim = is_discrete, event_dim

    def check(self, value: Any) -> Any:
        """Raises ArgumentError: the constraint of an instance is what to check with."""
        raise ArgumentError("Cannot determine validity of dependent constraint")


class dependent_property(property, Dependent):
    """A property of an instance that is a constraint: `@dependent_property` or `@dependent_property(event_dim=1)`."""

    def __init__(self, fn: Any = None, *, is_discrete: bool = False, event_dim: int = 0) -> None:
        property.__init__(self, fn)
        Dependent.__init__(self, is_discrete=is_discrete, event_dim=event_dim)

    def __call__(self, fn: Any) -> "dependent_property":
        return dependent_property(fn, is_discrete=self.is_discrete, event_dim=self.event_dim)


def is_dependent(constraint: Any) -> bool:
    """Whether a constraint is known of instances only."""
    return isinstance(constraint, Dependent)


class Real(Constraint):
    """Any number but NaN."""

    def check(self, value: Any) -> Any:
        """False at NaN."""
        return value == value


class RealVector(Constraint):
    """A vector without NaN."""

    event_dim = 1

    def check(self, value: Any) -> Any:
        """False for a vector with a NaN in it."""
        return (value == value).all(-1)


class GreaterThan(Constraint):
    """Numbers above a bound."""

    def __init__(self, lower_bound: Any) -> None:
        self.lower_bound = lower_bound

    def check(self, value: Any) -> Any:
        """Whether the value is above the bound."""
        return self.lower_bound < value

    def __repr__(self) -> str:
        return f"GreaterThan(lower_bound={self.lower_bound})"


class AtLeast(GreaterThan):
    """Numbers not below a bound."""

    def check(self, value: Any) -> Any:
        """Whether the value is not below the bound."""
        return self.lower_bound <= value

    def __repr__(self) -> str:
        return f"GreaterThanEq(lower_bound={self.lower_bound})"


class LessThan(Constraint):
    """Numbers below a bound."""

    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound

    def check(self, value: Any) -> Any:
        """Whether the value is below the bound."""
        return value < self.upper_bound

    def __repr__(self) -> str:
        return f"LessThan(upper_bound={self.upper_bound})"


class Interval(Constraint):
    """Numbers from a lower to an upper bound."""

    lower_bound: Any
    upper_bound: Any

    def __init__(self, lower_bound: Any, upper_bound: Any) -> None:
        self.lower_bound, self.upper_bound = lower_bound, upper_bound

    def check(self, value: Any) -> Any:
        """Whether the value is between the bounds, or on one."""
        return (value >= self.lower_bound) & (value <= self.upper_bound)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lower_bound={self.lower_bound}, upper_bound={self.upper_bound})"


class IntegerInterval(Interval):
    """Whole numbers from a lower to an upper bound."""

    is_discrete = True

    def check(self, value: Any) -> Any:
        """Whether the value is whole and within the bounds."""
        return (value % 1 == 0) & super().check(value)


class Boolean(Constraint):
    """0 or 1."""

    is_discrete = True

    def check(self, value: Any) -> Any:
        """Whether the value is 0 or 1."""
        return (value == 0) | (value == 1)


class Simplex(Constraint):
    """Vectors of probabilities that sum to 1."""

    event_dim = 1

    def check(self, value: Any) -> Any:
        """Whether no entry is negative and the sum is 1, up to rounding."""
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class NonnegativeVector(Constraint):
    """Vectors of weights of which none is negative."""

    event_dim = 1

    def check(self, value: Any) -> Any:
        """Whether no entry is negative."""
        return (value >= 0).all(-1)


class LowerCholesky(Constraint):
    """Lower triangular matrices with a positive diagonal."""

    event_dim = 2

    def check(self, value: Any) -> Any:
        """Whether everything above the diagonal is 0, and everything on it positive."""
        return (value.tril() == value).flatten(-2).all(-1) & (value.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


class PositiveDefinite(Constraint):
    """Symmetric matrices with positive eigenvalues."""

    event_dim = 2

    def check(self, value: Any) -> Any:
        """Whether the matrix is symmetric and all its eigenvalues are positive."""
        value = value.detach()
        symmetric = ((value - value.mT).abs() <= 1e-6 + 1e-5 * value.abs()).flatten(-2).all(-1)
        return symmetric & (eigvalsh(value) > 0).all(-1)


nonnegative: AtLeast = AtLeast(0.0)
real: Real
real_vector: RealVector
simplex: Simplex
real, real_vector, simplex = Real(), RealVector(), Simplex()
boolean: Boolean
positive: GreaterThan
unit_interval: Interval
positive, unit_interval, boolean = GreaterThan(0.0), Interval(0.0, 1.0), Boolean()
lower_cholesky: LowerCholesky
positive_definite: PositiveDefinite
lower_cholesky, positive_definite = LowerCholesky(), PositiveDefinite()
greater_than: type[GreaterThan]
integer_interval: type[IntegerInterval]
interval: type[Interval]
less_than: type[LessThan]
greater_than, less_than, interval, integer_interval = GreaterThan, LessThan, Interval, IntegerInterval


class HalfOpenInterval(Interval):
    """Numbers from a lower bound to below an upper one."""

    def check(self, value: Any) -> Any:
        """Whether the value is not below the one bound and below the other."""
        return (value >= self.lower_bound) & (value < self.upper_bound)


class IntegerAtLeast(AtLeast):
    """Whole numbers not below a bound."""

    is_discrete = True

    def check(self, value: Any) -> Any:
        """Whether the value is whole and not below the bound."""
        return (value % 1 == 0) & super().check(value)

    def __repr__(self) -> str:
        return f"IntegerGreaterThan(lower_bound={self.lower_bound})"


class OneHot(Constraint):
    """Vectors of zeros and one 1."""

    event_dim = 1
    is_discrete = True

    def check(self, value: Any) -> Any:
        """Whether every entry is 0 or 1, and the sum 1."""
        return ((value == 0) | (value == 1)).all(-1) & (value.sum(-1) == 1)


class Counts(Constraint):
    """Vectors of whole numbers that sum to no more than a bound."""

    event_dim = 1
    is_discrete = True

    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound

    def check(self, value: Any) -> Any:
        """Whether no entry is negative, and the sum not above the bound."""
        return (value >= 0).all(-1) & (value.sum(-1) <= self.upper_bound)


class Independent(Constraint):
    """A constraint on every element of a value with `reinterpreted_batch_ndims` more dimensions."""

    base_constraint: Constraint
    reinterpreted_batch_ndims: int

    def __init__(self, base_constraint: Constraint, reinterpreted_batch_ndims: int) -> None:
        self.base_constraint, self.reinterpreted_batch_ndims = base_constraint, reinterpreted_batch_ndims
        self.event_dim: int = base_constraint.event_dim + reinterpreted_batch_ndims
        self.is_discrete: bool = base_constraint.is_discrete

    def check(self, value: Any) -> Any:
        """Whether all elements satisfy the constraint."""
        found = self.base_constraint.check(value)
        n = self.reinterpreted_batch_ndims
        return found.flatten(found.ndim - n).all(-1) if n else found

    def __repr__(self) -> str:
        return f"Independent({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


dependent: Dependent = Dependent()
nonnegative_integer: IntegerAtLeast
one_hot: OneHot
positive_integer: IntegerAtLeast
nonnegative_integer, positive_integer, one_hot = IntegerAtLeast(0), IntegerAtLeast(1), OneHot()
greater_than_eq: type[AtLeast]
half_open_interval: type[HalfOpenInterval]
independent: type[Independent]
multinomial: type[Counts]
half_open_interval, greater_than_eq, multinomial, independent = HalfOpenInterval, AtLeast, Counts, Independent
