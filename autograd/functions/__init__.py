"""PyTorch's functions as compositions of primitives; none has a derivative of its own.

What few programs need is imported when it is first asked for: `import autograd` is to cost little more than NumPy. These
are the names to ask for, and the modules that declare them; a test holds the two together.
"""


def _by_name(families: dict[str, str]) -> dict[str, str]:
    return {name: module for module, names in families.items() for name in names.split()}


# Functions that are methods too.
BOTH_LATER = _by_name(
    {
        ".functions.arranging": "diag diag_embed diagflat flip fliplr flipud repeat_interleave roll rot90 tile tril triu",
        ".functions.estimating": "histogram",
        ".functions.factoring": "cholesky cholesky_solve det inverse logdet pinverse qr slogdet svd",
        ".functions.grids": "combinations",
        ".functions.matrices": "matrix_exp matrix_power",
        ".functions.scan": "cummax cummin cumprod cumsum cumulative_trapezoid diff logcumsumexp trapezoid",
        ".functions.scattering": "diagonal_scatter index_add index_copy index_fill index_put index_reduce masked_fill "
        "masked_scatter put scatter scatter_add scatter_reduce select_scatter slice_scatter",
        ".functions.solving": "cholesky_inverse orgqr",
        ".functions.sorting": "argsort msort sort topk unique unique_consecutive",
        ".functions.special": "digamma erf erfc erfinv i0 lgamma mvlgamma polygamma",
        ".functions.statistics": "bincount corrcoef cov histc kthvalue median mode nanmedian nanquantile quantile std var",
        ".tensor.random": "bernoulli multinomial poisson",
    }
)
METHODS_LATER = _by_name(
    {
        ".functions.arranging": "repeat tril_ triu_",
        ".functions.filling": "copy_ fill_ fill_diagonal_ zero_",
        ".functions.scan": "cumprod_ cumsum_",
        ".functions.scattering": "index_add_ index_copy_ index_fill_ index_put_ index_reduce_ masked_fill_ masked_scatter_ "
        "put_ scatter_ scatter_add_ scatter_reduce_",
        ".functions.special": "digamma_ erf_ erfc_ erfinv_ i0_ lgamma_ mvlgamma_ polygamma_",
        ".torch.legacy": "new",
        ".torch.storage": "storage untyped_storage",
        ".sparse": "to_sparse",
        ".tensor.random_fills": "bernoulli_ cauchy_ exponential_ geometric_ log_normal_ normal_ random_ uniform_",
    }
)
FUNCTIONS_LATER = _by_name(
    {
        ".functions.einsum": "einsum",
        ".functions.estimating": "gradient unravel_index",
        ".functions.grids": "cartesian_prod meshgrid vander",
        ".functions.scan": "trapz",
        ".functions.filling": "fill",
        ".functions.solving": "lu_solve lu_unpack nuclear_norm pca_lowrank svd_lowrank",
        ".functions.sorting": "bucketize searchsorted",
        ".functions.statistics": "std_mean var_mean",
        ".torch.legacy": "BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor "
        "ShortTensor",
        ".tensor.random": "default_generator Generator get_rng_state initial_seed manual_seed normal rand rand_like "
        "randint randint_like randn randn_like randperm seed set_rng_state",
    }
)
