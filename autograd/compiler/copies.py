"""Copies that a program can do without: of a result that nobody else has, the copy is the result itself."""

from .program import Host, Note, Program, Ref, Store
from .recorded import is_method


def without_copies(program: Program) -> None:
    """Leave out copies, as that of a gradient into `.grad`, whose original is read by nobody afterwards."""
    values = program.values
    written = program.written_roots()
    users: dict[int | None, list[int]] = {}
    for at, i in enumerate(program.instructions):
        for k in program.reads(i):
            users.setdefault(values[k].root, []).append(at)
    made = {values[k].root: i for i in program.instructions if isinstance(i, (Note, Host)) and not program.is_view(i)
            for k in program.results(i)}  # fmt: skip
    outside = program.external_roots() | {values[k].root for k in program.outputs}
    kept_by_store = {values[i.value].root for i in program.instructions if isinstance(i, Store) and i.value is not None}
    same: dict[int, Ref] = {}
    kept = []
    for at, i in enumerate(program.instructions):
        if isinstance(i, Note) and _copies(program, i):
            (k,), source = program.results(i), values[int(i.args[0])]
            last = users.get(source.root, [at])[-1]
            free = source.root in made and source.root not in written | outside | kept_by_store and last == at
            if free and values[k].root not in written and source.seen.strides == values[k].seen.strides:
                same[k] = same.get(source.number, Ref(source.number))
                program.have_one_root(k, same[k])
                kept_by_store.add(source.root)
                continue
        kept.append(i)
    if not same:
        return
    for i in kept:
        program.change(i, lambda a: same.get(int(a), a) if isinstance(a, Ref) else a)
    program.instructions = kept
    program.outputs = [int(same.get(k, k)) for k in program.outputs]


def _copies(program: Program, i: Note) -> bool:
    """Whether an instruction copies an array as it is."""
    if not (program.is_pure(i) and isinstance(i.result, Ref) and is_method(i.function) and isinstance(i.args[0], Ref)):
        return False
    source, made = program.values[int(i.args[0])].seen, program.values[int(i.result)].seen
    return i.function.__name__ in ("astype", "copy") and source.dtype == made.dtype and source.ndim > 0 and source.base is None
