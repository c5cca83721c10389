"""The idea: operations that are recorded as they run, and the sweep back through the record.

To read in this order: `graph` (what is recorded), `primitive` (how an operation and its derivative are declared), `calls` (what
calling one does), `engine` (the sweep), `hooks`; then `inplace` (changes of memory) and `function` (a user's own operation).
`dtypes`, `shapes`, `devices` and `settings` are the words that arguments are given in, `threads` the pool that shares out large
work. `docs/engine.md` leads through them.
"""
