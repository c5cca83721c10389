"""Products of vectors and matrices, factorizations and solvers."""

from __future__ import annotations

from typing import Any

from .dsl import Lit, Raw, Regular, Spd, c, f, first_order, op

op("matmul", "input other",
   *(c(*pair) for pair in [((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((2, 1, 2, 3), (4, 3, 2)),
    ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((0,), (0,))]),
   wrong=[c((2, 3), (2, 3)), c((3,), (4,)), c((), (3,)), c((2, 3), ()), c((5, 2, 3), (4, 3, 2))])  # fmt: skip
op("mm", "input mat2", c((2, 3), (3, 4)), c((0, 3), (3, 2)), c((2, 0), (0, 3)), c((1, 1), (1, 1)),
   wrong=[c((2, 3), (2, 3)), c((3,), (3, 2)), c((5, 2, 3), (5, 3, 2))])  # fmt: skip
op("bmm", "input mat2", c((5, 2, 3), (5, 3, 4)), c((0, 2, 3), (0, 3, 2)), c((2, 2, 0), (2, 0, 3)),
   wrong=[c((5, 2, 3), (4, 3, 2)), c((2, 3), (3, 2)), c((5, 2, 3), (5, 2, 3))])  # fmt: skip
op("mv", "input vec", c((2, 3), (3,)), c((0, 3), (3,)), c((2, 0), (0,)), wrong=[c((2, 3), (2,)), c((3,), (3,))])
op("dot", "input tensor", c((3,), (3,)), c((0,), (0,)), wrong=[c((3,), (4,)), c((2, 3), (3,)), c((), (3,))])
op("vdot", "input other", c((3,), (3,)), c((0,), (0,)), wrong=[c((3,), (4,)), c((2, 3), (3,))])
op("inner", "input other", c((3,), (3,)), c((2, 3), (4, 3)), c((2, 2, 3), (3,)), c((), (2, 3)), wrong=[c((3,), (4,)),
   c((2, 3), (3, 2))])  # fmt: skip
op("outer", "input vec2", c((2,), (3,)), c((0,), (3,)), wrong=[c((2, 3), (3,)), c((), (2,))])
op("addmm", "input mat1 mat2", c((2, 4), (2, 3), (3, 4)), c((4,), (2, 3), (3, 4)), c((2, 1), (2, 3), (3, 4)),
   c((2, 4), (2, 3), (3, 4), beta=0.5, alpha=2.0), c((2, 4), (2, 3), (3, 4), beta=0), c((), (2, 3), (3, 4)),
   wrong=[c((2, 4), (2, 3), (2, 4)), c((3,), (2, 3), (3, 4)), c((2, 4), (3,), (3, 4))])  # fmt: skip
op("addmv", "input mat vec", c((2,), (2, 3), (3,)), c((), (2, 3), (3,), beta=0.5, alpha=2.0),
   wrong=[c((2,), (2, 3), (2,)), c((3,), (2, 3), (3,))])  # fmt: skip
op("addbmm", "input batch1 batch2", c((2, 4), (5, 2, 3), (5, 3, 4)), f((4,), (5, 2, 3), (5, 3, 4), beta=0.5,
   alpha=2.0), wrong=[c((2, 4), (5, 2, 3), (4, 3, 4))])  # fmt: skip
op("baddbmm", "input batch1 batch2", c((5, 2, 4), (5, 2, 3), (5, 3, 4)), c((2, 4), (5, 2, 3), (5, 3, 4), beta=0.5,
   alpha=2.0), wrong=[c((5, 2, 4), (5, 2, 3), (4, 3, 4))])  # fmt: skip
op("addr", "input vec1 vec2", c((2, 3), (2,), (3,)), c((3,), (2,), (3,), beta=0.5, alpha=2.0), half=False,
   wrong=[c((2, 3), (3,), (3,)), c((2, 3), (2, 1), (3,))])  # fmt: skip
op("einsum", "equation",
   *(f(*args) for args in [("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ii", (3, 3)), ("ii->i",
    (3, 3)), ("ij->ji", (2, 3)), ("ij->", (2, 3)), ("ij->j", (2, 3)), ("i,j->ij", (2,), (3,)), ("bij,bjk->bik",
    (2, 2, 3), (2, 3, 2)), ("...ij,...jk->...ik", (2, 2, 3), (2, 3, 2)), ("bhqd,bhkd->bhqk", (2, 2, 3, 4),
    (2, 2, 2, 4)), ("i,i", (3,), (3,)), ("bn,anm,bm->ba", (2, 3), (5, 3, 4), (2, 4)), ("ij,ij->i", (2, 3), (2, 3)),
    ("b...->...", (2, 3, 2)), (" i j , j k -> i k ", (2, 3), (3, 2)), ("ij,j->ij", (2, 3), (1,)), ("bii->bi",
    (2, 3, 3)), (",", (), ()), ("ik,jk,lk->ijl", (2, 3), (4, 3), (2, 3)), ("ij,jk->ik", [(2, 3), (3, 4)]), ("i->",
    (0,)), ("ji,jk", (3, 2), (3, 4))]),
   wrong=[f("ij,jk->ik", (2, 3), (4, 5)), f("ij", (2, 3, 4)), f("ij,jk->ik", (2, 3)), f("ij->iij", (2, 3)),
   f("ij->k", (2, 3)), f("i1", (2, 3)), f("ij->i->j", (2, 3))], promotes=False)  # fmt: skip
op("tensordot", "a b dims", c((2, 3, 4), (3, 4, 5)), c((2, 3), (3, 4), 1), c((2,), (3,), 0), c((2, 3, 4), (4, 3, 5),
   [[1, 2], [1, 0]]), c((3, 2), (3, 4), [[0], [0]]), c((2, 3), (3, 2), dims=Raw(([1, 0], [0, 1]))),
   wrong=[c((2, 3), (2, 3), 1), c((2, 3), (3, 2), [[0], [0, 1]])], promotes=False)  # fmt: skip
op("kron", "input other", c((2, 3), (2, 2)), c((2,), (3,)), c((2, 3), (2,)), c((), (2,)), c((2, 0), (1, 2)))
op("cross", "input other dim", c((2, 3), (2, 3), 1), c((3, 2), (3, 2), 0), c((3,), (3,)), c((2, 3), (1, 3), dim=-1),
   wrong=[c((2, 4), (2, 4), 1), c((2, 3), (2, 3), 2), c((2, 3), (4, 3), 1)])  # fmt: skip
op("linalg.cross", "input other", c((2, 3), (2, 3)), c((3, 2), (3, 2), dim=0), wrong=[c((2, 4), (2, 4))])
op("cdist", "x1 x2 p", c((4, 3), (2, 3)), c((2, 4, 3), (2, 2, 3)), c((4, 3), (2, 3), 1.0), c((4, 3), (2, 3), 3.0),
   c((4, 3), (2, 3), float("inf")), c((4, 0), (2, 0)), c((0, 3), (2, 3)),
   first_order(c(Lit([[1.0, 2.0]]), Lit([[1.0, 2.0], [0.0, 1.0]]))), wrong=[c((4, 3), (2, 2)), c((3,), (3,)),
   c((4, 3), (2, 3), -1.0)], tolerance=10.0)  # fmt: skip
op("chain_matmul", "", f((2, 3), (3, 4), (4, 2)), f((2, 3), (3, 4)), wrong=[f((2, 3), (2, 3))], promotes=False)
op("linalg.multi_dot", "tensors", c([(2, 3), (3, 4), (4, 2)]), c([(2, 3), (3, 4)]), c([(3,), (3, 4), (4, 2), (2,)]),
   wrong=[c([(2, 3), (2, 3)]), c([(2, 3)]), c([(2, 3, 1), (3, 2)])], promotes=False)  # fmt: skip

NEVER_SINGULAR = ("transposed", "strided")
SQUARE = [c(Regular(3)), c(Regular(2, 4)), c(Regular(1)), c((0, 0))]
NOT_SQUARE = [c((2, 3)), c((3,))]
SINGULAR = Lit([[1.0, 2.0], [2.0, 4.0]])
TALL = [(4, 2), (2, 4), (3, 3), (2, 4, 3)]

op("linalg.inv", "A", SQUARE, wrong=[*NOT_SQUARE, c(SINGULAR)], layouts=NEVER_SINGULAR)
op("inverse", "input", SQUARE, wrong=[*NOT_SQUARE, c(SINGULAR)], layouts=NEVER_SINGULAR)
op("linalg.det", "A", SQUARE, c(Lit([[1.0, 2.0], [2.0, 4.0]], grad=False)),
   first_order(c(Lit([[0.0, 0.0], [0.0, 0.0]]))), wrong=NOT_SQUARE, layouts=NEVER_SINGULAR)  # fmt: skip
op("det logdet", "input", c(Spd(3)), c(Spd(2, 4)), wrong=NOT_SQUARE, layouts=NEVER_SINGULAR)
op("linalg.slogdet", "A", SQUARE, wrong=NOT_SQUARE, layouts=NEVER_SINGULAR)
op("slogdet", "input", SQUARE, wrong=NOT_SQUARE, layouts=NEVER_SINGULAR)
op("linalg.solve", "A B", c(Regular(3), (3,)), c(Regular(3), (3, 2)), c(Regular(3, 2), (2, 3, 2)), c(Regular(3),
   (2, 3, 4)), c(Regular(3), (3, 2), left=True), c(Regular(3), (2, 3), left=False), c(Regular(3, 2), (2, 3)),
   wrong=[c((2, 3), (2,)), c(Regular(3), (4,)), c(SINGULAR, (2,))], layouts=NEVER_SINGULAR)  # fmt: skip
op("linalg.solve_triangular", "input B", c(Regular(3), (3, 2), upper=True), c(Regular(3), (3, 2), upper=False),
   c(Regular(3), (2, 3), upper=True, left=False), c(Regular(3, 2), (2, 3, 1), upper=False), c(Regular(3), (3, 2),
   upper=True, unitriangular=True), wrong=[c(Regular(3), (4, 2), upper=True), c(Regular(3), (3, 2)),
   c((2, 3), (2, 2), upper=True)], promotes=False)  # fmt: skip
op("linalg.cholesky", "input", c(Spd(3)), c(Spd(2, 4)), c(Spd(1)), c((0, 0)), c(Spd(3), upper=True),
   wrong=[*NOT_SQUARE, c(Lit([[1.0, 2.0], [2.0, 1.0]]))])  # fmt: skip
op("cholesky", "input", c(Spd(3)), c(Spd(3), upper=True), wrong=[c((2, 3))])
QR = [c((4, 2)), c((3, 3)), c((2, 4, 3))]


def factors(r: Any) -> Any:
    """Q and R up to the signs of R's rows."""
    return r[0] @ r[1], r[0].mT @ r[0], abs(r[1]), abs(r.Q), abs(r.R)


op("linalg.qr", "A", QR, wrong=[c((3,))], through=factors, layouts=NEVER_SINGULAR)
op("qr", "input", QR, wrong=[c((3,))], through=factors, layouts=NEVER_SINGULAR)
op("linalg.svd", "A", *(f(shape, full_matrices=False) for shape in TALL), c((3, 3)), wrong=[c((3,))],
   through=lambda r: (r.S, (r.U * r.S.unsqueeze(-2)) @ r.Vh, (r.U * r.U), r.Vh * r.Vh), order=1,
   layouts=NEVER_SINGULAR)  # fmt: skip
op("svd", "input some", *(c(shape) for shape in TALL), wrong=[c((3,))], through=lambda r: (r.S,
   (r.U * r.S.unsqueeze(-2)) @ r.V.mT), order=1, layouts=NEVER_SINGULAR)  # fmt: skip
op("linalg.svdvals", "A", *(c(shape) for shape in TALL), wrong=[c((3,))], layouts=NEVER_SINGULAR)
op("linalg.eigh", "input", c(Spd(3)), c(Spd(2, 4)), c(Spd(1)), c(Regular(3), UPLO="U"), wrong=NOT_SQUARE,
   through=lambda r: (r[0], r.eigenvalues, (r.eigenvectors * r[0].unsqueeze(-2)) @ r[1].mT, r[1] * r[1]), order=1)  # fmt: skip
op("linalg.eigvalsh", "input", c(Spd(3)), c(Spd(2, 4)), c(Regular(3), UPLO="U"), wrong=NOT_SQUARE)
op("linalg.norm", "input ord dim keepdim", c((3,)), c((2, 3)), c((2, 3, 2)), c((3,), 1), c((3,), float("inf")),
   c((3,), 0), c((2, 3), "fro"), c((2, 3), "nuc"), c((2, 3), 2), c((2, 3), -2), c((2, 3), 1), c((2, 3),
   float("-inf")), c((2, 3), 2, 1), c((2, 3), dim=0, keepdim=True), c((2, 3, 4), 2, [0, 2]), c((2, 3, 4), "fro",
   [1, 2], True), wrong=[c((2, 3), "red"), c((3,), "fro"), c((2, 3, 4), 2), c((2, 3), 2, 3)], half=False)  # fmt: skip
op("linalg.vector_norm", "x ord dim keepdim", c((3,)), c((2, 3)), c((2, 3), 1), c((2, 3), float("inf"), 0), c((2, 3),
   3.5, [0, 1]), c((2, 3), dim=1, keepdim=True), c((2, 3), 0, 1), first_order(c(Lit([0.0, 0.0]))), c(()),
   wrong=[c((2, 3), 2, 2)])  # fmt: skip
op("linalg.matrix_norm", "input ord dim keepdim", c((2, 3)), c((2, 3, 4)), c((2, 3), "nuc"), c((2, 3), 2), c((2, 3),
   1), c((2, 3), float("inf")), c((2, 3, 4), "fro", [0, 1]), c((2, 3), -1, keepdim=True), wrong=[c((3,)),
   c((2, 3), 3)], half=False)  # fmt: skip
op("linalg.pinv pinverse", "input", c((4, 2)), c((2, 4)), c(Regular(3)), c((2, 3, 2)), c((3, 1)), wrong=[c((3,))],
   tolerance=10.0, layouts=NEVER_SINGULAR)  # fmt: skip
op("linalg.lstsq", "input b", c((4, 2), (4, 1)), c((4, 2), (4, 3)), c((2, 4, 2), (2, 4, 1)), wrong=[c((4, 2), (3, 1)),
   c((4,), (4, 1))], through=lambda r: r.solution, tolerance=10.0)  # fmt: skip
op("linalg.matrix_power matrix_power", "input n", c(Regular(3), 2), c(Regular(3), 0), c(Regular(3), 1), c(Regular(3),
   5), c(Regular(3), -2), c(Regular(2, 4), 3), wrong=[c((2, 3), 2)], half=False)  # fmt: skip
op("linalg.matrix_rank", "input", c((4, 2)), c(SINGULAR), c(Regular(2, 4)), c(Lit([[1.0, 0.0], [0.0, 1e-3]]),
   tol=0.1), c(SINGULAR, hermitian=True), wrong=[c((3,))])  # fmt: skip
op("linalg.cond", "input p", c(Regular(3)), c(Regular(3), 2), c(Regular(3), "fro"), c(Regular(3), 1), c((4, 2)),
   c(Regular(2, 3), float("inf")), c(Regular(3), -2), wrong=[c((3,)), c((2, 3), 1)], layouts=NEVER_SINGULAR)  # fmt: skip
op("linalg.matrix_exp matrix_exp", "input", c((3, 3)), c((2, 2, 2)), c((1, 1)), c(Lit([[0.0, 0.0], [0.0, 0.0]])),
   c(Regular(3)), wrong=[c((2, 3)), c((3,))], tolerance=10.0, half=False)  # fmt: skip
op("linalg.vecdot", "x y", c((2, 3), (2, 3)), c((2, 3), (3,)), c((2, 3), (2, 3), dim=0), wrong=[c((2, 3), (2, 4))])
op("linalg.diagonal", "A", c((3, 3)), c((2, 3, 4)), c((3, 4), offset=1), c((2, 3, 4), offset=-1, dim1=0, dim2=2))
