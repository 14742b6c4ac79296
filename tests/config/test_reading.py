"""What a project file says, and what it leaves as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from weatherglass.config import (
    DEFAULT_PROJECT,
    PRESETS,
    TIER_PRESETS,
    ConfigError,
    Scaling,
    Scorecard,
    Tiers,
    parse_project,
    read_project,
)


def card_of(text: str) -> Scorecard:
    [card] = parse_project(text).scorecards
    return card


def scaling_of(text: str) -> Scaling:
    card = card_of(f"scorecard: {{dimensions: {{product_usage: {{signals: {{depth: {{scaling: {text}}}}}}}}}}}")
    return card.dimensions["product_usage"].signals["depth"].scaling


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "scorecard:\nproduct:\nmilestones:\nsources:\n", "scorecard: default", "scorecards: []"],
)
def test_nothing_said_is_the_default(text: str) -> None:
    assert parse_project(text) == DEFAULT_PROJECT


def test_the_default_has_no_milestones_utc_and_the_default_card() -> None:
    assert DEFAULT_PROJECT.timezone == "UTC" and str(DEFAULT_PROJECT.zone) == "UTC"
    assert DEFAULT_PROJECT.milestones == ()
    assert DEFAULT_PROJECT.scorecards == (PRESETS["default"],)
    assert DEFAULT_PROJECT.product.core_actions == () and DEFAULT_PROJECT.product.features == {}


@pytest.mark.parametrize("name", PRESETS)
def test_a_card_by_its_name(name: str) -> None:
    assert card_of(f"scorecard: {name}") == PRESETS[name] == card_of(f"scorecard: {{base: {name}}}")


def test_given_values_override_the_base_and_the_rest_stays() -> None:
    card = card_of(
        """
        scorecard:
          base: default
          dimensions: {product_usage: {weight: 0.4, signals: {habit: {weight: 0.5}}}}
          tiers: letters
          min_coverage: 0.6
          windows: {recent: 14}
          corrections: {fleet: false}
        """.replace("\n        ", "\n")
    )
    base = PRESETS["default"]
    assert card.dimensions["product_usage"].weight == 0.4
    assert card.dimensions["product_usage"].signals["habit"].weight == 0.5
    for name, signal in base.dimensions["product_usage"].signals.items():
        assert name == "habit" or card.dimensions["product_usage"].signals[name] == signal
    for name, dimension in base.dimensions.items():
        assert name == "product_usage" or card.dimensions[name] == dimension
    assert card.tiers == TIER_PRESETS["letters"]
    assert card.min_coverage == 0.6
    assert card.windows == base.windows.model_copy(update={"recent": 14})
    assert (card.corrections.year, card.corrections.fleet) == (True, False)


def test_a_signal_that_the_base_lacks_can_be_added_in_its_place() -> None:
    card = card_of("scorecard: {base: four-inputs, dimensions: {product_usage: {signals: {habit: {weight: 0.4}}}}}")
    assert list(card.dimensions["product_usage"].signals)[-1] == "habit"
    assert card.dimensions["product_usage"].signals["habit"].scaling == Scaling()
    assert card.seats_unknown == "distinct_users"


def test_null_seats_without_quotes_are_the_word() -> None:
    assert card_of("scorecard: {base: four-inputs, seats_unknown: null}").seats_unknown == "null"


def test_scalings() -> None:
    assert scaling_of("median_grace") == Scaling(kind="median_grace")
    assert scaling_of("percentile") == Scaling(kind="percentile", cohort="segment")
    assert scaling_of("{percentile: plan}") == Scaling(kind="percentile", cohort="plan")
    assert scaling_of("{range: [0, 20]}") == Scaling(kind="range", low=0, high=20)
    assert scaling_of("{range: [20, -1.5]}") == Scaling(kind="range", low=20, high=-1.5)
    assert scaling_of("{steps: {20: 100, 0: 10, 5.5: 60}}").steps == ((0, 10), (5.5, 60), (20, 100))


@pytest.mark.parametrize("scaling", ["percentile", "{range: [0, 1]}", "{steps: {0: 1}}"])
def test_any_signal_can_be_scaled_by_its_value(scaling: str) -> None:
    card = card_of(f"scorecard: {{dimensions: {{growth: {{signals: {{seat_growth: {{scaling: {scaling}}}}}}}}}}}")
    assert card.dimensions["growth"].signals["seat_growth"].scaling.kind in scaling
    assert card.dimensions["growth"].signals["seat_growth"].weight == 0.4


def test_tiers() -> None:
    assert card_of("scorecard: {tiers: {preset: seed-60-80, hysteresis_points: 0}}").tiers == Tiers(
        lines=(60, 80), hysteresis_points=0
    )
    own = card_of("scorecard: {tiers: {names: [low, high], lines: [50], hysteresis_days: 1}}").tiers
    assert own == Tiers(names=("low", "high"), lines=(50,), hysteresis_days=1)


def test_the_first_card_that_matches_is_the_accounts() -> None:
    project = parse_project(
        """
