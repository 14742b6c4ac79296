"""Every mistake is told with its line, its path, what was found and what would be right."""

from __future__ import annotations

import pytest

from weatherglass.config import ConfigError, parse_project

WEIGHTED = ("product_usage", "engagement_trends", "feature_adoption", "support_signals")
SIGNALS = "scorecard: {dimensions: {product_usage: {signals: {%s}}}}"

ONE_EACH = [
    # The file as a text.
    ("a: b: c", "1: not YAML: mapping values are not allowed here, column 5"),
    ("name: x\nproduct:\n\tkey_features: []", "3: a tab in the indentation; YAML wants spaces"),
    ("name: 'x", "1: not YAML: found unexpected end of stream (while scanning a quoted scalar), column 9"),
    ("name: x\n---\nname: y", "2: a second document (---) in the file; keep one"),
    ("name: x\nproduct: \x07", "2: character U+0007 is not allowed in YAML"),
    ("name: x\nname: y", "2: name: given twice, first in line 1; keep one"),
    ("scorecard:\n  windows: {usage: 28,\n    usage: 14}", "3: scorecard.windows.usage: given twice, first in line 2"),
    ("- name", "1: must be a mapping of options such as `timezone: UTC`, not ['name']"),
    ("? [a]\n: b", "1: a key must be a plain word"),
    ("product: !!python/name:os.system", "1: product: the tag tag:yaml.org,2002:python/name:os.system is not allowed"),
    ("milestones: &a\n  - *a", "1: milestones[0]: an alias inside of itself"),
    ("<<: {name: x}", '1: "<<": merge keys are not supported'),
    # The top.
    ("time_zone: UTC", "1: time_zone: unknown option; did you mean timezone?"),
    ("zzz: 1", "1: zzz: unknown option; it is one of name, timezone, product, milestones, scorecards, sources"),
    ("3: x", "1: 3: unknown option; it is one of"),
    ("name: 12", '1: name: must be text, not 12; write it in quotes: "12"'),
    ("name: ' '", "1: name: must not be empty"),
    ("timezone: Europe/Berln", "1: timezone: unknown time zone 'Europe/Berln'; did you mean Europe/Berlin?"),
    ("timezone: berlin", "1: timezone: unknown time zone 'berlin'; did you mean Europe/Berlin?"),
    ("timezone: ../etc", "1: timezone: unknown time zone '../etc'; give a name such as Europe/Berlin"),
    # Product.
    ("product: 4", "1: product: must be a mapping of options, not 4"),
    ("product:\n  core_actons: [a]", "2: product.core_actons: unknown option; did you mean core_actions?"),
    (
        "product:\n  core_actions:\n    - a\n    - 7",
        "4: product.core_actions[1]: must be text, not 7; write it in quotes",
    ),
    ("product: {features: {a: []}}", "1: product.features.a: name at least one event, or leave the feature out"),
    ("product: {features: [a]}", "1: product.features: must be a mapping, not ['a']"),
    ("product: {features: {report: a}, key_features: [reprot]}", "unknown feature 'reprot'; did you mean report?"),
    # Milestones.
    ("milestones: {a: 1}", "1: milestones: must be a list, not a mapping"),
    ("milestones:\n  - name: a", "2: milestones[0].due_day: is required"),
    ("milestones:\n  - name: a\n    due_day: 1.5", "3: milestones[0].due_day: must be a whole number, not 1.5"),
    ("milestones:\n  - name: a\n    due_day: -1", "3: milestones[0].due_day: must be at least 0, not -1"),
    ("milestones: [{name: a, due_day: 1, weight: 0}]", "1: milestones[0].weight: must be more than 0, not 0"),
    ("milestones: [{name: a, due_day: 1, event: 5}]", "1: milestones[0].event: must be text, not 5"),
    ("milestones: [{name: a, due_day: 1, event: b, events: [c]}]", "1: milestones[0]: give event or events, not both"),
    ("milestones: [{name: a, due_day: 1, derived: third_user}]", "did you mean third_active_user?"),
    (
        "milestones:\n  - {name: a, due_day: 1, event: null}\n  - {name: a, due_day: 2}",
        "3: milestones[1].name: there is",
    ),
    (
        "milestones:\n  - {name: a, due_day: 1, event: null, wieght: 2}",
        "2: milestones[0].wieght: unknown option; did you",
    ),
    # Cards.
    ("scorecard: defalt", "1: scorecard: unknown scorecard 'defalt'; did you mean default?"),
    ("scorecard:\n  base: four", "2: scorecard.base: unknown scorecard 'four'; it is one of default, four-inputs"),
    ("scorecard: 4", "1: scorecard: must be a mapping of options, not 4"),
    ("scorecard: default\nscorecards: []", "1: scorecard: give scorecard, or scorecards for several, not both"),
    ("scorecard: {min_coverage: 50}", "1: scorecard.min_coverage: must be at most 1, not 50"),
    ("scorecard: {min_coverge: 0.5}", "1: scorecard.min_coverge: unknown option; did you mean min_coverage?"),
    (
        "scorecard: {seats_unknown: users}",
        "1: scorecard.seats_unknown: must be 'null' or 'distinct_users', not 'users'",
    ),
    (
        "scorecard: {method: magic}",
        "1: scorecard.method: must be 'weighted', 'rules', 'learned', 'hybrid' or 'hazard', not 'magic'",
    ),
    ("scorecard: {where: {plan: pro}}", "1: scorecard.where: a single scorecard is every account's"),
    ("scorecard: {corrections: {year: 1}}", "1: scorecard.corrections.year: must be true or false, not 1"),
    ("scorecards: {a: b}", "1: scorecards: must be a list, not a mapping"),
    ("scorecards:\n  - where: {plan: pro}", "2: scorecards[0].name: is required"),
    ("scorecards:\n  - {name: a}\n  - {name: b}", "2: scorecards[0]: has no where and is every account's"),
    (
        "scorecards:\n  - {name: a, where: {plan: x}}\n  - {name: a}",
        "3: scorecards[1].name: there is another scorecard 'a'",
    ),
    (
        "scorecards: [{name: a, where: {segmnt: x}}]",
        "scorecards[0].where.segmnt: unknown account column; did you mean seg",
    ),
    (
        "scorecards: [{name: a, where: {seats: '5'}}]",
        "1: scorecards[0].where.seats: is not a text; a card is chosen by",
    ),
    ("scorecards: [{name: a, where: {plan: []}}]", "1: scorecards[0].where.plan: name at least one value"),
    (
        "scorecards: [{name: a, where: {plan: 2}}]",
        "1: scorecards[0].where.plan: must be text, not 2; write it in quotes",
    ),
    # Dimensions and signals.
    (
        "scorecard:\n  dimensions:\n    product_usge: {weight: 1}",
        "3: scorecard.dimensions.product_usge: unknown dimension; did you mean product_usage?",
    ),
    (
        "scorecard: {dimensions: {support_signals: 0.4}}",
        "1: scorecard.dimensions.support_signals: must be a mapping of options, not 0.4",
    ),
    (
        "scorecard:\n  dimensions:\n    growth:\n      weight: -0.1",
        "4: scorecard.dimensions.growth.weight: must be at least 0, not -0.1",
    ),
    ("scorecard: {dimensions: {growth: {weight: heavy}}}", "growth.weight: must be a number, not 'heavy'"),
    ("scorecard: {dimensions: {growth: {weight: true}}}", "growth.weight: must be a number, not true"),
    ("scorecard: {dimensions: {growth: {weight: .inf}}}", "growth.weight: must be a finite number, not inf"),
    ("scorecard: {dimensions: {growth: {weight: 1e999}}}", "growth.weight: must be a finite number, not inf"),
    ("scorecard: {dimensions: {growth: {weight: null}}}", "growth.weight: must be a number, not empty"),
    (
        "scorecard: {dimensions: {onboarding: {weight: 0.1}}}",
        "onboarding.weight: must be 0, not 0.1: onboarding counts by",
    ),
    (
        "scorecard: {dimensions: {onboarding: {signals: {milestones: {weight: 2}}}}}",
        "onboarding.signals.milestones.weight: must be 1, not 2: onboarding counts by",
    ),
    (
        "scorecard: {dimensions: {feature_adoption: {signals: {adoption: {weight: 0}}}}}",
        "feature_adoption: has a weight, and none of its signals has; give a signal a weight above 0",
    ),
    (
        "scorecard: {dimensions: {" + ", ".join(f"{name}: {{weight: 0}}" for name in WEIGHTED) + "}}",
        "1: scorecard.dimensions: no dimension has a weight; give one a weight above 0",
    ),
    (SIGNALS % "habt: {weight: 1}", "product_usage.signals.habt: unknown signal; did you mean habit?"),
    (SIGNALS % "habit: {wight: 1}", "product_usage.signals.habit.wight: unknown option; did you mean weight?"),
    (
        SIGNALS % "velocity: {weight: 1}",
        "signals.velocity: is a signal of engagement_trends; the signals of product_usage",
    ),
    # Scalings.
    (
        SIGNALS % "depth: {scaling: own}",
        "depth.scaling: depth has no score of its own; scale it by one of peak, median",
    ),
    (
        SIGNALS % "habit: {scaling: peak}",
        "habit.scaling: peak is for active_user_ratio, session_frequency, core_actions",
    ),
    (SIGNALS % "depth: {scaling: pek}", "depth.scaling: unknown scaling 'pek'; did you mean peak?"),
    (SIGNALS % "depth: {scaling: range}", "depth.scaling: range takes two different numbers"),
    (SIGNALS % "depth: {scaling: {range: [3, 3]}}", "depth.scaling: range takes two different numbers"),
    (SIGNALS % "depth: {scaling: {range: [0, x]}}", "range: [0, 20]}, not [0, 'x']"),
    (SIGNALS % "depth: {scaling: {range: [0, .nan]}}", "depth.scaling: range takes two different numbers"),
    (SIGNALS % "depth: {scaling: steps}", "depth.scaling: steps takes bounds and the score from each on"),
    (SIGNALS % "depth: {scaling: {steps: {}}}", "depth.scaling: steps takes bounds and the score from each on"),
    (
        SIGNALS % "depth: {scaling: {steps: {0: 101}}}",
        "depth.scaling.steps: steps takes bounds and the score from each",
    ),
    (SIGNALS % "depth: {scaling: {steps: {1: 5, 1.0: 6}}}", 'depth.scaling.steps."1.0": given twice, first in line 1'),
    (SIGNALS % "depth: {scaling: {percentile: seats}}", "depth.scaling: unknown account column 'seats'; it is one of"),
    (SIGNALS % "depth: {scaling: {peak: 3}}", "depth.scaling: peak takes no value; write it as a bare word"),
    (SIGNALS % "depth: {scaling: {range: [0, 1], steps: {0: 1}}}", "depth.scaling: must be one scaling, such as peak"),
    # Tiers and windows.
    ("scorecard: {tiers: lettrs}", "1: scorecard.tiers: unknown tier preset 'lettrs'; did you mean letters?"),
    ("scorecard: {tiers: {preset: 3}}", "1: scorecard.tiers: unknown tier preset '3'; it is one of traffic-light"),
    ("scorecard: {tiers: 3}", "1: scorecard.tiers: must be a mapping of options, not 3"),
    ("scorecard: {tiers: {lines: [45, 75, 90]}}", "1: scorecard.tiers: 3 lines make 4 tiers, and there are 3 names"),
    (
        "scorecard: {tiers: {lines: [75, 45]}}",
        "1: scorecard.tiers.lines: must be at least one line, each above the one",
    ),
    (
        "scorecard: {tiers: {lines: [45, 45]}}",
        "1: scorecard.tiers.lines: must be at least one line, each above the one",
    ),
    ("scorecard: {tiers: {lines: [45, 101]}}", "1: scorecard.tiers.lines[1]: must be at most 100, not 101"),
    ("scorecard: {tiers: {names: [a, A, b]}}", "1: scorecard.tiers.names: must all be different, not ['a', 'A', 'b']"),
    (
        "scorecard: {tiers: {names: [Unscored, b, c]}}",
        "1: scorecard.tiers.names: unscored is the tier of a day without",
    ),
    ("scorecard: {tiers: {hysteresis_days: 0}}", "1: scorecard.tiers.hysteresis_days: must be at least 1, not 0"),
    ("scorecard:\n  windows:\n    usage: 0", "3: scorecard.windows.usage: must be at least 1, not 0"),
    ("scorecard:\n  windows:\n    usge: 14", "3: scorecard.windows.usge: unknown option; did you mean usage?"),
    ("scorecard: {windows: {grace: 1.5}}", "1: scorecard.windows.grace: must be at most 1, not 1.5"),
    ("scorecard: {windows: {consistency_weeks: 1}}", "scorecard.windows.consistency_weeks: must be at least 2, not 1"),
    ("scorecard: {windows: {recent: 29}}", "1: scorecard.windows.recent: must not be more than usage (28), not 29"),
    ("scorecard: {windows: {habit_min_weeks: 13}}", "habit_min_weeks: must not be more than habit_weeks (12), not 13"),
    # Sources.
    ("sources: {evnts: {}}", "1: sources.evnts: unknown table; did you mean events?"),
    ("sources: {ignor: []}", "1: sources.ignor: unknown table; did you mean ignore?"),
    ("sources: {ignore: 4}", "1: sources.ignore: must be text, not 4"),
    ("sources: {events: 4}", "1: sources.events: must be a mapping of options, or a list of them, not 4"),
    ("sources:\n  events:\n    - {fils: x}", "3: sources.events[0].fils: unknown option; did you mean files?"),
    ("sources:\n  events:\n    fils: x", "3: sources.events.fils: unknown option; did you mean files?"),
    ("sources: {events: {columns: {nme: x}}}", "1: sources.events.columns.nme: unknown column; did you mean name?"),
    ("sources: {events: {columns: {name: null}}}", "1: sources.events.columns.name: name the column of the file, or"),
    (
        "sources: {events: {columns: {name: {value: null}}}}",
        "1: sources.events.columns.name: give column, the column of",
    ),
    (
        "sources: {events: {columns: {name: {column: a, value: b}}}}",
        "columns.name: give column, the column of the file,",
    ),
    (
        "sources: {events: {columns: {name: {value: [b]}}}}",
        "columns.name.value: must be a text, a number, true or false",
    ),
    (
        "sources: {events: {columns: {account_id: {column: a, through: subscription}}}}",
        "unknown table to look an account up in 'subscription'; did you mean subscriptions?",
    ),
    (
        "sources: {events: {columns: {name: {column: a, through: subscriptions}}}}",
        "columns.name.through: only account_id can be looked up through another table, not name",
    ),
    (
        "sources: {tickets: {columns: {account_id: {column: a, through: tickets}}}}",
        "columns.account_id.through: tickets cannot be looked up in itself",
    ),
    (
        "sources: {events: {columns: {name: {column: a, date_format: '%d/%m/%Y'}}}}",
        "columns.name.date_format: name is not a time and has no date_format",
    ),
    (
        "sources: {events: {date_format: dd/mm/yyyy}}",
        "1: sources.events.date_format: must be a strptime format with day",
    ),
    ("sources: {events: {date_format: '%H:%M'}}", "1: sources.events.date_format: must be a strptime format with day"),
    ("sources: {tickets: {values: {sevrity: {a: b}}}}", "sources.tickets.values.sevrity: unknown column; did you mean"),
    ("sources: {tickets: {values: {severity: {1: low}}}}", 'must be text, not 1; write it in quotes: "1"'),
    ("sources:\n  events:\n    - {}\n    - {}", "4: sources.events[1]: is a second mapping for the files named events"),
]


