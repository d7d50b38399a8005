"""Results of gates as JUnit XML, which continuous integration shows."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from evals.statistics import GateResults
from evals.statistics.gates import Outcome

_ELEMENTS: Final[dict[Outcome, str]] = {"fail": "failure", "inconclusive": "failure", "invalid": "error"}


def junit_xml(gates: GateResults) -> str:
    """Return the results of gates, one test case each; nothing in it depends on the clock."""
    elements = [_ELEMENTS.get(result.outcome) for result in gates.results]
    counts = {
        "tests": str(len(elements)),
        "failures": str(elements.count("failure")),
        "errors": str(elements.count("error")),
    }
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "gates", **counts})
    for result, element in zip(gates.results, elements, strict=True):
        case = ET.SubElement(suite, "testcase", {"classname": f"gates.{result.kind}", "name": str(result.selector)})
        if element is None:
            ET.SubElement(case, "system-out").text = result.told
        else:
            ET.SubElement(case, element, {"type": result.outcome, "message": result.told})
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=False) + "\n"
