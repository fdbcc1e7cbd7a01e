"""Which class each account belongs to: from an explicit map, else from the account's type in the chart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from ntro.accounting.models import ChartOfAccounts


class AccountClass(StrEnum):
    """The five classes of accounts."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class ClassificationError(ValueError):
    """An account has no class, or a class that does not exist; the message names the accounts."""

    code = "account_not_classified"


# The words that ledgers use for the type of an account, lower case.
_CLASS_OF_TYPE: Mapping[str, AccountClass] = {
    **dict.fromkeys(("asset", "assets", "bank", "current", "fixed", "inventory", "prepayment"), AccountClass.ASSET),
    **dict.fromkeys(("liability", "liabilities", "currliab", "termliab"), AccountClass.LIABILITY),
    **dict.fromkeys(("equity", "capital"), AccountClass.EQUITY),
    **dict.fromkeys(("income", "revenue", "sales", "otherincome"), AccountClass.INCOME),
    **dict.fromkeys(("expense", "expenses", "overheads", "directcosts", "depreciatn"), AccountClass.EXPENSE),
}


@dataclass(frozen=True, slots=True)
class Classification:
    """The class of each account, by its code."""

    classes: Mapping[str, AccountClass] = field(default_factory=dict)

    @classmethod
    def of(cls, by_account: Mapping[str, str], chart: ChartOfAccounts | None = None) -> Self:
        """Classes from the `chart`'s account types, overruled by `by_account` (account code to class).

        Raises:
            ClassificationError: `by_account` names a class that does not exist.
        """
        classes = {
            account.code: _CLASS_OF_TYPE[account.type.casefold().strip()]
            for account in (chart.accounts if chart else [])
            if account.type.casefold().strip() in _CLASS_OF_TYPE
        }
        for code, name in by_account.items():
            try:
                classes[code] = AccountClass(name)
            except ValueError:
                known = ", ".join(AccountClass)
                raise ClassificationError(f"Account {code} is classified as {name!r}; choose one of {known}.") from None
        return cls(classes)

    def class_of(self, code: str) -> AccountClass:
        """The class of account `code`.

        Raises:
            ClassificationError: the account has no class.
        """
        if code not in self.classes:
            raise ClassificationError(f"Account {code} has no class; add it to the entity's account classes.")
        return self.classes[code]
