"""How a month's journals are put together: lines by role, proposals with what they need."""

from decimal import Decimal

from ntro.accounting.amounts import round_amount
from ntro.accounting.journals import JournalLine, JournalProposal, SourceRef
from ntro.accounting.property_spv.config import PropertySpvConfig, PropertySpvError
from ntro.accounting.property_spv.inputs import PeriodInputs


def journal_line(
    config: PropertySpvConfig,
    role: str,
    description: str,
    *,
    refs: tuple[SourceRef, ...],
    debit: Decimal = Decimal(0),
    credit: Decimal = Decimal(0),
) -> list[JournalLine]:
    """The line, or none where the amount is zero: a role that is not used needs no account.

    Raises:
        PropertySpvError: the role has no account, or the amount has more places than the books.
    """
    if debit == 0 and credit == 0:
        return []
    for amount in (debit, credit):
        if round_amount(amount, places=config.places, rounding=config.rounding) != amount:
            raise PropertySpvError(f"{description}: {amount} has more than {config.places} decimals.")
    code = config.account(role)
    return [JournalLine(account_code=code, description=description, debit=debit, credit=credit, source_refs=refs)]


def journal_proposal(
    inputs: PeriodInputs,
    config: PropertySpvConfig,
    kind: str,
    title: str,
    *,
    lines: list[JournalLine],
    explanation: list[str],
) -> JournalProposal | None:
    """The proposal of `kind`, or none without lines."""
    if not lines:
        return None
    return JournalProposal(
        entity_slug=inputs.entity_slug,
        period=inputs.period,
        description=f"{title} {inputs.period}",
        posting_date=inputs.posting_date,
        currency=config.currency,
        kind=kind,
        lines=lines,
        explanation=explanation,
    )
