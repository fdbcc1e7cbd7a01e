"""Standing journals: what is posted each month as the entity's configuration says. Pure."""

from datetime import date

from pydantic import BaseModel, Field

from ntro.accounting.journals import JournalLine, JournalProposal
from ntro.money import ExactAmount


class StandingLine(BaseModel):
    """A line of a standing journal: an amount on one side."""

    account_code: str
    description: str = ""
    debit: ExactAmount | None = None
    credit: ExactAmount | None = None


class StandingJournal(BaseModel):
    """A journal that is posted each month as it is written here."""

    description: str
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
        sides = {side: amount for side in ("debit", "credit") if (amount := getattr(line, side)) is not None}
        named = {"account_code": line.account_code, "description": line.description or self.description}
        return JournalLine.model_validate(named | sides)
