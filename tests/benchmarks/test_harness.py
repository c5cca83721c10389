"""The harness on peers of known speed: it sees a slowdown, names what is missing, survives failures."""

from __future__ import annotations

import dataclasses
import statistics

import pytest

from benchmarks import compare, coordinator, machine, report, targets, workload
from benchmarks.coordinator import Plan
from benchmarks.peers import Peer
from benchmarks.results import Row, Run
from tests.benchmarks import doctored

PLAN = Plan(rounds=3, seconds=0.02, pause=0.0, patience=30.0, workloads="tests.benchmarks.doctored")
SLEEPER = Peer("sleeper", "Sleeper", "tests.benchmarks.doctored:Sleeper")
VARIANT = Peer("variant", "Variant", "tests.benchmarks.doctored:Variant")
UNINSTALLED = Peer("uninstalled", "Uninstalled", "tests.benchmarks.doctored:Uninstalled")


def measure(monkeypatch: pytest.MonkeyPatch, nap: float, *cases: str, peers: tuple[Peer, ...] = (SLEEPER,)) -> Run:
    monkeypatch.setenv(doctored.NAP, str(nap))
    return coordinator.run(cases, peers, PLAN, tell=lambda line: None)


def made_up(**seconds: float) -> Run:
    """A finished run with one timed case; peers by name, a little spread around their median."""
    samples = {name: [0.99 * each, each, 1.01 * each] for name, each in seconds.items()}
    titles = {name: name.title() for name in seconds}
    versions = {name: {name: "1.0"} for name in seconds}
    rows = {"mlp/tiny": Row("mlp/tiny", samples=samples)}
    return Run(machine.describe(2), "2026-01-01 00:00", yardstick=1.0, titles=titles, versions=versions, rows=rows)


