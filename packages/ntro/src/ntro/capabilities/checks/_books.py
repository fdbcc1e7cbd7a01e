"""Built-in checks of the books. Nothing to compare is never a pass, and an amount that cannot be read is a failure."""

from collections.abc import Mapping
from decimal import Decimal

from ntro.accounting._documents import Document, amount_of, first_amount
from ntro.accounting.amounts import ZERO, difference, total
from ntro.capabilities.checks._lines import Line, Values, figures, journal_lines, lines_of, sides
from ntro.capabilities.checks.evaluators import Finding

_BALANCE_TOLERANCE = Decimal("0.01")
_RENT_TOLERANCE = Decimal("0.99")


def journal_balanced(submitted: Values, _baseline: Values | None) -> Finding:
    """Whether the debits of the journal equal its credits. A journal without lines fails."""
    lines = journal_lines(submitted)
    if not lines:
        return Finding("fail", "The journal has no lines.")
    debits, credits_ = sides(lines)
    off = difference(debits, credits_)
    return _compared(
        off, f"Debits {debits}, credits {credits_}.", total_debits=debits, total_credits=credits_, line_count=len(lines)
    )


def closing_tb_balanced(submitted: Values, _baseline: Values | None) -> Finding:
    """Whether the opening trial balance still balances when the journal is applied."""
    if "opening_tb" not in submitted:
        return Finding("skipped", "There is no opening trial balance to apply the journal to.")
    opening = lines_of(submitted["opening_tb"], "opening_tb")
    if not opening:
        return Finding("fail", "The opening trial balance has no lines.")
    opening_dr, opening_cr = sides(opening)
    journal_dr, journal_cr = sides(journal_lines(submitted))
    closing_dr, closing_cr = total((opening_dr, journal_dr)), total((opening_cr, journal_cr))
    return _compared(
        difference(closing_dr, closing_cr),
        f"Closing debits {closing_dr}, closing credits {closing_cr}.",
        opening_dr=opening_dr,
        opening_cr=opening_cr,
        journal_dr=journal_dr,
        journal_cr=journal_cr,
        closing_dr=closing_dr,
        closing_cr=closing_cr,
    )


def bank_reconciles(submitted: Values, _baseline: Values | None) -> Finding:
    """Whether the journal's postings to the bank explain the movement of the bank statement.

    The bank's account is the one that `gl_map` gives to the role `bank`; without a map, each account with "bank" in its
    code or name.
    """
    if not submitted.get("bank_statement"):
        return Finding("skipped", "There is no bank statement to compare with.")
    statement = Document.of(submitted["bank_statement"]).fields
    opening, reported = first_amount(statement, "opening_balance"), first_amount(statement, "closing_balance")
    if opening is None or reported is None:
        return Finding("fail", "The bank statement has no opening or no closing balance.")
    lines = journal_lines(submitted)
    if not lines:
        return Finding("fail", "The journal has no lines.")
    bank = [line for line in lines if _is_bank(line, submitted)]
    if not bank and not _bank_code(submitted):
        return Finding("skipped", "No line is known to be of the bank: give gl_map with the account of the role bank.")
    debits, credits_ = sides(bank)
    expected = difference(total((opening, debits)), credits_)
    return _compared(
        difference(reported, expected),
        f"Expected {expected} at the bank, the statement closes at {reported}.",
        opening_balance=opening,
        journal_dr_bank=debits,
        journal_cr_bank=credits_,
        expected_closing=expected,
        reported_closing=reported,
    )


def bank_vs_rentroll_reconciles(submitted: Values, _baseline: Values | None) -> Finding:
    """Whether rent received at the bank and arrears account for the rent that was due; a difference is a warning."""
    if not submitted.get("bank_statement") or not submitted.get("rent_roll"):
        return Finding("skipped", "It takes a bank statement and a rent roll.")
    bank, roll = Document.of(submitted["bank_statement"]), Document.of(submitted["rent_roll"])
    received = _rent_received(bank)
    if received is None:
        return Finding("skipped", "No entry of the bank statement is classified as a rent receipt.")
    gross = _of_roll(roll, ("total_rent_due", "gross_rent", "total_gross_rent"), ("rent_due", "monthly_rent"))
    if gross is None:
        return Finding("fail", "The rent roll has no rent due.")
    arrears = _of_roll(roll, ("total_arrears", "arrears"), ("arrears",)) or ZERO
    accounted = total((received, arrears))
    off = difference(gross, accounted)
    return Finding(
        "pass" if off.copy_abs() <= _RENT_TOLERANCE else "warn",
        f"{accounted} of {gross} rent is accounted for.",
        figures(
            bank_rent_receipts=received,
            rentroll_arrears=arrears,
            rentroll_gross_rent=gross,
            accounted=accounted,
            delta_unaccounted=off,
        ),
    )


def _compared(off: Decimal, detail: str, **compared: Decimal | int) -> Finding:
    balances = off.copy_abs() < _BALANCE_TOLERANCE
    return Finding("pass" if balances else "fail", detail, {**figures(**compared), "delta": format(off, "f")})


def _bank_code(submitted: Values) -> str | None:
    gl_map = submitted.get("gl_map")
    code = gl_map.get("bank") if isinstance(gl_map, Mapping) else None
    return str(code) if code else None


def _is_bank(line: Line, submitted: Values) -> bool:
    code = _bank_code(submitted)
    if code is not None:
        return str(line.get("account_code", "")).strip() == code
    return any("bank" in str(line.get(key, "")).lower() for key in ("account_code", "account_name"))


def _rent_received(bank: Document) -> Decimal | None:
    receipts = [row for row in bank.rows if row.get("category") == "rent_receipt"]
    if receipts:
        return total(amount_of(row, "amount").copy_abs() for row in receipts)
    return first_amount(bank.fields, "rent_receipts", "net_remittance", "net_bacs_received")


def _of_roll(roll: Document, totals: tuple[str, ...], columns: tuple[str, ...]) -> Decimal | None:
    """A total that the roll states, else the sum of its rows; none where it has neither."""
    stated = first_amount(roll.fields, *totals)
    if stated is not None:
        return stated
    amounts = [first_amount(row, *columns) for row in roll.rows]
    known = [amount for amount in amounts if amount is not None]
    return total(known) if known else None
