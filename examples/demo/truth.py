"""What the month comes to, in whole pence and without any code of the product."""

from collections import defaultdict

import figures


def closing_balances() -> dict[str, int]:
    """Balance by account after the month; positive is a debit."""
    balance: dict[str, int] = defaultdict(int, {account.code: account.balance for account in figures.OPENING})

    def post(debit: str, credit: str, amount: int) -> None:
        balance[debit] += amount
        balance[credit] -= amount

    post("1200", "4000", sum(unit.rent for unit in figures.RENT_ROLL))
    post("5200", "2300", rent_due() * figures.MANAGEMENT_FEE_PERCENT // 100)
    post("5000", "1300", figures.INSURANCE_RELEASE)
    post("6000", "2200", figures.LOAN_INTEREST)
    for invoice in figures.INVOICES:
        post(invoice.expense, "2100", invoice.gross)
    for entry in figures.bank_entries():
        if entry.reference.startswith("LOAN SERVICE"):
            post("2200", "1100", figures.LOAN_INTEREST)
            post("2000", "1100", figures.LOAN_REPAYMENT)
        else:
            post("1100", contra(entry), entry.amount)
    return dict(balance)


def contra(entry: figures.BankEntry) -> str:
    """The account on the other side of a bank entry."""
    words = {
        "RENT": "1200",
        "MANAGEMENT FEE": "2300",
        "INVOICE": "2100",
        "ACCOUNT CHARGES": "5500",
    }
    return next(account for word, account in words.items() if entry.reference.startswith(word))


def rent_due() -> int:
    """The month's rent."""
    return sum(unit.rent for unit in figures.RENT_ROLL)


def truth() -> dict[str, object]:
    """NAV and what leads to it, as decimal text."""
    closing = closing_balances()
    assert sum(closing.values()) == 0
    bank_closing = figures.opening_bank() + sum(entry.amount for entry in figures.bank_entries())
    assert closing["1100"] == bank_closing
    kinds = {account.code: account.type for account in figures.OPENING}
    assets = sum(value for code, value in closing.items() if kinds[code] == "asset")
    liabilities = -sum(value for code, value in closing.items() if kinds[code] == "liability")
    nav = assets - liabilities
    return {
        "period": figures.PERIOD,
        "currency": figures.CURRENCY,
        "total_assets": figures.written(assets),
        "total_liabilities": figures.written(liabilities),
        "nav": figures.written(nav),
        "shares": str(figures.SHARES),
        "nav_per_share": per_share(nav),
        "bank_closing": figures.written(bank_closing),
        "closing_trial_balance": {code: figures.written(value) for code, value in sorted(closing.items())},
    }


def per_share(nav: int) -> str:
    """NAV per share to four places, half up, in whole numbers: nav/100/shares, times ten thousand."""
    scaled = (nav * 100 * 2 + figures.SHARES) // (2 * figures.SHARES)
    return f"{scaled // 10_000}.{scaled % 10_000:04d}"
