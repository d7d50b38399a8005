"""Gates: what a run must hold to, read from ``gates.yaml`` and told of the cells and the comparison of a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import yaml

from evals.statistics.cells import LEAST_COVERAGE, Cell, Selector
from evals.statistics.comparing import Difference, NonInferiority, non_inferiority
from evals.statistics.directions import direction_of
from evals.statistics.means import Interval
from rag.errors import ConfigurationError

_EQUAL: Final = 1e-9

Outcome = Literal["pass", "fail", "inconclusive", "invalid"]
GateKind = Literal["hard", "floor", "no_worse"]
_KINDS: Final[tuple[GateKind, ...]] = ("hard", "floor", "no_worse")


@dataclass(frozen=True, slots=True)
class Hard:
    """Every value of a metric is ``value``: no statistics."""

    selector: Selector
    value: float


@dataclass(frozen=True, slots=True)
class Floor:
    """The interval of a metric's mean lies above ``ci_low``, below ``ci_high``, or both; None where not asked for."""

    selector: Selector
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True, slots=True)
class NoWorse:
    """A metric is no worse than that of the baseline by more than ``margin``."""

    selector: Selector
    margin: float


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates of a file, in its order."""

    hard: tuple[Hard, ...] = ()
    floor: tuple[Floor, ...] = ()
    no_worse: tuple[NoWorse, ...] = ()

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """Return what the gates read."""
        return tuple(gate.selector for gate in (*self.hard, *self.floor, *self.no_worse))

    @property
    def compared(self) -> tuple[Selector, ...]:
        """What a comparison with the baseline must hold, gated together."""
        return tuple(gate.selector for gate in self.no_worse)


@dataclass(frozen=True, slots=True)
class GateResult:
    """What came of a gate.

    Attributes:
        told: the figures that decided, in a sentence.
    """

    kind: GateKind
    selector: Selector
    outcome: Outcome
    told: str


ExitCode = Literal[0, 2, 3]


@dataclass(frozen=True, slots=True)
class GateResults:
    """What came of all gates."""

    results: tuple[GateResult, ...]

    @property
    def exit_code(self) -> ExitCode:
        """3 where the run is invalid, 2 where a gate failed or cannot tell, 0 where all passed."""
        outcomes = {result.outcome for result in self.results}
        return 3 if "invalid" in outcomes else 0 if outcomes <= {"pass"} else 2


def read_gates(path: Path) -> Gates:
    """Read a file of gates.

    Raises:
        ConfigurationError: it cannot be read, or holds something else than gates; all that is wrong, with its lines.
    """
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read ({error}); name a file of gates") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: is no YAML: {error}") from error
    reading = _Reading(str(path), [])
    gates = reading.gates(root)
    if reading.wrong:
        raise ConfigurationError("\n".join(reading.wrong))
    if gates == Gates():
        raise ConfigurationError(f"{path}: holds no gates; add `hard`, `floor` or `no_worse`")
    return gates


@dataclass(frozen=True, slots=True)
class _Reading:
    path: str
    wrong: list[str]

    def gates(self, root: yaml.Node | None) -> Gates:
        found: dict[str, list[tuple[Selector, yaml.Node]]] = {kind: [] for kind in _KINDS}
        for key, section in self._items(root, "the file") if root is not None else ():
            if key.value not in _KINDS:
                self._tell(key, f"`{key.value}` is no kind of gate: {', '.join(_KINDS)}")
                continue
            for name, value in self._items(section, f"`{key.value}`"):
                try:
                    found[key.value].append((Selector.parse(name.value), value))
                except ValueError as error:
                    self._tell(name, str(error))
        return Gates(
            tuple(Hard(selector, self._number(node, "the value")) for selector, node in found["hard"]),
            tuple(self._floor(selector, node) for selector, node in found["floor"]),
            tuple(self._no_worse(selector, node) for selector, node in found["no_worse"]),
        )

    def _floor(self, selector: Selector, node: yaml.Node) -> Floor:
        bounds = self._numbers(node, str(selector), ("ci_low", "ci_high"))
        return Floor(selector, bounds.get("ci_low"), bounds.get("ci_high"))

    def _no_worse(self, selector: Selector, node: yaml.Node) -> NoWorse:
        if direction_of(selector.metric) == "none":
            self._tell(node, f"of `{selector}` no value is better than another: it cannot get worse")
        margin = self._numbers(node, str(selector), ("margin",)).get("margin", 0.0)
        if margin < 0:
            self._tell(node, f"the margin of `{selector}` is {margin:g}; give how much worse it may be, 0 or more")
        return NoWorse(selector, margin)

    def _numbers(self, node: yaml.Node, name: str, allowed: tuple[str, ...]) -> dict[str, float]:
        numbers: dict[str, float] = {}
        items = list(self._items(node, f"`{name}`"))
        for key, value in items:
            if key.value in allowed:
                numbers[key.value] = self._number(value, f"`{key.value}` of `{name}`")
            else:
                self._tell(key, f"`{name}` has `{key.value}`; it takes {' or '.join(allowed)}")
        if isinstance(node, yaml.MappingNode) and not items:
            self._tell(node, f"`{name}` is empty; give {' or '.join(allowed)}")
        return numbers

    def _number(self, node: yaml.Node, name: str) -> float:
        if isinstance(node, yaml.ScalarNode) and node.tag in {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}:
            value = float(yaml.safe_load(node.value))
            if math.isfinite(value):
                return value
        self._tell(node, f"{name} must be a number")
        return 0.0

    def _items(self, node: yaml.Node, name: str) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._tell(node, f"{name} must be a mapping of names")
            return
        seen: set[str] = set()
        pairs: list[tuple[yaml.Node, yaml.Node]] = node.value
        for key, value in pairs:
            if not isinstance(key, yaml.ScalarNode):
                self._tell(key, f"a name in {name} must be a word")
            elif key.value in seen:
                self._tell(key, f"{name} has `{key.value}` twice")
            else:
                seen.add(key.value)
                yield key, value

    def _tell(self, node: yaml.Node, what: str) -> None:
        self.wrong.append(f"{self.path}:{node.start_mark.line + 1}: {what}")


def judge_gates(
    gates: Gates,
    cells: Mapping[Selector, Cell],
    differences: Mapping[Selector, Difference] | None,
    barred: Collection[str] = (),
) -> GateResults:
    """Return what came of each gate.

    Args:
        cells: of the run's test split.
        differences: of a comparison with the baseline; None where there is no baseline.
        barred: metrics that no gate may read, since their judge has not shown what it is worth.
    """
    results = [_covered("hard", gate.selector, cells, _hard(gate)) for gate in gates.hard]
    results += [_covered("floor", gate.selector, cells, _floor(gate)) for gate in gates.floor]
    results += [_covered("no_worse", gate.selector, cells, _no_worse(gate, differences)) for gate in gates.no_worse]
    return GateResults(tuple(_barred(one) if one.selector.metric in barred else one for one in results))


def _barred(result: GateResult) -> GateResult:
    told = "its judge was not calibrated, or agrees with people too little: take this gate out, or ask another judge"
    return replace(result, outcome="invalid", told=told)


_Judge = Callable[[Cell], tuple[Outcome, str]]


def _covered(kind: GateKind, selector: Selector, cells: Mapping[Selector, Cell], judge: _Judge) -> GateResult:
    one = cells.get(selector)
    if one is None or one.gated is None:
        return GateResult(
            kind, selector, "invalid", "nothing of it was scored: no such metric, or no case of this kind"
        )
    if not one.is_covered:
        told = f"{one.n_scored} of {one.n_eligible} replies scored, {one.coverage:.1%}; {LEAST_COVERAGE:.0%} are needed"
        return GateResult(kind, selector, "invalid", f"{told}: {_reasons(one)}")
    outcome, told = judge(one)
    return GateResult(kind, selector, outcome, f"{told}; unscored: {_reasons(one)}" if one.unscored else told)


def _reasons(one: Cell) -> str:
    return ", ".join(f"{reason} ({number})" for reason, number in one.unscored.items())


def _hard(gate: Hard) -> _Judge:
    def judge(one: Cell) -> tuple[Outcome, str]:
        assert one.gated is not None  # noqa: S101 a cell without values is never judged
        values = one.gated.lowest, one.gated.highest
        is_held = all(abs(value - gate.value) <= _EQUAL for value in values)
        told = f"values from {values[0]:g} to {values[1]:g} over {one.gated.n_cases} cases; all must be {gate.value:g}"
        return "pass" if is_held else "fail", told

    return judge


def _floor(gate: Floor) -> _Judge:
    def judge(one: Cell) -> tuple[Outcome, str]:
        assert one.gated is not None  # noqa: S101 a cell without values is never judged
        interval = one.gated.interval
        if interval is None:
            return "inconclusive", f"mean {one.gated.mean:.4f} over a single cluster, which has no interval"
        wants: list[str] = []
        is_held = True
        if gate.ci_low is not None:
            is_held &= interval.low >= gate.ci_low
            wants.append(f"from {gate.ci_low:g} up")
        if gate.ci_high is not None:
            is_held &= interval.high <= gate.ci_high
            wants.append(f"up to {gate.ci_high:g}")
        told = f"mean {one.gated.mean:.4f} {_written(interval)} over {one.gated.n_clusters} clusters"
        return "pass" if is_held else "fail", f"{told}; the interval must lie {' and '.join(wants)}"

    return judge


def _no_worse(gate: NoWorse, differences: Mapping[Selector, Difference] | None) -> _Judge:
    def judge(_: Cell) -> tuple[Outcome, str]:
        if differences is None:
            return "invalid", "there is no baseline run to compare with: name one, or take this gate out"
        one = differences.get(gate.selector)
        if one is None:
            return "invalid", "the baseline run has no reply to compare with: make it again"
        found = non_inferiority(one, gate.margin)
        return found.outcome, _told(one, found)

    return judge


def _told(one: Difference, found: NonInferiority) -> str:
    written = "" if found.interval is None else f" {_written(found.interval)}"
    told = f"loss {round(found.loss, 4) + 0.0:.4f}{written} over {one.n_clusters} clusters, margin {found.margin:g}"
    if one.detectable is not None:
        told += f", detectable {one.detectable:.4f}"
    if found.outcome != "inconclusive":
        return told
    if not one.is_enough:
        told += "; too few to compare"
    if found.n_cases is None:
        return f"{told}; no number of cases would settle it"
    return f"{told}; about {found.n_cases} cases would settle it, there are {one.n_cases}"


def _written(interval: Interval) -> str:
    return f"[{round(interval.low, 4) + 0.0:.4f}, {round(interval.high, 4) + 0.0:.4f}]"
