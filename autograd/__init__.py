"""Gradloom's engine: tensors that record what is computed from them, and the backward pass through that record."""

__version__ = "0.1.0"

import warnings
from importlib import import_module
from math import e as e, inf as inf, nan as nan, pi as pi
from typing import TYPE_CHECKING

from .core import allocator as allocator
from .core.devices import (
    device as device,
    get_default_device as get_default_device,
    set_default_device as set_default_device,
)
from .core.dtypes import (
    bool as bool,
    bool_ as bool_,
    can_cast as can_cast,
    double as double,
    dtype as dtype,
    finfo as finfo,
    float as float,
    float16 as float16,
    float32 as float32,
    float64 as float64,
    get_default_dtype as get_default_dtype,
    half as half,
    iinfo as iinfo,
    int as int,
    int8 as int8,
    int16 as int16,
    int32 as int32,
    int64 as int64,
    long as long,
    promote_types as promote_types,
    result_type as result_type,
    set_default_dtype as set_default_dtype,
    short as short,
    uint8 as uint8,
    uint16 as uint16,
    uint32 as uint32,
    uint64 as uint64,
)
from .core.graph import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from .functions import BOTH_LATER, FUNCTIONS_LATER
from .functions.arithmetic import (
    abs as abs,
    absolute as absolute,
    add as add,
    addcdiv as addcdiv,
    addcmul as addcmul,
    deg2rad as deg2rad,
    div as div,
    divide as divide,
    float_power as float_power,
    floor_divide as floor_divide,
    fmod as fmod,
    gcd as gcd,
    hypot as hypot,
    lcm as lcm,
    ldexp as ldexp,
    lerp as lerp,
    mul as mul,
    multiply as multiply,
    neg as neg,
    negative as negative,
    positive as positive,
    pow as pow,
    rad2deg as rad2deg,
    reciprocal as reciprocal,
    remainder as remainder,
    rsqrt as rsqrt,
    rsub as rsub,
    sqrt as sqrt,
    square as square,
    sub as sub,
    subtract as subtract,
    true_divide as true_divide,
)
from .functions.comparison import (
    allclose as allclose,
    bitwise_and as bitwise_and,
    bitwise_left_shift as bitwise_left_shift,
    bitwise_not as bitwise_not,
    bitwise_or as bitwise_or,
    bitwise_right_shift as bitwise_right_shift,
    bitwise_xor as bitwise_xor,
    eq as eq,
    equal as equal,
    ge as ge,
    greater as greater,
    greater_equal as greater_equal,
    gt as gt,
    is_nonzero as is_nonzero,
    isclose as isclose,
    isfinite as isfinite,
    isin as isin,
    isinf as isinf,
    isnan as isnan,
    isneginf as isneginf,
    isposinf as isposinf,
    isreal as isreal,
    le as le,
    less as less,
    less_equal as less_equal,
    logical_and as logical_and,
    logical_not as logical_not,
    logical_or as logical_or,
    logical_xor as logical_xor,
    lt as lt,
    ne as ne,
    not_equal as not_equal,
)
from .functions.conversion import (
    angle as angle,
    clone as clone,
    conj as conj,
    conj_physical as conj_physical,
    detach as detach,
    get_device as get_device,
    is_complex as is_complex,
    is_conj as is_conj,
    is_floating_point as is_floating_point,
    is_signed as is_signed,
    numel as numel,
    real as real,
    resolve_conj as resolve_conj,
)
from .functions.exponential import (
    acos as acos,
    acosh as acosh,
    arccos as arccos,
    arccosh as arccosh,
    arcsin as arcsin,
    arcsinh as arcsinh,
    arctan as arctan,
    arctan2 as arctan2,
    arctanh as arctanh,
    asin as asin,
    asinh as asinh,
    atan as atan,
    atan2 as atan2,
    atanh as atanh,
    cos as cos,
    cosh as cosh,
    exp as exp,
    exp2 as exp2,
    expm1 as expm1,
    log as log,
    log1p as log1p,
    log2 as log2,
    log10 as log10,
    logaddexp as logaddexp,
    logaddexp2 as logaddexp2,
    logit as logit,
    relu as relu,
    sigmoid as sigmoid,
    sin as sin,
    sinc as sinc,
    sinh as sinh,
    tan as tan,
    tanh as tanh,
    xlogy as xlogy,
)
from .functions.indexing import (
    argwhere as argwhere,
    gather as gather,
    index_select as index_select,
    masked_select as masked_select,
    nonzero as nonzero,
    take as take,
    take_along_dim as take_along_dim,
)
from .functions.joining import (
    block_diag as block_diag,
    cat as cat,
    chunk as chunk,
    column_stack as column_stack,
    concat as concat,
    concatenate as concatenate,
    dsplit as dsplit,
    dstack as dstack,
    hsplit as hsplit,
    hstack as hstack,
    row_stack as row_stack,
    split as split,
    split_with_sizes as split_with_sizes,
    stack as stack,
    tensor_split as tensor_split,
    unbind as unbind,
    vsplit as vsplit,
    vstack as vstack,
)
from .functions.linalg import (
    addbmm as addbmm,
    addmm as addmm,
    addmv as addmv,
    addr as addr,
    baddbmm as baddbmm,
    bmm as bmm,
    cdist as cdist,
    chain_matmul as chain_matmul,
    cross as cross,
    dot as dot,
    ger as ger,
    inner as inner,
    kron as kron,
    matmul as matmul,
    mm as mm,
    mv as mv,
    outer as outer,
    tensordot as tensordot,
    vdot as vdot,
)
from .functions.norms import (
    dist as dist,
    norm as norm,
    renorm as renorm,
)
from .functions.parts import (
    as_strided as as_strided,
    diagonal as diagonal,
    narrow as narrow,
    narrow_copy as narrow_copy,
    select as select,
)
from .functions.reduction import (
    all as all,
    amax as amax,
    amin as amin,
    aminmax as aminmax,
    any as any,
    argmax as argmax,
    argmin as argmin,
    count_nonzero as count_nonzero,
    log_softmax as log_softmax,
    logsumexp as logsumexp,
    max as max,
    mean as mean,
    min as min,
    nanmean as nanmean,
    nansum as nansum,
    prod as prod,
    softmax as softmax,
    sum as sum,
    trace as trace,
)
from .functions.rounding import (
    ceil as ceil,
    clamp as clamp,
    clamp_max as clamp_max,
    clamp_min as clamp_min,
    clip as clip,
    copysign as copysign,
    fix as fix,
    floor as floor,
    fmax as fmax,
    fmin as fmin,
    frac as frac,
    heaviside as heaviside,
    maximum as maximum,
    minimum as minimum,
    nan_to_num as nan_to_num,
    nextafter as nextafter,
    round as round,
    sgn as sgn,
    sign as sign,
    signbit as signbit,
    trunc as trunc,
    where as where,
)
from .functions.shaping import (
    adjoint as adjoint,
    atleast_1d as atleast_1d,
    atleast_2d as atleast_2d,
    atleast_3d as atleast_3d,
    broadcast_shapes as broadcast_shapes,
    broadcast_tensors as broadcast_tensors,
    broadcast_to as broadcast_to,
    flatten as flatten,
    moveaxis as moveaxis,
    movedim as movedim,
    permute as permute,
    ravel as ravel,
    reshape as reshape,
    squeeze as squeeze,
    swapaxes as swapaxes,
    swapdims as swapdims,
    t as t,
    transpose as transpose,
    unflatten as unflatten,
    unsqueeze as unsqueeze,
)
from .ops.linalg import linear as linear, linear_map as linear_map
from .ops.loss import binary_cross_entropy as binary_cross_entropy, nll as nll
from .ops.normalize import standardize as standardize
from .ops.transcendental import softplus as softplus
from .places import PLACES
from .tensor import Size as Size, Tensor as Tensor, creation as _creation
from .tensor.creation import (
    as_tensor as as_tensor,
    asarray as asarray,
    empty as empty,
    empty_like as empty_like,
    eye as eye,
    from_dlpack as from_dlpack,
    from_numpy as from_numpy,
    full as full,
    full_like as full_like,
    is_tensor as is_tensor,
    ones as ones,
    ones_like as ones_like,
    scalar_tensor as scalar_tensor,
    zeros as zeros,
    zeros_like as zeros_like,
)
from .tensor.methods import attach as _attach
from .tensor.printing import set_printoptions as set_printoptions
from .tensor.ranges import (
    arange as arange,
    linspace as linspace,
    logspace as logspace,
    range as range,
    tril_indices as tril_indices,
    triu_indices as triu_indices,
)

