"""The product: which events matter, and which features they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from weatherglass.config.frozen import Frozen, FrozenMap, Text, as_set, listed
from weatherglass.config.problems import Problems, unknown

Names = Annotated[tuple[Text, ...], BeforeValidator(listed), AfterValidator(as_set)]


def _some(events: tuple[str, ...]) -> tuple[str, ...]:
    if not events:
        raise ValueError("name at least one event, or leave the feature out")
    return events


def _or_none(features: Any) -> Any:
    return {} if features is None or features == [] else features


class Product(Frozen):
    """What the events of the product mean. Event names are compared exactly; the order of names means nothing."""

    core_actions: Names = ()
    """Events that are the product's purpose; none: every `track` event."""
    features: Annotated[
        Mapping[Text, Annotated[Names, AfterValidator(_some)]], BeforeValidator(_or_none), AfterValidator(FrozenMap)
    ] = Field(default_factory=FrozenMap)
    """Feature -> the events that are a use of it; none: every `track` event name is a feature."""
    key_features: Names = ()
    """The features without which an account has not really adopted the product."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        problems = Problems()
        for name in self.key_features:
            if self.features and name not in self.features:
                problems.add(unknown("feature", name, self.features, say=True), "key_features", value=name)
        problems.raise_any("Product")
        return self
