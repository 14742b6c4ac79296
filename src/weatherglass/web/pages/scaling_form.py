"""The fields in which the scorecard's editor has a signal's scaling."""

from __future__ import annotations

from weatherglass.config.catalogue import MEASURED
from weatherglass.config.scaling import KINDS, Scaling
from weatherglass.web.pages.forms import Form

TURNED = "less"
"""The direction in which less is better."""


def kinds(signal: str) -> tuple[str, ...]:
    """The scalings that a signal may have."""
    unfit = ("own",) if signal in MEASURED else ("peak", "median_grace")
    return tuple(kind for kind in KINDS if kind not in unfit)


def scaling_fields(key: str, scaling: Scaling) -> dict[str, str]:
    """The fields of a scaling. key: `dimension.signal`."""
    found: dict[str, str] = {f"k:{key}": scaling.kind}
    if scaling.low is not None and scaling.high is not None:
        found |= {f"lo:{key}": f"{scaling.low:.10g}", f"hi:{key}": f"{scaling.high:.10g}"}
    if scaling.steps:
        found[f"st:{key}"] = ", ".join(f"{bound:.10g}: {score:.10g}" for bound, score in scaling.steps)
    if scaling.cohort is not None:
        found[f"co:{key}"] = scaling.cohort
    return found


def read_scaling(form: Form, key: str, now: Scaling) -> Scaling:
    """The scaling of a form; what it does not say is as it is now. Errors: ValueError for what is none."""
    kind = form.text(f"k:{key}")
    if not kind:
        return now
    if kind == "range":
        ends = [_number(form.text(f"{end}:{key}"), "the end of a range") for end in ("lo", "hi")]
        turned = form.text(f"di:{key}")
        if turned:
            ends.sort(reverse=turned == TURNED)
        return Scaling.model_validate({"range": ends})
    if kind == "steps":
        return Scaling.model_validate({"steps": _steps(form.text(f"st:{key}"))})
    if kind == "percentile":
        return Scaling.model_validate({"percentile": form.text(f"co:{key}") or now.cohort or "segment"})
    return Scaling.model_validate(kind)


def _steps(text: str) -> dict[float, float]:
    found: dict[float, float] = {}
    for pair in filter(None, (one.strip() for one in text.replace(";", ",").split(","))):
        bound, colon, score = pair.partition(":")
        if not colon:
            raise ValueError("steps are written as bounds with the score from each on: 0: 10, 5: 60, 20: 100")
        found[_number(bound, "a bound")] = _number(score, "a score")
    return found


def _number(text: str, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text.strip()[:40]!r} is no number for {what}") from None
