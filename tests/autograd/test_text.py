"""Functions that are written out as text can be read: by whoever asks, in tracebacks, in a debugger."""

import ast
import inspect
import linecache
import traceback

import pytest

import autograd
from autograd.core.calls import is_written_out
from autograd.core.primitive import REGISTRY
from autograd.core.text import compiled


@pytest.mark.parametrize("name", REGISTRY)
def test_the_source_of_every_call_is_python_and_names_its_operands(name):
    p = REGISTRY[name]
    (definition,) = ast.parse(p.source()).body
    assert isinstance(definition, ast.FunctionDef) and definition.name == "call"
    if is_written_out(p):
        parameters = definition.args
        assert len(parameters.args) == len(p.inputs)
        assert [a.arg for a in parameters.kwonlyargs] == [*p.options, "out"]


def test_the_text_is_what_runs_and_what_python_finds():
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    from autograd.ops.elementwise import multiply

    text = multiply.primitive.source()
    assert inspect.getsource(multiply) == text
    assert "node.saved = ((d1,) if n0 is not None else None, (d0,) if n1 is not None else None)" in text


def test_a_traceback_through_a_call_shows_its_lines():
    with pytest.raises(RuntimeError, match="do not broadcast") as caught:
        autograd.ones(2) * autograd.ones(3)
    frames = traceback.extract_tb(caught.tb)
    (frame,) = [f for f in frames if f.filename == "<call of mul>"]
    assert frame.line == "raise explain(p, (d0, d1), error) from None"
    assert caught.value.__suppress_context__


def test_lines_outlive_a_check_of_the_cache():
    function = compiled("function = lambda x: missing(x)", "function of a test", {})
    linecache.checkcache()
    with pytest.raises(NameError) as caught:
        function(1)
    assert traceback.extract_tb(caught.tb)[-1].line == "function = lambda x: missing(x)"
