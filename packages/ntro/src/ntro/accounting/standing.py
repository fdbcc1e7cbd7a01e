"""Standing journals: what is posted each month as the entity's configuration says. Pure."""

from datetime import date

from pydantic import BaseModel, Field

from ntro.accounting.amounts import ZERO, UnsignedAmount
from ntro.accounting.journals import JournalLine, JournalProposal


class StandingLine(BaseModel):
    """A line of a standing journal: an amount on one side."""

    account_code: str
    description: str = ""
    debit: UnsignedAmount = ZERO
    credit: UnsignedAmount = ZERO


class StandingJournal(BaseModel):
    """A journal that is posted each month as it is written here."""

    description: str = Field(min_length=1)
    lines: list[StandingLine] = Field(min_length=2)

    def for_month(self, *, entity_slug: str, period: str, posting_date: date, currency: str) -> JournalProposal:
        """The journal of one month.

        Raises:
            ValidationError: of pydantic; a line has no amount, or one on both sides.
        """
        return JournalProposal(
            entity_slug=entity_slug,
            period=period,
            description=f"{self.description} {period}",
            posting_date=posting_date,
            currency=currency,
            kind="standing",
            lines=[self._line(line) for line in self.lines],
            explanation=["Posted each month, as the entity's configuration says."],
        )

    def _line(self, line: StandingLine) -> JournalLine:
        return JournalLine(
            account_code=line.account_code,
            description=line.description or self.description,
            debit=line.debit,
            credit=line.credit,
        )
