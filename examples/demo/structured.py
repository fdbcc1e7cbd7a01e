"""The bank statement as CAMT.053 and invoices as EN 16931 documents: UBL, and CII inside a PDF."""

from io import BytesIO
from xml.sax.saxutils import escape

import figures
import pypdfium2
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def bank_statement() -> bytes:
    """CAMT.053.001.02 of the month with opening and closing booked balances."""
    entries = figures.bank_entries()
    closing = figures.opening_bank() + sum(entry.amount for entry in entries)
    body = "".join(_entry(number, entry) for number, entry in enumerate(entries, 1))
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>STMT-2026-03</MsgId><CreDtTm>2026-04-01T06:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>2026-03</Id><ElctrncSeqNb>3</ElctrncSeqNb><CreDtTm>2026-04-01T06:00:00Z</CreDtTm>
<Acct><Id><IBAN>{figures.IBAN}</IBAN></Id><Ccy>{figures.CURRENCY}</Ccy><Nm>{figures.ENTITY}</Nm></Acct>
{_balance("OPBD", figures.opening_bank(), "2026-03-01")}{_balance("CLBD", closing, "2026-03-31")}{body}
</Stmt></BkToCstmrStmt></Document>
"""
    return text.encode()


def _balance(code: str, amount: int, date: str) -> str:
    side = "CRDT" if amount >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{figures.CURRENCY}">{figures.written(abs(amount))}</Amt>'
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{date}</Dt></Dt></Bal>\n"
    )


def _entry(number: int, entry: figures.BankEntry) -> str:
    side, party = ("CRDT", "Dbtr") if entry.amount >= 0 else ("DBIT", "Cdtr")
    return f"""<Ntry><NtryRef>{number}</NtryRef>
<Amt Ccy="{figures.CURRENCY}">{figures.written(abs(entry.amount))}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>{entry.date}</Dt></BookgDt><ValDt><Dt>{entry.date}</Dt></ValDt>
<NtryDtls><TxDtls><Refs><EndToEndId>E2E-{number:04d}</EndToEndId></Refs>
<RltdPties><{party}><Nm>{escape(entry.counterparty)}</Nm></{party}></RltdPties>
<RmtInf><Ustrd>{escape(entry.reference)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
"""


def ubl_invoice(invoice: figures.Invoice) -> bytes:
    """UBL 2.1 invoice."""
    amount = f'currencyID="{figures.CURRENCY}"'
    net, tax, gross = (figures.written(value) for value in (invoice.net, invoice.tax, invoice.gross))
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>{escape(invoice.number)}</cbc:ID>
<cbc:IssueDate>{invoice.issued}</cbc:IssueDate><cbc:DueDate>{invoice.due}</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>{figures.CURRENCY}</cbc:DocumentCurrencyCode>
{_ubl_party("AccountingSupplierParty", invoice.supplier)}{_ubl_party("AccountingCustomerParty", figures.ENTITY)}
<cac:TaxTotal><cbc:TaxAmount {amount}>{tax}</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount {amount}>{net}</cbc:TaxableAmount><cbc:TaxAmount {amount}>{tax}</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount {amount}>{net}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount {amount}>{net}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount {amount}>{gross}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount {amount}>{gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount {amount}>{net}</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>{escape(invoice.description)}</cbc:Name>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:ClassifiedTaxCategory></cac:Item><cac:Price><cbc:PriceAmount {amount}>{net}</cbc:PriceAmount></cac:Price>
</cac:InvoiceLine></Invoice>
"""
    return text.encode()


def _ubl_party(role: str, name: str) -> str:
    return (
        f"<cac:{role}><cac:Party><cac:PartyName><cbc:Name>{escape(name)}</cbc:Name></cac:PartyName>"
        f"<cac:PartyLegalEntity><cbc:RegistrationName>{escape(name)}</cbc:RegistrationName></cac:PartyLegalEntity>"
        f"</cac:Party></cac:{role}>\n"
    )


def cii_invoice(invoice: figures.Invoice) -> bytes:
    """UN/CEFACT Cross Industry Invoice, profile EN 16931."""
    net, tax, gross = (figures.written(value) for value in (invoice.net, invoice.tax, invoice.gross))
    issued, due = invoice.issued.replace("-", ""), invoice.due.replace("-", "")
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>{escape(invoice.number)}</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime>
<udt:DateTimeString format="102">{issued}</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem>
<ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:Name>{escape(invoice.description)}</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>{net}</ram:ChargeAmount>
</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery>
<ram:BilledQuantity unitCode="C62">1</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation>
<ram:LineTotalAmount>{net}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>{escape(invoice.supplier)}</ram:Name></ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>{figures.ENTITY}</ram:Name></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery/><ram:ApplicableHeaderTradeSettlement>
<ram:InvoiceCurrencyCode>{figures.CURRENCY}</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">{due}</udt:DateTimeString>
</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>{net}</ram:LineTotalAmount>
<ram:TaxBasisTotalAmount>{net}</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="{figures.CURRENCY}">{tax}</ram:TaxTotalAmount>
<ram:GrandTotalAmount>{gross}</ram:GrandTotalAmount><ram:DuePayableAmount>{gross}</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>
"""
    return text.encode()


def facturx_invoice(invoice: figures.Invoice) -> bytes:
    """A printed invoice with its CII document attached as `factur-x.xml`."""
    page = BytesIO()
    canvas = Canvas(page, pagesize=A4, invariant=1)
    lines = (
        invoice.supplier,
        f"Invoice {invoice.number}",
        f"Date {invoice.issued}    Due {invoice.due}",
        f"To {figures.ENTITY}",
        invoice.description,
        f"Net {figures.grouped(invoice.net)}  VAT 20 % {figures.grouped(invoice.tax)}",
        f"Total {figures.CURRENCY} {figures.grouped(invoice.gross)}",
    )
    for number, line in enumerate(lines):
        canvas.drawString(72, 770 - 24 * number, line)
    canvas.save()
    document = pypdfium2.PdfDocument(page.getvalue())
    document.new_attachment("factur-x.xml").set_data(cii_invoice(invoice))
    out = BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()
