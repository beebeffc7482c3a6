"""Every bundled plugin, the sample and the core's own features keep the contract that we ask of others."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[1] / "sample_plugin"
BUNDLED = sorted({point.name for point in entry_points(group="unionhall.plugins") if point.dist and point.dist.name == "unionhall"})


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_plugin_keeps_the_contract(judge, name):
    well, said = judge("--plugin", name)
    assert well, said


def test_the_sample_keeps_the_contract(judge, beside):
    well, said = judge("--plugin", "sample", env=beside(SAMPLE))
    assert well, said


def test_a_feature_of_the_core_keeps_what_applies_to_it(judge):
    well, said = judge("--feature", "exports")
    assert well, said


def test_nothing_to_judge_and_unknown_names_are_answered_with_a_sentence(judge):
    for options, sentence in (
        ((), "--plugin NAME"), (("--plugin", "nobody"), "no plugin 'nobody' is installed"),
        (("--feature", "nothing"), "No such feature of the core: nothing"),
    ):  # fmt: skip
        well, said = judge(*options)
        assert not well
        assert sentence in said