@pytest.mark.parametrize(("text", "told"), ONE_EACH, ids=[told[:60] for _, told in ONE_EACH])
def test_one_mistake(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_project(text)
    lines = str(caught.value).splitlines()
    expected = f"weatherglass.yml:{told}" if told[0].isdigit() else told
    assert any(expected in line for line in lines), lines
    assert all(line.startswith("weatherglass.yml:") for line in lines), lines


ALL_AT_ONCE = """\
name: 12
timezone: Berlin
product:
  core_action: [a]
milestones:
  - name: x
    event: 4
scorecard:
  base: defalt
  dimensions:
    product_usge: {weight: 1}
    product_usage:
      weight: -1
      signals:
        habt: {weight: 0.5}
        habit: {weight: 0.5, scaling: peak}
        depth: {scaling: own}
  tiers: lettrs
  tiers: letters
  windows: {usage: 0}
  min_coverage: 2
sources:
  evnts: {}
"""


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_project(ALL_AT_ONCE, "my.yml")
    assert [(mistake.line, mistake.path) for mistake in caught.value.mistakes] == [
        (1, "name"),
        (2, "timezone"),
        (4, "product.core_action"),
        (6, "milestones[0].due_day"),
        (7, "milestones[0].event"),
        (9, "scorecard.base"),
        (11, "scorecard.dimensions.product_usge"),
        (13, "scorecard.dimensions.product_usage.weight"),
        (15, "scorecard.dimensions.product_usage.signals.habt"),
        (16, "scorecard.dimensions.product_usage.signals.habit.scaling"),
        (17, "scorecard.dimensions.product_usage.signals.depth.scaling"),
        (18, "scorecard.tiers"),
        (19, "scorecard.tiers"),
        (20, "scorecard.windows.usage"),
        (21, "scorecard.min_coverage"),
        (23, "sources.evnts"),
    ]
    assert {mistake.file for mistake in caught.value.mistakes} == {"my.yml"}
    assert (caught.value.mistakes[6].line, caught.value.mistakes[6].column) == (11, 5)
    assert str(caught.value.mistakes[6]) == (
        "my.yml:11: scorecard.dimensions.product_usge: unknown dimension; did you mean product_usage?"
    )


def test_nested_aliases_do_not_fill_the_memory() -> None:
    layers = [f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    with pytest.raises(ConfigError, match="too many parts"):
        parse_project("\n".join(["a: &a [x]", *layers]))
