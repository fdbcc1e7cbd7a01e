"""An entity's rules: which account plays which part, and what is accrued at which rate. Nothing has a default rate."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ntro.accounting.amounts import Rounding, UnsignedAmount
from ntro.types.currencies import CurrencyCode

BANK = "bank"
RENT_RECEIVABLE = "rent_receivable"
RENTAL_INCOME = "rental_income"
TAX_OUTPUT = "vat_output"
TAX_INPUT = "vat_input"
ACCOUNTS_PAYABLE = "accounts_payable"
OPERATING_EXPENSES = "operating_expenses"
FEE_EXPENSE = "management_fee_expense"
FEE_PAYABLE = "management_fee_payable"
LOAN_INTEREST_EXPENSE = "loan_interest_expense"
LOAN_INTEREST_PAYABLE = "loan_interest_payable"
LOAN_PRINCIPAL = "loan_principal"
LOAN_PAYMENT = "loan_payment"
SUSPENSE = "suspense"


class PropertySpvError(ValueError):
    """The month cannot be journalled from these inputs and rules; the message says what is missing or does not fit."""

    code = "property_close_refused"


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BankRule(_Rule):
    """An entry whose text contains `contains` (case does not matter) and that runs in `direction` is for `role`.

    `role` is a part of the `gl_map`, or `loan_payment` for the service of the loan.
    """

    contains: str = Field(min_length=2)
    role: str = Field(min_length=1)
    direction: Literal["in", "out", "any"] = "any"

    @model_validator(mode="after")
    def _not_the_bank(self) -> Self:
        if self.role == BANK:
            raise ValueError("a bank entry is for another account than the bank itself")
        return self

    def matches(self, text: str, amount: Decimal) -> bool:
        """Whether the rule is about an entry of this text and signed amount."""
        if (self.direction == "in" and amount < 0) or (self.direction == "out" and amount > 0):
            return False
        return self.contains.casefold() in text.casefold()


class SupplierRule(_Rule):
    """Invoices of sellers whose name contains `contains` (case does not matter) are expenses of `role`."""

    contains: str = Field(min_length=2)
    role: str = Field(min_length=1)


class ManagementFee(_Rule):
    """A fee accrued each month: a `rate` of rent due or received, or a fixed `amount`; `tax_rate` comes on top."""

    base: Literal["rent_due", "rent_received", "fixed"]
    rate: UnsignedAmount | None = None
    amount: UnsignedAmount | None = None
    tax_rate: UnsignedAmount = Decimal(0)

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        given = self.amount if self.base == "fixed" else self.rate
        if given is None or (self.rate is None) == (self.amount is None):
            raise ValueError("a fixed fee has an amount, any other a rate, and never both")
        return self


class PropertySpvConfig(_Rule):
    """The rules of one entity. `gl_map` gives the account code of each part (role)."""

    currency: CurrencyCode
    gl_map: Mapping[str, str]
    rounding: Rounding
    places: int = Field(default=2, ge=0, le=4)
    tax_recoverable: bool
    management_fee: ManagementFee | None = None
    bank_rules: tuple[BankRule, ...] = ()
    supplier_rules: tuple[SupplierRule, ...] = ()

    def account(self, role: str) -> str:
        """The account code of `role`.

        Raises:
            PropertySpvError: the `gl_map` has no such role.
        """
        code = self.gl_map.get(role, "").strip()
        if not code:
            raise PropertySpvError(f"The GL map has no account for {role!r}; add it to the entity's configuration.")
        return code

    def has(self, role: str) -> bool:
        """Whether the `gl_map` has an account for `role`."""
        return bool(self.gl_map.get(role, "").strip())

    def expense_role(self, seller: str) -> str:
        """The role of a seller's invoices: the first rule that fits, else `operating_expenses`."""
        name = seller.casefold()
        fitting: Iterable[str] = (rule.role for rule in self.supplier_rules if rule.contains.casefold() in name)
        return next(iter(fitting), OPERATING_EXPENSES)
