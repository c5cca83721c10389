"""The generated pages say what the declarations say, and what README and docs show runs."""

import doctest
import re
from pathlib import Path

import pytest

from autograd.core.primitive import REGISTRY
from autograd.errors import MissingExtra
from docs import generate
from docs.quotes import quotation, quoted

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("name", generate.PAGES)
def test_generated_pages_are_up_to_date(name):
    if name == "coverage.md":
        pytest.importorskip("torch")
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == generate.PAGES[name](), "run python -m docs.generate"


@pytest.mark.parametrize("name", generate.QUOTING)
def test_quotations_are_what_the_files_say(name):
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert page.count("```py\n") == page.count("<!-- ") > 0
    assert page == quoted(page), "run python -m docs.generate"


@pytest.mark.parametrize(
    "mark", ["a.md: x", "autograd/core/graph.py: Nothing", 'autograd/core/graph.py: Node, "no such" to "line"']
)
def test_a_mark_that_names_nothing_is_an_error(mark):
    with pytest.raises(ValueError, match="quotes"):
        quotation(mark)


@pytest.fixture
def registry():
    """The primitives that a page declares are forgotten afterwards."""
    before = dict(REGISTRY)
    yield
    for name in REGISTRY.keys() - before.keys():
        del REGISTRY[name]


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_python_in_the_docs_runs(page, tmp_path, monkeypatch):
    """Blocks of a page run in order in one namespace; those with prompts must print what they show."""
    text = page.read_text(encoding="utf-8")
    if page.name in generate.PAGES:
        pytest.skip("generated: its blocks are rules, not programs")
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for block in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S):
        if ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, names, page.name, str(page), 0)
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
            runner.run(test, clear_globs=False)
            names = test.globs
            assert runner.summarize(verbose=False).failed == 0
        else:
            try:
                exec(compile(block, page.name, "exec"), names)
            except MissingExtra as missing:
                pytest.skip(str(missing))


def test_links_of_the_docs_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_declared_function_is_exported():
    import autograd
    from autograd.functions.declare import METHODS

    assert all(hasattr(autograd.Tensor, name) for name in METHODS)
