"""What the figures of a corrected reading add up to: what was computed from them is computed again. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ntro.money import EXACT, exact_text

from .models import Reading

SINGLE = ("opening", "closing", "account", "currency")
Fields = dict[str, Any]
Issues = list[dict[str, Any]]


def added_up(reading: Reading) -> Reading:
    """The reading with its totals, and the issues that follow from them, as its figures are now."""
    fields, lines = reading.fields, reading.line_items
    if "statements" in fields:
        code, (fields, found) = "does_not_reconcile", reconciled(fields, lines)
    elif "grand_total" in fields:
        code, found = "totals_differ", differences(fields, lines)
    elif "total_debit" in fields:
        code, (fields, found) = "does_not_balance", balanced(fields, lines)
    else:
        return reading
    kept = [issue for issue in reading.issues if issue.get("code") != code]
    return reading.model_copy(update={"fields": fields, "issues": kept + found})


def balanced(fields: Fields, lines: Issues) -> tuple[Fields, Issues]:
    """A trial balance: its totals, and whether they agree."""
    debit, credit = (total(line.get(side) for line in lines) for side in ("debit", "credit"))
    complete = all(amount(line.get(side)) is not None for line in lines for side in ("debit", "credit"))
    computed = {
        "total_debit": exact_text(debit),
        "total_credit": exact_text(credit),
        "balances": complete and debit == credit,
    }
    if debit == credit:
        return fields | computed, []
    message = f"debits are {exact_text(debit)}, credits {exact_text(credit)}"
    return fields | computed, [issue("does_not_balance", message, None)]


def reconciled(fields: Fields, lines: Issues) -> tuple[Fields, Issues]:
    """Bank statements: whether opening balance and entries give the closing one."""
    heads = [dict(head) for head in fields["statements"]]
    if len(heads) == 1:
        heads[0] |= {key: fields[key] for key in SINGLE if key in fields}
    found: Issues = []
    for number, head in enumerate(heads, start=1):
        entries = [line for line in lines if line.get("statement") == number and line.get("status") == "booked"]
        difference = difference_of(head, entries)
        if difference is None:
            continue
        head |= {"difference": exact_text(difference), "reconciles": difference.is_zero()}
        if not difference.is_zero():
            message = f"opening balance and entries miss the closing balance by {exact_text(difference)}"
            found.append(issue("does_not_reconcile", message, f"statement {number}"))
    single = {"reconciles": heads[0]["reconciles"]} if len(heads) == 1 else {}
    return fields | {"statements": heads} | single, found


def difference_of(head: Fields, entries: Issues) -> Decimal | None:
    """Closing less opening less entries; none where a figure is missing or currencies differ."""
    opening, closing = amount(head.get("opening")), amount(head.get("closing"))
    amounts = [amount(entry.get("amount")) for entry in entries]
    currencies = {head.get("currency"), *(entry.get("currency") for entry in entries)}
    currencies |= {balance["currency"] for balance in head.get("balances") or []}
    if opening is None or closing is None or None in amounts or len(currencies) > 1:
        return None
    return EXACT.subtract(EXACT.subtract(closing, opening), total(entry.get("amount") for entry in entries))


def differences(fields: Fields, lines: Issues) -> Issues:
    """An invoice: the totals that are not what their parts give, after EN 16931."""
    stated = {name: amount(value) for name, value in fields.items() if isinstance(value, str) and is_amount(value)}
    nets = [line["net_amount"] for line in lines if line.get("net_amount") is not None]
    parts: dict[str, Decimal] = {}
    if nets:
        parts["line_total"] = total(nets)
    if "line_total" in stated:
        parts["tax_basis"] = signed(stated, "line_total", "-allowance_total", "charge_total")
    if "tax_basis" in stated and "tax_total" in stated:
        parts["grand_total"] = signed(stated, "tax_basis", "tax_total")
    if "grand_total" in stated and "line_total" in stated:
        parts["due_payable"] = signed(stated, "grand_total", "-prepaid", "rounding")
    return [
        issue("totals_differ", f"{name} is {fields[name]}, its parts give {exact_text(given)}", name)
        for name, given in parts.items()
        if name in stated and stated[name] != given
    ]


def signed(stated: dict[str, Decimal | None], *names: str) -> Decimal:
    """The sum of the named amounts; one with a minus before its name is taken away."""
    result = Decimal(0)
    for name in names:
        value = stated.get(name.removeprefix("-")) or Decimal(0)
        result = EXACT.subtract(result, value) if name.startswith("-") else EXACT.add(result, value)
    return result


def total(values: Iterable[Any]) -> Decimal:
    """The exact sum of the amounts among `values`."""
    result = Decimal(0)
    for value in values:
        result = EXACT.add(result, amount(value) or Decimal(0))
    return result


def amount(value: Any) -> Decimal | None:
    """An amount of a reading, which is text."""
    return Decimal(value) if isinstance(value, str) and is_amount(value) else None


def is_amount(text: str) -> bool:
    """Whether a text is plain digits with at most one point."""
    return text.lstrip("+-").replace(".", "", 1).isdecimal() and text.isascii()


def issue(code: str, message: str, where: str | None) -> dict[str, Any]:
    """Something that a person must look at."""
    return {"code": code, "message": message, "where": where}