class TestARun:
    def test_measures_what_a_step_takes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row = measure(monkeypatch, 0.005, "nap/short").rows["nap/short"]
        assert len(row.samples["sleeper"]) == PLAN.rounds
        assert 0.005 <= statistics.median(row.samples["sleeper"]) < 0.02

    def test_goes_by_processor_time_if_told_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(doctored.NAP, "0.1")  # far above the steps of 4 ms in which some systems count processor time
        plan = dataclasses.replace(PLAN, clock="cpu", seconds=0.0002)
        run = coordinator.run(["nap/short"], [SLEEPER], plan, tell=lambda line: None)
        assert max(run.rows["nap/short"].samples["sleeper"]) < 0.1
        assert run.machine["clock"] == "processor time of all threads"

    def test_names_a_peer_that_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run = measure(monkeypatch, 0.001, "nap/short", peers=(UNINSTALLED, SLEEPER))
        assert "uninstalled" not in run.titles
        expected = "Uninstalled is not measured: ModuleNotFoundError: No module named 'uninstalled'"
        assert run.missing == {"uninstalled": expected}
        assert f"- {expected}" in report.markdown(run)

    def test_measures_a_variant_only_where_an_optimizer_takes_part(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run = measure(monkeypatch, 0.001, "nap/short", "trained/short", peers=(SLEEPER, VARIANT))
        assert set(run.rows["nap/short"].samples) == {"sleeper"}
        assert set(run.rows["trained/short"].samples) == {"sleeper", "variant"}

    def test_takes_a_value_from_a_fresh_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row = measure(monkeypatch, 0.001, "counted/short").rows["counted/short"]
        assert row.samples == {"sleeper": [0.001] * PLAN.rounds}
        assert row.unit == "MB"

    @pytest.mark.parametrize("share, warned", [(None, False), (0.0, False), (0.09, False), (0.5, True)])
    def test_warns_on_a_busy_machine(self, share: float | None, warned: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machine, "busy", lambda: share)
        monkeypatch.setenv(doctored.NAP, "0.001")
        told: list[str] = []
        run = coordinator.run(["nap/short"], [SLEEPER], PLAN, tell=told.append)
        assert any("busy" in line and "50%" in line for line in told) is warned
        assert (share is None) is ("used by others" not in run.machine)

    def test_knows_how_busy_the_machine_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        times = iter([(100.0, 80.0), (200.0, 130.0)])
        monkeypatch.setattr(machine, "_times", lambda: next(times))
        assert machine.busy(0) == 0.5
        monkeypatch.setattr(machine, "_times", lambda: None)
        assert machine.busy(0) is None

    def test_leaves_out_code_of_other_families(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row = measure(monkeypatch, 0.001, "foreign/only").rows["foreign/only"]
        assert not row.samples
        assert row.absent == {"sleeper": "not written for this peer"}

    @pytest.mark.parametrize(
        ("case", "reason"),
        [
            ("broken/at once", "RuntimeError: the step broke"),
            ("broken/later", "RuntimeError: the step broke"),
            ("broken/dead", "status 3"),
        ],
    )
    def test_survives_a_peer_that_fails(self, monkeypatch: pytest.MonkeyPatch, case: str, reason: str) -> None:
        run = measure(monkeypatch, 0.001, case, "nap/short")
        assert reason in run.rows[case].failed["sleeper"]
        assert not run.rows[case].samples
        assert "Sleeper failed: " in report.markdown(run)
        assert run.rows["nap/short"].samples["sleeper"]


class TestComparison:
    def test_catches_a_doctored_slowdown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        old = measure(monkeypatch, 0.005, "nap/short")
        new = measure(monkeypatch, 0.02, "nap/short")
        old.yardstick = new.yardstick = 0.0  # a nap is as long on a busy machine as on a quiet one
        (change,) = compare.compare(old, new)
        assert change.slower
        assert change.factor > 1.5
        assert "**slower**" in report.markdown(new, [change])

    @pytest.mark.parametrize(("factor", "slower", "faster"), [(1.3, True, False), (1.05, False, False), (0.7, False, True)])
    def test_tells_a_change_from_noise(self, factor: float, slower: bool, faster: bool) -> None:
        (change,) = compare.compare(made_up(gradloom=1e-4), made_up(gradloom=factor * 1e-4))
        assert (change.slower, change.faster) == (slower, faster)

    def test_does_not_accuse_code_of_a_slower_machine(self) -> None:
        old, new = made_up(gradloom=1e-4), made_up(gradloom=1.5e-4)
        assert not compare.compare(old, dataclasses.replace(new, yardstick=1.5))[0].slower

    def test_needs_quartiles_that_do_not_overlap(self) -> None:
        old, new = made_up(gradloom=1e-4), made_up(gradloom=1e-4)
        old.rows["mlp/tiny"].samples["gradloom"] = [1.0, 1.0, 2.0, 2.0]
        new.rows["mlp/tiny"].samples["gradloom"] = [1.0, 1.9, 1.9, 2.0]
        assert not compare.compare(old, new)[0].slower

    def test_passes_over_what_only_one_run_has(self) -> None:
        assert compare.compare(made_up(torch=1.0), made_up(gradloom=1.0)) == []


class TestReport:
    def test_shows_a_lost_row_as_lost(self) -> None:
        text = report.markdown(made_up(gradloom=1e-4, torch=3.5e-4, jax=5e-5))
        assert "| tiny | 100 µs ±0% | 350 µs ±0% (3.50x) | 50.0 µs ±0% (0.50x) | **Jax (0.50x)** |" in text

    def test_shows_a_won_row_as_won(self) -> None:
        assert "| nobody |" in report.markdown(made_up(gradloom=1e-4, torch=3.5e-4))

    def test_judges_targets(self) -> None:
        assert "| mlp/tiny | torch / Gradloom >= 3.5 | 4.00 | reached |" in report.markdown(made_up(gradloom=1e-4, torch=4e-4))
        assert "| 2.00 | **missed** |" in report.markdown(made_up(gradloom=1e-4, torch=2e-4))

    def test_states_machine_and_versions(self) -> None:
        text = report.markdown(made_up(gradloom=1e-4))
        assert "| threads used | 2 |" in text
        assert "| Gradloom | gradloom 1.0 |" in text

    @pytest.mark.parametrize(
        ("value", "unit", "text"),
        [
            (3.21e-7, "s", "321 ns"),
            (1.5e-6, "s", "1.50 µs"),
            (0.0123, "s", "12.3 ms"),
            (2.0, "s", "2.00 s"),
            (1234.5, "MB", "1,234 MB"),
            (1.014, "x", "1.01 x"),
        ],
    )
    def test_writes_quantities_with_three_digits(self, value: float, unit: str, text: str) -> None:
        assert report.quantity(value, unit) == text

    def test_replaces_results_in_a_document(self, tmp_path) -> None:
        page = tmp_path / "page.md"
        page.write_text(f"before\n{report.START}\nold\n{report.END}\nafter\n")
        report.into(page, "new\n")
        assert page.read_text() == f"before\n{report.START}\n\nnew\n\n{report.END}\nafter\n"
        page.write_text("no markers")
        with pytest.raises(ValueError, match="no pair of markers"):
            report.into(page, "new")


class TestPlots:
    def test_draw_every_peer_beside_gradloom(self, tmp_path) -> None:
        plots = pytest.importorskip("benchmarks.plots")
        (path,) = plots.save(made_up(gradloom=1e-4, torch=4e-4, jax=5e-5), tmp_path)
        assert path.name == "mlp.svg"
        assert "<svg" in path.read_text()

    def test_leave_out_what_has_nothing_to_compare(self, tmp_path) -> None:
        plots = pytest.importorskip("benchmarks.plots")
        assert plots.save(made_up(torch=1.0, jax=2.0), tmp_path) == []


class TestResults:
    def test_survive_a_file(self, tmp_path) -> None:
        run = made_up(gradloom=1e-4, torch=2e-4)
        run.save(tmp_path / "new" / "results.json")
        assert Run.load(tmp_path / "new" / "results.json") == run

    def test_have_no_ratio_to_what_was_not_measured(self) -> None:
        row = made_up(gradloom=1e-4).rows["mlp/tiny"]
        assert row.ratio("torch", "gradloom") is None
        assert row.median("torch") is None

    def test_have_quartiles_from_one_sample_on(self) -> None:
        assert Row("a/b", samples={"p": [2.0]}).quartiles("p") == (2.0, 2.0)


class TestDeclarations:
    def test_every_target_is_about_a_known_case(self) -> None:
        pytest.importorskip("benchmarks.workloads")
        known = set(workload.select())
        assert {target.case for target in targets.TARGETS} <= known

    def test_selects_workloads_and_cases(self) -> None:
        assert workload.select(["nap", "broken/later"]) == ["nap/short", "broken/later"]
        with pytest.raises(ValueError, match="neither a workload nor a case"):
            workload.select(["unheard of"])

    def test_refuses_a_second_declaration(self) -> None:
        with pytest.raises(ValueError, match="declared twice"):
            workload.workload("nap", "", sizes={})
        with pytest.raises(ValueError, match="already has a build"):
            doctored.nap.build("sleeper")(lambda peer, size: peer.step)
        with pytest.raises(ValueError, match="quick sizes"):
            workload.workload("never", "", sizes={}, quick=("absent",))
