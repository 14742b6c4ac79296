"""The project file that `weatherglass init` writes: what holds anyway, spelled out so that it can be changed."""

from __future__ import annotations

import json

_TEXT = """\
# Weatherglass: how this workspace's accounts are scored.
#
# What stands here holds anyway; change a value to change the rule. Lines that begin with # and no space
# are switched off: take the # away to use them. Every option: docs/configuration.md
# Weights need not sum to 1: only their proportions count.

name: @NAME@

# The calendar days of this time zone are the days of the scores.
timezone: UTC


# What the events of your product mean. Names are compared exactly.
product:
  # Events that are what people come for. None named: every track event is a core action.
  core_actions: []
  #core_actions: [Report Created, Report Shared]

  # Feature: the events that are a use of it. None named: every track event is a feature of its own.
  features: {}
  #features:
  #  reports: [Report Created, Report Shared]
  #  export: Export Downloaded

  # Features without which an account has not really arrived.
  key_features: []
  #key_features: [reports]


# What a new account should have done, and by which day of its life. It is reached by a row of the
# table milestones with the same name, by the event named here, or by the fact named under derived.
# A milestone with an empty event waits until you name the event: until then it is left out.
milestones:
  - name: setup completed
    due_day: 7
    event: null
  - name: team invited
    due_day: 14
    event: null
  - name: first core action
    due_day: 14
    derived: first_core_action
  - name: second feature
    due_day: 30
    derived: second_feature
  - name: third active user
    due_day: 45
    derived: third_active_user


# How the score is made: a weighted mean of dimensions, each a weighted mean of its signals.
scorecard:
  # default, four-inputs, foresight or comprehensive; everything below overrides what the base says.
  base: default

  dimensions:
    product_usage:
      weight: 0.30
      signals:
        # Scaling: peak (against the account's best), median_grace (against its usual week), percentile
        # (among its segment), {range: [0, 20]} or {steps: {0: 10, 5: 60, 20: 100}}.
        active_user_ratio: {weight: 0.2, scaling: peak}
        session_frequency: {weight: 0.2, scaling: median_grace}
        core_actions: {weight: 0.2, scaling: median_grace}
        depth: {weight: 0, scaling: peak}
        habit: {weight: 0.4}
    engagement_trends:
      weight: 0.25
      signals:
        velocity: {weight: 0.4}
        consistency: {weight: 0.6}
    feature_adoption:
      weight: 0.25
      signals:
        adoption: {weight: 1}
    support_signals:
      weight: 0.20
      signals:
        volume: {weight: 0.3}
        severity: {weight: 0.3}
        resolution: {weight: 0.2}
        satisfaction: {weight: 0.2}
    # Weight 0: computed and shown where there is data, but no part of the score.
    financial_health: {weight: 0, signals: {payment_timeliness: {weight: 0.6}, overdue: {weight: 0.4}}}
    communication: {weight: 0, signals: {contact_recency: {weight: 0.6}, attendance: {weight: 0.4}}}
    relationship: {weight: 0, signals: {champion_activity: {weight: 0.6}, multithreading: {weight: 0.4}}}
    sentiment: {weight: 0, signals: {survey_score: {weight: 0.7}, mood: {weight: 0.3}}}
    growth: {weight: 0, signals: {revenue_growth: {weight: 0.6}, seat_growth: {weight: 0.4}}}
    commercial: {weight: 0, signals: {contract: {weight: 0.6}, revenue_kept: {weight: 0.4}}}

  # A score needs data for at least this share of the weight; with less the account is unscored.
  min_coverage: 0.5

  # traffic-light (45, 75), seed-60-80, letters, categories; or your own, from the lowest:
  tiers: traffic-light
  #tiers:
  #  names: [storm, rain, fair, sunny]
  #  lines: [30, 55, 80]
  #  hysteresis_points: 2
  #  hysteresis_days: 3

  # Days, but for the names that say weeks.
  windows:
    usage: 28
    recent: 21
    baseline_weeks: 8
    peak: 365
    habit_weeks: 12
    habit_min_weeks: 4
    velocity: 28
    consistency_weeks: 8
    adoption: 28
    availability: 90
    tickets: 28
    ticket_history: 168
    satisfaction: 90
    # The share of its usual week with which an account is still as good as ever.
    grace: 0.85

  # What is taken out of velocity: the same weeks a year ago, and what all accounts did.
  corrections: {year: true, fleet: true}

  # What active_user_ratio is held against when nobody knows the seats: "null" (no score of it), or
  # distinct_users (the users seen so far).
  seats_unknown: "null"


# Other cards for some accounts, instead of scorecard: the first that matches is used, the rest get the default.
#scorecards:
#  - name: enterprise
#    where: {segment: [enterprise, strategic]}
#    base: comprehensive
#    tiers: letters
#  - name: self-service
#    where: {plan: [free, starter]}
#    dimensions:
#      support_signals: {weight: 0.1}


# How the backtest knows who churned; scores do not depend on it.
outcomes:
  # table (rows of the table outcomes), subscriptions (ended and not replaced), silence (nothing done for
  # long), or auto: the first of them that has a churn.
  source: auto
  # A subscription that is replaced within so many days of its end was renewed.
  grace_days: 30
  # By silence: the days without a core action that are a churn, of accounts that were active in at least
  # so many weeks of so many.
  silence_days: 90
  regular_weeks: 4
  regular_of: 12


# What is worth telling somebody. The rules of a new project are on: weatherglass alerts --dry-run says how
# many alerts each would have sent. A rule named here is changed; docs/alerts.md has them all.
alerts:
  enabled: true
  rules: {}
  #rules:
  #  silence: {days: 21}
  #  detractor: {enabled: false}

# Where messages go. $NAME names an environment variable, so that no secret stands in this file.
channels: []
#channels:
#  - {name: cs, kind: slack, url: $SLACK_URL, severity: high}
#  - {name: crm, kind: webhook, url: "https://hooks.example.com/x", secrets: [$HOOK_SECRET]}

# What is done about accounts, step by step. The plays of a new project are on; one named here is changed.
preset_plays: true
plays: {}
#plays:
#  renewal: {holdout: 0.2}

# Segments that are kept in sync to the outside.
audiences: []
#audiences:
#  - {name: needs a hand, when: {score_below: 45, lifecycle: behavioural}}

# How tasks are given out: the open tasks that an owner can carry.
tasks:
  usual_capacity: 30

# Days after which rows are forgotten, by table; what is not named is kept for good.
retention: {}
#retention: {events: 400, tickets: 730, users: 90}

# What is never written down: properties and columns by name, and e-mail addresses, in whose place a digest
# stands (under the key in WEATHERGLASS_EMAIL_KEY).
redact:
  properties: []
  hash_emails: false


# Where files are not named like their tables, or columns not like theirs. Most are recognised without this:
# weatherglass load shows what it made of a file before it takes it.
sources: {}
#sources:
#  ignore: ["*_backup.csv"]
#  events:
#    files: ["usage_*.csv"]
#    columns:
#      name: feature
#      account_id: {column: subscription_id, through: subscriptions}
#      type: {value: track}
#    date_format: "%d/%m/%Y"
#  tickets:
#    columns:
#      resolved_at: {column: closed, date_format: "%Y-%m-%d %H:%M"}
#    values:
#      severity: {medium: normal, critical: urgent}
"""


def template(name: str) -> str:
    """The text of a new `weatherglass.yml` for a workspace called `name`: the default card and five milestones."""
    # JSON's quoting is YAML's too, but for characters beyond 16 bits, which JSON would escape in halves.
    return _TEXT.replace("@NAME@", json.dumps(name, ensure_ascii=not name.isprintable()))
