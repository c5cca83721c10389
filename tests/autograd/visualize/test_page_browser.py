"""The page in a real browser: the slider moves, play runs, the numbers are right, nothing overlaps or is clipped."""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

import autograd
import nn
from autograd import Tensor, visualize

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("chromedriver")), reason="needs chromium and chromedriver"
    ),
]


class Browser:
    """As much of the WebDriver protocol as these tests speak."""

    def __init__(self, port: int, width: int, height: int, profile: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        options = {
            "binary": shutil.which("chromium"),
            "args": [*flags, f"--user-data-dir={profile}", f"--window-size={width},{height}"],
        }
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
        self.session = f"/session/{made['sessionId']}"
        self.call("POST", f"{self.session}/window/rect", {"width": width, "height": height})

    def call(self, method: str, path: str, body: dict | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, path: Path) -> None:
        self.call("POST", f"{self.session}/url", {"url": path.as_uri()})

    def run(self, script: str):
        return self.call("POST", f"{self.session}/execute/sync", {"script": script, "args": []})

    def press(self, key: str) -> None:
        keys = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.call("POST", f"{self.session}/actions", {"actions": [{"type": "key", "id": "keys", "actions": keys}]})

    def close(self) -> None:
        self.call("DELETE", self.session)


@pytest.fixture(scope="module")
def driver():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    process = subprocess.Popen(
        [shutil.which("chromedriver"), f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=5).close()
            break
        except OSError:
            time.sleep(0.1)
    yield port
    process.terminate()
    process.wait()


@pytest.fixture(scope="module", params=[(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def browser(driver, request, tmp_path_factory):
    made = Browser(driver, *request.param, tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


def scalar_page(folder: Path) -> tuple[Path, dict]:
    a, b = Tensor(2.0, requires_grad=True), Tensor(-3.0, requires_grad=True)
    with visualize.recording():
        loss = ((a * b + a).tanh() + 10.0) ** 2
    path = visualize.step_through(loss, names={"a": a, "b": b}).save(folder / "scalar.html")
    loss.backward()
    return path, {"a": a.grad.item(), "b": b.grad.item()}


def tensor_page(folder: Path) -> Path:
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
    x = autograd.tensor([[0.5, -1.0], [1.0, 2.0]])
    with visualize.recording():
        loss = nn.functional.cross_entropy(model(x), autograd.tensor([1, 0]))
    return visualize.step_through(loss, names={"x": x}, params=model).save(folder / "tensor.html")


BOXES = """
return [...document.querySelectorAll('g.box')].map(g => {
  const card = g.querySelector('rect.card').getBoundingClientRect();
  const text = [...g.querySelectorAll('text')].map(t => t.getBoundingClientRect());
  return {x: card.left, y: card.top, r: card.right, b: card.bottom,
          clipped: text.some(t => t.width && (t.left < card.left - 1 || t.right > card.right + 1 ||
                                                t.bottom > card.bottom + 1))};
});
"""


def check_layout(browser: Browser) -> None:
    boxes = browser.run(BOXES)
    assert len(boxes) > 3 and not any(b["clipped"] for b in boxes)
    for i, p in enumerate(boxes):
        for q in boxes[i + 1 :]:
            assert p["r"] <= q["x"] or q["r"] <= p["x"] or p["b"] <= q["y"] or q["b"] <= p["y"]
    fits = "const d = document.documentElement; return d.scrollWidth <= innerWidth && d.scrollHeight <= innerHeight;"
    assert browser.run(fits)
    assert browser.run("const h = document.querySelector('header'); return h.scrollWidth <= h.clientWidth;")


def gradient_of(browser: Browser, title: str) -> str | None:
    return browser.run(
        "const g = [...document.querySelectorAll('g.box')].find(g => g.querySelector('text.title').textContent === "
        f"'{title}'); const t = g.querySelector('text.grad'); return t && t.textContent;"
    )


def test_slider_and_keys_walk_through_the_right_numbers(browser, tmp_path):
    path, gradients = scalar_page(tmp_path)
    browser.open(path)
    last = int(browser.run("return document.getElementById('slider').max;"))
    assert gradient_of(browser, "a") is None
    browser.run(f"const s = document.getElementById('slider'); s.value = {last}; s.dispatchEvent(new Event('input'));")
    for name, wanted in gradients.items():
        shown = gradient_of(browser, name)
        assert shown is not None
        assert float(shown.removeprefix("grad ")) == pytest.approx(wanted, rel=1e-3)
    assert browser.run("return document.getElementById('count').textContent;") == f"{last + 1} / {last + 1}"
    browser.press("\ue012")  # arrow left
    assert browser.run("return document.getElementById('slider').value;") == str(last - 1)
    browser.press("\ue011")  # home
    assert browser.run("return document.getElementById('slider').value;") == "0"
    assert not browser.run("return [...document.querySelectorAll('#panel .bad')].length;")


def test_the_panel_adds_up(browser, tmp_path):
    path, _ = scalar_page(tmp_path)
    browser.open(path)
    last = int(browser.run("return document.getElementById('slider').max;"))
    browser.run(f"const s = document.getElementById('slider'); s.value = {last}; s.dispatchEvent(new Event('input'));")
    parts = browser.run("return [...document.querySelectorAll('.part')].map(p => p.innerText);")
    assert len(parts) == 2 and any("g * y" in p for p in parts) and any("sum so far" in p for p in parts)


def test_play_runs_to_the_end_and_pauses(browser, tmp_path):
    path, _ = scalar_page(tmp_path)
    browser.open(path)
    browser.run(
        "document.getElementById('speed').innerHTML = '<option value=\"20\" selected>x</option>';"
        "document.getElementById('play').click();"
    )
    last = browser.run("return document.getElementById('slider').max;")
    for _ in range(100):
        if browser.run("return document.getElementById('slider').value;") == last:
            break
        time.sleep(0.1)
    assert browser.run("return document.getElementById('slider').value;") == last
    time.sleep(0.1)
    assert "play" in browser.run("return document.getElementById('play').textContent;")


@pytest.mark.parametrize("page", ["scalar", "tensor"])
def test_nothing_overlaps_or_is_clipped_in_light_and_dark(browser, page, tmp_path):
    path = scalar_page(tmp_path)[0] if page == "scalar" else tensor_page(tmp_path)
    browser.open(path)
    last = int(browser.run("return document.getElementById('slider').max;"))
    colours = set()
    for _ in range(2):
        for k in (0, last // 2, last):
            browser.run(f"const s = document.getElementById('slider'); s.value = {k}; s.dispatchEvent(new Event('input'));")
            check_layout(browser)
        colours.add(browser.run("return getComputedStyle(document.body).backgroundColor;"))
        browser.run("document.getElementById('theme').click();")
    assert len(colours) == 2


def test_heat_maps_tell_their_numbers_on_hover(browser, tmp_path):
    browser.open(tensor_page(tmp_path))
    browser.run("const s = document.getElementById('slider'); s.value = s.max; s.dispatchEvent(new Event('input'));")
    titles = browser.run("return [...document.querySelectorAll('g.box rect > title')].map(t => t.textContent);")
    assert any(t.startswith("[1, 0]") for t in titles)
