"""The idea: operations that are recorded as they run, and the sweep back through the record.

To read in this order: `graph` (what is recorded), `primitive` (how an operation and its derivative are declared), `calls` (what
calling one does), `engine` (the sweep), `hooks`; then `inplace` (changes of memory) and `function` (a user's own operation).
`half` says how compositions are computed on float16. `dtypes`, `shapes`, `devices` and `settings` are the words that arguments
are given in, `threads` the pool that shares out large work. `docs/engine.md` leads through them.
"""

from os.path import dirname, exists

# The distribution `autograd` (HIPS/autograd) installs a package of the same name. Whichever came second has overwritten files
# of the first, and both import this folder: ours always, theirs in the belief that it is their core.py.
if exists(f"{dirname(dirname(__file__))}/tracer.py"):
    raise ImportError(
        "HIPS/autograd and Gradloom are installed in one environment and have overwritten each other's files; keep one: "
        "`pip uninstall -y autograd gradloom`, then install Gradloom again (or `pip install autograd` for the other)"
    )