scorecards:
  - name: big
    where: {segment: [enterprise, strategic], plan: pro}
    base: comprehensive
  - four-inputs
"""
    )
    assert [card.name for card in project.scorecards] == ["big", "four-inputs"]
    assert project.scorecards[0].where == {"segment": ("enterprise", "strategic"), "plan": ("pro",)}
    assert project.card_for({"segment": "strategic", "plan": "pro"}).name == "big"
    for other in ({"segment": "strategic", "plan": "Pro"}, {"segment": "strategic"}, {"plan": None}, {}):
        assert project.card_for(other).name == "four-inputs"


def test_a_card_for_the_rest_is_added() -> None:
    project = parse_project("scorecards: [{name: big, where: {segment: big}, min_coverage: 0.1}]")
    assert [card.name for card in project.scorecards] == ["big", "default"]
    assert project.scorecards[1] == PRESETS["default"]
    taken = parse_project("scorecards: [{name: default, where: {segment: big}}]")
    assert [card.name for card in taken.scorecards] == ["default", "everyone else"]


def test_milestones_by_events_by_fact_by_rows_and_left_out() -> None:
    project = parse_project(
        """
milestones:
  - {name: unmapped, due_day: 1, event: null}
  - {name: also unmapped, due_day: 1, events: []}
  - {name: rows only, due_day: 30}
  - {name: invited, due_day: 14, event: Invited, weight: 2}
  - {name: imported, due_day: 14, events: [B, A, B]}
  - {name: second, due_day: 7, event: null, derived: second_feature}
"""
    )
    assert [(m.name, m.due_day, m.weight, m.events, m.derived, m.mapped) for m in project.milestones] == [
        ("second", 7, 1, (), "second_feature", True),
        ("imported", 14, 1, ("A", "B"), None, True),
        ("invited", 14, 2, ("Invited",), None, True),
        ("rows only", 30, 1, (), None, False),
    ]


def test_product() -> None:
    product = parse_project("product: {core_actions: Saved, features: {a: [Y, X], b: Z}, key_features: [b]}").product
    assert product.core_actions == ("Saved",)
    assert product.features == {"a": ("X", "Y"), "b": ("Z",)}
    assert product.key_features == ("b",)


def test_key_features_without_a_map_are_event_names() -> None:
    assert parse_project("product: {key_features: [Saved]}").product.key_features == ("Saved",)


def test_plain_words_are_those_of_yaml_1_2() -> None:
    project = parse_project("name: on\nproduct: {core_actions: [yes, no, 2026-11-22, 12:30, 1_000, 007]}")
    assert project.name == "on"
    assert set(project.product.core_actions) == {"yes", "no", "2026-11-22", "12:30", "1_000", "007"}


def test_anchors_can_be_used() -> None:
    project = parse_project(
        "scorecards:\n"
        "  - {name: a, where: {plan: x}, tiers: &own {names: [bad, good], lines: [50]}}\n"
        "  - {name: b, tiers: *own}\n"
    )
    assert project.scorecards[0].tiers == project.scorecards[1].tiers == Tiers(names=("bad", "good"), lines=(50,))


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "weatherglass.yml"
    path.write_bytes(b"\xef\xbb\xbfname: Caf\xc3\xa9\r\ntimezone: Europe/Berlin\r\n")
    project = read_project(path)
    assert (project.name, project.timezone, str(project.zone)) == ("Café", "Europe/Berlin", "Europe/Berlin")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "weatherglass.yml"
    with pytest.raises(ConfigError, match=r"weatherglass\.yml: there is no such file; `weatherglass init` writes one"):
        read_project(missing)
    missing.write_bytes(b"name: x\ntimezone: \xff")
    with pytest.raises(ConfigError, match=r"weatherglass\.yml:2: not UTF-8: byte 0xFF"):
        read_project(missing)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_project(tmp_path)
