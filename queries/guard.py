"""How much of an answer is withheld, because too few visitors share it."""

from queries.plan import Plan
from queries.reference import Reference
from queries.run import Results


def tell_withheld(plan: Plan, results: Results) -> dict[str, object] | None:
    """Return `meta.withheld`: an amount, its share of the whole (0 to 1), and why.

    None stands for an answer of which nothing ever is withheld. What is told here tells nothing
    new: whoever may ask can subtract one answer from another.
    """
    if plan.reference is None or results.sums is None:
        return None
    whole, released = results.sums
    # The sums are read while hits come in, so the second may be ahead of the first by a batch.
    step = plan.step
    amount = max(0, (whole - released + step // 2) // step * step)
    k = max(site.k for site in plan.query.sites)
    return {
        plan.reference.counter: amount,
        "share": _share(amount, whole) if plan.reference.exact else None,
        "exact": plan.reference.exact,
        "k": k,
        "why": _why(plan.reference, k),
    }


def _share(amount: int, whole: int) -> float:
    return round(amount / whole, 4) if whole else 0.0


def _why(reference: Reference, k: int) -> str:
    rule = (
        f"What two attributes share is stored once {k} visitors of a day share it. "
        f"The {reference.counter} of one attribute are exact and tell what is missing"
    )
    if reference.exact:
        return f"{rule}."
    several = reference.released.attributes[0].name
    return (
        f"{rule}, without the filter, so here it is at most so many: "
        f"a visit may have several values of {several}, or none."
    )
