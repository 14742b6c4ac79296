"""Boosted single splits: an additive model of the log-odds of churn, a step function for each signal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from weatherglass.learning.steps import Steps, summed
from weatherglass.signals.catalogue import BY_NAME
from weatherglass.signals.windows import Bools, Floats, Ints


@dataclass(frozen=True)
class Recipe:
    """How models are fitted: one setting for every workspace, none of it tuned to a dataset."""

    seed: int = 0
    bags: int = 5
    """Models that are averaged, each fitted to its own draw of accounts."""
    share: float = 0.8
    """Share of the accounts in a draw."""
    rounds: int = 250
    rate: float = 0.03
    signals: float = 0.2
    """Share of the signals that a round may choose from: so none crowds out those that say the same."""
    shrink: float = 10.0
    """Penalty on the square of a step."""
    smallest: int = 160
    """The fewest rows on a side of a step, less where there are few rows."""
    bins: int = 63


@dataclass(frozen=True)
class Examples:
    """Rows to fit: `x` `[rows, signals]` with the name of each column, labels, weights, accounts, log-odds to start."""

    names: tuple[str, ...]
    x: Floats
    label: Floats
    weight: Floats
    account: Ints
    start: Floats


def boosted(examples: Examples, recipe: Recipe) -> dict[str, Steps]:
    """The log-odds of churn that each signal adds to the start, lower where the signal is better if it is signed.

    Method: gradient boosting of one-split trees (LightGBM), monotone where the sign is known, averaged over draws of
    accounts. Trees of one split add up to a step function of each signal: nothing is lost by writing it so.
    """
    parts: list[list[tuple[float, float, float]]] = [[] for _ in examples.names]
    generator = np.random.default_rng(recipe.seed)
    accounts = np.unique(examples.account)
    for bag in range(recipe.bags):
        size = max(1, round(recipe.share * len(accounts)))
        drawn = np.isin(examples.account, generator.choice(accounts, size, replace=False))
        if 0 < examples.label[drawn].sum() < drawn.sum():
            for signal, bound, below, above in _splits(examples, drawn, recipe, recipe.seed + bag):
                parts[signal].append((bound, below / recipe.bags, above / recipe.bags))
    return {name: summed(part) for name, part in zip(examples.names, parts, strict=True)}


def _splits(examples: Examples, drawn: Bools, recipe: Recipe, seed: int) -> Iterator[tuple[int, float, float, float]]:
    """The splits of one model: the signal's place, the bound, the value up to it and the value beyond."""
    import lightgbm

    data = lightgbm.Dataset(
        examples.x[drawn],
        examples.label[drawn],
        weight=examples.weight[drawn],
        init_score=examples.start[drawn],
        params={"max_bin": recipe.bins, "min_data_in_bin": 3, "verbose": -1, "feature_pre_filter": False},
        free_raw_data=True,
    )
    model = lightgbm.train(_settings(examples, int(drawn.sum()), recipe, seed), data, recipe.rounds)
    for tree in model.dump_model()["tree_info"]:
        root: dict[str, Any] = tree["tree_structure"]
        if "split_feature" in root:
            left, right = root["left_child"]["leaf_value"], root["right_child"]["leaf_value"]
            yield root["split_feature"], root["threshold"], left, right


def _settings(examples: Examples, rows: int, recipe: Recipe, seed: int) -> dict[str, Any]:
    return {
        "objective": "binary",
        "num_leaves": 2,
        "learning_rate": recipe.rate,
        "feature_fraction": recipe.signals,
        "lambda_l2": recipe.shrink,
        "min_data_in_leaf": min(recipe.smallest, max(10, rows // 20)),
        "min_sum_hessian_in_leaf": 1e-3,
        "max_bin": recipe.bins,
        "min_data_in_bin": 3,
        "feature_pre_filter": False,
        "monotone_constraints": [0 if BY_NAME[name].unsigned else -1 for name in examples.names],
        "boost_from_average": False,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }
