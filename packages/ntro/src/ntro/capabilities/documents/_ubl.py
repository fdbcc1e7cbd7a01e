"""UBL 2 invoices and credit notes (Peppol BIS, XRechnung and others)."""

from decimal import Decimal
from typing import TYPE_CHECKING

from ntro.capabilities.documents._invoice_checks import check_invoice
from ntro.capabilities.documents._invoice_values import amount_at, date_at
from ntro.capabilities.documents._xml import child, children, local, namespace, text
from ntro.capabilities.documents.invoice import Invoice, InvoiceLine, InvoiceTotals
from ntro.capabilities.documents.reading import IssueLog, Parsed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
_LINES = {"Invoice": ("InvoiceLine", "InvoicedQuantity"), "CreditNote": ("CreditNoteLine", "CreditedQuantity")}


def is_ubl(root: "Element") -> bool:
    """Whether `root` is an invoice or credit note of UBL 2."""
    return local(root) in _LINES and namespace(root).startswith(_NAMESPACE)


def read_ubl(root: "Element") -> Parsed:
    """The invoice or credit note in `root`."""
    issues = IssueLog()
    line_name, quantity_name = _LINES[local(root)]
    currency = text(root, "DocumentCurrencyCode")
    seller, buyer = child(root, "AccountingSupplierParty", "Party"), child(root, "AccountingCustomerParty", "Party")
    invoice = Invoice(
        number=text(root, "ID"),
        type_code=text(root, "InvoiceTypeCode") or text(root, "CreditNoteTypeCode") or _default_type(root),
        issue_date=date_at(root, issues, "IssueDate"),
        due_date=date_at(root, issues, "DueDate") or date_at(root, issues, "PaymentMeans", "PaymentDueDate"),
        seller=_party_name(seller),
        seller_vat=_vat_number(seller),
        buyer=_party_name(buyer),
        currency=currency,
        iban=text(root, "PaymentMeans", "PayeeFinancialAccount", "ID"),
        payment_reference=text(root, "PaymentMeans", "PaymentID"),
        profile=text(root, "CustomizationID"),
        totals=_totals(root, currency, issues),
        lines=tuple(_line(element, quantity_name, issues) for element in children(root, line_name)),
    )
    check_invoice(invoice, issues)
    return Parsed(invoice, f"UBL {local(root)}", "ubl", issues.found())


def _default_type(root: "Element") -> str | None:
    return "381" if local(root) == "CreditNote" else None


def _party_name(party: "Element | None") -> str | None:
    return text(party, "PartyLegalEntity", "RegistrationName") or text(party, "PartyName", "Name")


def _vat_number(party: "Element | None") -> str | None:
    for scheme in children(party, "PartyTaxScheme"):
        if (text(scheme, "TaxScheme", "ID") or "VAT") == "VAT":
            return text(scheme, "CompanyID")
    return None


def _totals(root: "Element", currency: str | None, issues: IssueLog) -> InvoiceTotals:
    total = child(root, "LegalMonetaryTotal")

    def stated(name: str) -> Decimal | None:
        return amount_at(total, issues, name)

    return InvoiceTotals(
        line_total=stated("LineExtensionAmount"),
        allowance_total=stated("AllowanceTotalAmount"),
        charge_total=stated("ChargeTotalAmount"),
        tax_basis=stated("TaxExclusiveAmount"),
        tax_total=_tax_total(root, currency, issues),
        rounding=stated("PayableRoundingAmount"),
        grand_total=stated("TaxInclusiveAmount"),
        prepaid=stated("PrepaidAmount"),
        due_payable=stated("PayableAmount"),
    )


def _tax_total(root: "Element", currency: str | None, issues: IssueLog) -> Decimal | None:
    """The tax in the invoice's currency; the seller may state it in the currency of the tax authority as well."""
    found = list(children(root, "TaxTotal", "TaxAmount"))
    own = [element for element in found if element.get("currencyID") in {None, "", currency}] or found[:1]
    return amount_at(own[0], issues) if own else None


def _line(element: "Element", quantity_name: str, issues: IssueLog) -> InvoiceLine:
    quantity = child(element, quantity_name)
    return InvoiceLine(
        id=text(element, "ID"),
        description=text(element, "Item", "Name") or text(element, "Item", "Description"),
        quantity=amount_at(quantity, issues),
        unit=quantity.get("unitCode") if quantity is not None else None,
        unit_price=amount_at(element, issues, "Price", "PriceAmount"),
        price_base=amount_at(element, issues, "Price", "BaseQuantity"),
        net_amount=amount_at(element, issues, "LineExtensionAmount"),
        tax_rate=amount_at(element, issues, "Item", "ClassifiedTaxCategory", "Percent"),
    )