newaxis = None
spmm = mm  # its first factor may be a sparse matrix, and so may that of mm
tensor = _creation.tensor  # the function: importing the module of the same name has bound that

# PyTorch computes log(0) and inf - inf without a word; so do the operations here. The filter is on their modules alone:
# a program's own NumPy code warns as before.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"autograd\.(ops|core)")

_attach()

# What few programs need is imported when it is first asked for: `import autograd` costs little more than NumPy.
_FUNCTIONS_LATER = BOTH_LATER | FUNCTIONS_LATER
_LATER = {
    **PLACES,
    **_FUNCTIONS_LATER,
    "GradScaler": ".torch.amp",
    "are_deterministic_algorithms_enabled": ".core.settings",
    "autocast": ".torch.amp",
    "autograd": ".autograd",
    "bartlett_window": ".tensor.windows",
    "bfloat16": ".torch.absent",
    "blackman_window": ".tensor.windows",
    "cdouble": ".torch.absent",
    "cfloat": ".torch.absent",
    "channels_last": ".torch.layouts",
    "channels_last_3d": ".torch.layouts",
    "compile": ".compiler",
    "complex128": ".torch.absent",
    "complex64": ".torch.absent",
    "contiguous_format": ".torch.layouts",
    "data": ".data",
    "debug": ".debug",
    "distributions": ".distributions",
    "func": ".func",
    "get_float32_matmul_precision": ".core.settings",
    "get_num_interop_threads": ".core.settings",
    "get_num_threads": ".core.threads",
    "grad": ".autograd",
    "hamming_window": ".tensor.windows",
    "hann_window": ".tensor.windows",
    "is_anomaly_enabled": ".debug.anomaly",
    "is_autocast_enabled": ".torch.amp",
    "kaiser_window": ".tensor.windows",
    "layout": ".torch.layouts",
    "linalg": ".linalg",
    "load": ".io",
    "memory_format": ".torch.layouts",
    "preserve_format": ".torch.layouts",
    "save": ".io",
    "serialization": ".io",
    "set_default_tensor_type": ".torch.types",
    "set_float32_matmul_precision": ".core.settings",
    "set_flush_denormal": ".core.settings",
    "set_num_interop_threads": ".core.settings",
    "set_num_threads": ".core.threads",
    "sparse": ".sparse",
    "sparse_coo": ".torch.layouts",
    "sparse_coo_tensor": ".sparse",
    "special": ".special",
    "strided": ".torch.layouts",
    "typename": ".torch.types",
    "use_deterministic_algorithms": ".core.settings",
    "utils": ".utils",
    "vmap": ".func",
    "xpu": ".torch.mps",
}
# The in-place methods that PyTorch has as functions, too: `torch.relu_(x)`.
_IN_PLACE = frozenset(
    "abs_ acos_ acosh_ asin_ asinh_ atan_ atanh_ ceil_ clamp_ clamp_max_ clamp_min_ clip_ cos_ cosh_ deg2rad_ detach_ erf_ "
    "erfc_ exp2_ exp_ expm1_ fill_ fix_ floor_ frac_ index_put_ log10_ log1p_ log2_ log_ logit_ nan_to_num_ neg_ negative_ "
    "rad2deg_ reciprocal_ relu_ round_ rsqrt_ sigmoid_ sin_ sinc_ sinh_ sqrt_ square_ tan_ tanh_ trunc_ zero_".split()
)
if TYPE_CHECKING:
    from . import (
        autograd as autograd,
        compiler as compiler,
        data as data,
        debug as debug,
        distributions as distributions,
        func as func,
        linalg as linalg,
        special as special,
        utils as utils,
    )
    from .autograd import grad as grad
    from .core import function as function, graph as graph
    from .core.settings import (
        are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled,
        get_float32_matmul_precision as get_float32_matmul_precision,
        get_num_interop_threads as get_num_interop_threads,
        set_float32_matmul_precision as set_float32_matmul_precision,
        set_num_interop_threads as set_num_interop_threads,
        use_deterministic_algorithms as use_deterministic_algorithms,
    )
    from .core.threads import get_num_threads as get_num_threads, set_num_threads as set_num_threads
    from .debug.anomaly import is_anomaly_enabled as is_anomaly_enabled
    from .func import vmap as vmap
    from .functions.arranging import (
        diag as diag,
        diag_embed as diag_embed,
        diagflat as diagflat,
        flip as flip,
        fliplr as fliplr,
        flipud as flipud,
        repeat_interleave as repeat_interleave,
        roll as roll,
        rot90 as rot90,
        tile as tile,
        tril as tril,
        triu as triu,
    )
    from .functions.einsum import einsum as einsum
    from .functions.factoring import (
        cholesky as cholesky,
        cholesky_solve as cholesky_solve,
        det as det,
        inverse as inverse,
        logdet as logdet,
        pinverse as pinverse,
        qr as qr,
        slogdet as slogdet,
        svd as svd,
    )
    from .functions.grids import (
        cartesian_prod as cartesian_prod,
        combinations as combinations,
        meshgrid as meshgrid,
        vander as vander,
    )
    from .functions.matrices import (
        matrix_exp as matrix_exp,
        matrix_power as matrix_power,
    )
    from .functions.scan import (
        cummax as cummax,
        cummin as cummin,
        cumprod as cumprod,
        cumsum as cumsum,
        cumulative_trapezoid as cumulative_trapezoid,
        diff as diff,
        logcumsumexp as logcumsumexp,
        trapezoid as trapezoid,
        trapz as trapz,
    )
    from .functions.scattering import (
        diagonal_scatter as diagonal_scatter,
        index_add as index_add,
        index_copy as index_copy,
        index_fill as index_fill,
        index_put as index_put,
        masked_fill as masked_fill,
        masked_scatter as masked_scatter,
        put as put,
        scatter as scatter,
        scatter_add as scatter_add,
        scatter_reduce as scatter_reduce,
        select_scatter as select_scatter,
        slice_scatter as slice_scatter,
    )
    from .functions.sorting import (
        argsort as argsort,
        bucketize as bucketize,
        msort as msort,
        searchsorted as searchsorted,
        sort as sort,
        topk as topk,
        unique as unique,
        unique_consecutive as unique_consecutive,
    )
    from .functions.special import (
        digamma as digamma,
        erf as erf,
        erfc as erfc,
        erfinv as erfinv,
        i0 as i0,
        lgamma as lgamma,
        mvlgamma as mvlgamma,
        polygamma as polygamma,
    )
    from .functions.statistics import (
        bincount as bincount,
        corrcoef as corrcoef,
        cov as cov,
        histc as histc,
        kthvalue as kthvalue,
        median as median,
        mode as mode,
        nanmedian as nanmedian,
        nanquantile as nanquantile,
        quantile as quantile,
        std as std,
        std_mean as std_mean,
        var as var,
        var_mean as var_mean,
    )
    from .io import load as load, save as save
    from .tensor import random as random
    from .tensor.random import (
        Generator as Generator,
        bernoulli as bernoulli,
        default_generator as default_generator,
        get_rng_state as get_rng_state,
        initial_seed as initial_seed,
        manual_seed as manual_seed,
        multinomial as multinomial,
        normal as normal,
        poisson as poisson,
        rand as rand,
        rand_like as rand_like,
        randint as randint,
        randint_like as randint_like,
        randn as randn,
        randn_like as randn_like,
        randperm as randperm,
        seed as seed,
        set_rng_state as set_rng_state,
    )
    from .torch import (
        accelerator as accelerator,
        amp as amp,
        backends as backends,
        cuda as cuda,
        distributed as distributed,
        jit as jit,
        mps as mps,
        profiler as profiler,
        testing as testing,
        types as types,
        version as version,
    )
    from .torch.amp import autocast as autocast
    from .torch.legacy import (
        BoolTensor as BoolTensor,
        ByteTensor as ByteTensor,
        CharTensor as CharTensor,
        DoubleTensor as DoubleTensor,
        FloatTensor as FloatTensor,
        HalfTensor as HalfTensor,
        IntTensor as IntTensor,
        LongTensor as LongTensor,
        ShortTensor as ShortTensor,
    )


def __getattr__(name: str) -> object:
    if name == "__all__":  # `from autograd import *` takes functions, whether imported already or not
        return [n for n in {*globals(), *_FUNCTIONS_LATER} if not n.startswith("_")]
    if name in _IN_PLACE:
        return getattr(Tensor, name)
    if name not in _LATER:
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")
    module = import_module(_LATER[name], __name__)
    found = globals()[name] = module if name in PLACES else getattr(module, name, module)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER, *_IN_PLACE})
