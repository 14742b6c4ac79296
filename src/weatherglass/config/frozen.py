"""What every configuration object is made of: immutable models, immutable mappings, and the plain kinds of value."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NoReturn, Self, TypeVar

from pydantic import AfterValidator, AllowInfNan, BaseModel, ConfigDict, Strict, ValidationError, model_validator
from pydantic.functional_validators import ModelWrapValidatorHandler

from weatherglass.config.problems import Problems

K = TypeVar("K")
V = TypeVar("V")


class FrozenMap(dict[K, V]):
    """A dict that cannot change, so that a configuration can be hashed, shared and trusted.

    It is a dict and not a `MappingProxyType` because those can neither be pickled nor hashed.
    """

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise TypeError("a configuration cannot be changed; build a new one")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # a dict is not hashable because it can change
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[Self], tuple[dict[K, V]]]:
        return type(self), (dict(self),)


class Frozen(BaseModel):
    """An immutable model that refuses options it does not know and says which one was meant.

    Errors: pydantic's `ValidationError`, each of its lines rewritten to say the value and what would be right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    written_as: ClassVar[tuple[str, ...]] = ()
    """Options that the file may hold for this object besides its fields; only for "did you mean"."""

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            problems = Problems(options=(*cls.model_fields, *cls.written_as))
            problems.take(error)
            problems.raise_any(cls.__name__)
            raise


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _no_negative_zero(number: float) -> float:
    # -0.0 equals 0.0 and would still be written differently, and so get another version.
    return number + 0.0


Text = Annotated[str, Strict(), AfterValidator(_not_blank)]
Number = Annotated[float, Strict(), AllowInfNan(False), AfterValidator(_no_negative_zero)]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]


def listed(value: object) -> object:
    """A bare word where a list is meant is a list of one; an empty option is an empty list."""
    if value is None:
        return ()
    if isinstance(value, (str, int, float)):
        return (value,)
    return value


def as_set(values: tuple[str, ...]) -> tuple[str, ...]:
    """Names whose order means nothing, in one order: equal content gives equal objects."""
    return tuple(sorted(set(values)))
