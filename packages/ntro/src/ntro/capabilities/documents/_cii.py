"""Cross Industry Invoice (Factur-X, ZUGFeRD 2, XRechnung) and its forerunner ZUGFeRD 1, CrossIndustryDocument."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ntro.capabilities.documents._invoice_checks import check_invoice
from ntro.capabilities.documents._invoice_values import amount_at, date_at
from ntro.capabilities.documents._xml import child, children, local, text
from ntro.capabilities.documents.invoice import Invoice, InvoiceLine, InvoiceTotals
from ntro.capabilities.documents.reading import IssueLog, Parsed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


@dataclass(frozen=True, slots=True)
class _Names:
    """What the two generations of the format call the same things."""

    context: str
    document: str
    transaction: str
    agreement: str
    settlement: str
    summation: str
    line_document: str
    line_agreement: str
    line_delivery: str
    line_settlement: str
    line_summation: str
    line_tax_rate: str


_CII = _Names(
    context="ExchangedDocumentContext",
    document="ExchangedDocument",
    transaction="SupplyChainTradeTransaction",
    agreement="ApplicableHeaderTradeAgreement",
    settlement="ApplicableHeaderTradeSettlement",
    summation="SpecifiedTradeSettlementHeaderMonetarySummation",
    line_document="AssociatedDocumentLineDocument",
    line_agreement="SpecifiedLineTradeAgreement",
    line_delivery="SpecifiedLineTradeDelivery",
    line_settlement="SpecifiedLineTradeSettlement",
    line_summation="SpecifiedTradeSettlementLineMonetarySummation",
    line_tax_rate="RateApplicablePercent",
)
_ZUGFERD_1 = _Names(
    context="SpecifiedExchangedDocumentContext",
    document="HeaderExchangedDocument",
    transaction="SpecifiedSupplyChainTradeTransaction",
    agreement="ApplicableSupplyChainTradeAgreement",
    settlement="ApplicableSupplyChainTradeSettlement",
    summation="SpecifiedTradeSettlementMonetarySummation",
    line_document="AssociatedDocumentLineDocument",
    line_agreement="SpecifiedSupplyChainTradeAgreement",
    line_delivery="SpecifiedSupplyChainTradeDelivery",
    line_settlement="SpecifiedSupplyChainTradeSettlement",
    line_summation="SpecifiedTradeSettlementMonetarySummation",
    line_tax_rate="ApplicablePercent",
)
_GENERATIONS = {"CrossIndustryInvoice": _CII, "CrossIndustryDocument": _ZUGFERD_1}


def is_cii(root: "Element") -> bool:
    """Whether `root` is an invoice of either generation."""
    return local(root) in _GENERATIONS


def read_cii(root: "Element") -> Parsed:
    """The invoice in `root`."""
    names, issues = _GENERATIONS[local(root)], IssueLog()
    document, transaction = child(root, names.document), child(root, names.transaction)
    agreement, settlement = child(transaction, names.agreement), child(transaction, names.settlement)
    currency = text(settlement, "InvoiceCurrencyCode")
    seller = child(agreement, "SellerTradeParty")
    invoice = Invoice(
        number=text(document, "ID"),
        type_code=text(document, "TypeCode"),
        issue_date=date_at(document, issues, "IssueDateTime"),
        due_date=date_at(settlement, issues, "SpecifiedTradePaymentTerms", "DueDateDateTime"),
        seller=text(seller, "Name"),
        seller_vat=_vat_number(seller),
        buyer=text(agreement, "BuyerTradeParty", "Name"),
        currency=currency,
        iban=text(settlement, "SpecifiedTradeSettlementPaymentMeans", "PayeePartyCreditorFinancialAccount", "IBANID"),
        payment_reference=text(settlement, "PaymentReference"),
        profile=text(root, names.context, "GuidelineSpecifiedDocumentContextParameter", "ID"),
        totals=_totals(child(settlement, names.summation), currency, issues),
        lines=tuple(
            _line(element, names, f"line {n}", issues)
            for n, element in enumerate(children(transaction, "IncludedSupplyChainTradeLineItem"), start=1)
        ),
    )
    check_invoice(invoice, issues)
    return Parsed(invoice, local(root), "cii", issues.found())


def _vat_number(seller: "Element | None") -> str | None:
    for identifier in children(seller, "SpecifiedTaxRegistration", "ID"):
        if identifier.get("schemeID") == "VA":
            return (identifier.text or "").strip() or None
    return None


def _totals(summation: "Element | None", currency: str | None, issues: IssueLog) -> InvoiceTotals:
    def stated(name: str) -> Decimal | None:
        return amount_at(summation, issues, name)

    return InvoiceTotals(
        line_total=stated("LineTotalAmount"),
        allowance_total=stated("AllowanceTotalAmount"),
        charge_total=stated("ChargeTotalAmount"),
        tax_basis=stated("TaxBasisTotalAmount"),
        tax_total=_tax_total(summation, currency, issues),
        rounding=stated("RoundingAmount"),
        grand_total=stated("GrandTotalAmount"),
        prepaid=stated("TotalPrepaidAmount"),
        due_payable=stated("DuePayableAmount"),
    )


def _tax_total(summation: "Element | None", currency: str | None, issues: IssueLog) -> Decimal | None:
    """The tax in the invoice's currency; the seller may state it in the currency of the tax authority as well."""
    found = list(children(summation, "TaxTotalAmount"))
    own = [element for element in found if element.get("currencyID") in {None, "", currency}] or found[:1]
    return amount_at(own[0], issues) if own else None


def _line(element: "Element", names: _Names, where: str, issues: IssueLog) -> InvoiceLine:
    price = child(element, names.line_agreement, "NetPriceProductTradePrice")
    quantity = child(element, names.line_delivery, "BilledQuantity")
    settlement = child(element, names.line_settlement)
    name, more = text(element, "SpecifiedTradeProduct", "Name"), text(element, "SpecifiedTradeProduct", "Description")
    note = text(element, names.line_document, "IncludedNote", "Content")
    return InvoiceLine(
        id=text(element, names.line_document, "LineID") or where,
        description=name or more or note,
        quantity=amount_at(quantity, issues),
        unit=quantity.get("unitCode") if quantity is not None else None,
        unit_price=amount_at(price, issues, "ChargeAmount"),
        price_base=amount_at(price, issues, "BasisQuantity"),
        net_amount=amount_at(settlement, issues, names.line_summation, "LineTotalAmount"),
        tax_rate=amount_at(settlement, issues, "ApplicableTradeTax", names.line_tax_rate),
    )
