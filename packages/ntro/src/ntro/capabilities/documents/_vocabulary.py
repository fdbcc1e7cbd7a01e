"""The words that head columns and label terms, in English, German, French, Spanish, Italian and Dutch."""

from collections.abc import Mapping

Columns = Mapping[str, frozenset[str]]
"""A field's name and the headings that mean it, as `ntro.capabilities.documents._columns.heading` spells them."""


def headings(listed: str) -> frozenset[str]:
    """Headings from a list that is separated by semicolons."""
    return frozenset(listed.split("; "))


TRIAL_BALANCE: Columns = {
    "code": headings(
        "a c; a c code; a c no; account; account code; account id; account no; account nr; account number; "
        "acct; acct code; acct no; codice conto; compte; conto; cuenta; gl account; gl code; grootboek; "
        "grootboekrekening; konto; konto nr; konto nummer; kontonr; kontonummer; ledger code; n de compte; no "
        "compte; nominal; nominal account; nominal code; num compte; numero de compte; numero de cuenta; "
        "rekening; rekeningnummer; sachkonto"
    ),
    "short_code": headings("code; codice; codigo; no; nr; numero"),
    "name": headings(
        "account description; account name; account title; account type name; benennung; beschreibung; "
        "bezeichnung; denominazione; descripcion; description; descrizione; designation; details; intitule; "
        "intitule du compte; kontenbezeichnung; kontobezeichnung; kontoname; kontotext; ledger account; "
        "libelle; libelle du compte; naam; name; nom du compte; nombre; nombre de la cuenta; nominal name; "
        "omschrijving; title"
    ),
    "debit": headings(
        "closing debit; dare; debe; debet; debit; debit amount; debit balance; debit year to date; debit ytd; "
        "debiteur; debits; dr; period debit; saldo deudor; saldo soll; solde debit; solde debiteur; soll; "
        "sollsaldo; total debit; ytd debit"
    ),
    "credit": headings(
        "avere; closing credit; cr; credit; credit amount; credit balance; credit year to date; credit ytd; "
        "crediteur; credits; haben; habensaldo; haber; period credit; saldo acreedor; saldo haben; solde "
        "credit; solde crediteur; total credit; ytd credit"
    ),
    "balance": headings(
        "amount; balance; bedrag; betrag; closing balance; eindsaldo; endsaldo; importe; importo; montant; "
        "net; net balance; net movement; saldo; saldo final; schlusssaldo; solde; solde final; total; year to "
        "date; ytd; ytd balance"
    ),
    "currency": headings("ccy; currency; devise; divisa; moneda; valuta; wahrung"),
}
"""Columns of a trial balance. `short_code` are headings that say little and count only beside debit and credit."""
DATE_WORDS = headings("date; datum; data; fecha; buchungsdatum; valutadatum; buchungstag; booked; posted; transaction")
"""A heading with one of these words tells a journal, a ledger or a bank's list from a trial balance."""

RENT_ROLL: Columns = {
    "unit": headings(
        "address; apartment; apt; demise; eenheid; einheit; etage; flat; flat no; floor; local; logement; "
        "lot; mieteinheit; objekt; piso; plot; premises; property; property unit; room; space; suite; unidad; "
        "unit; unit address; unit description; unit id; unit no; unit number; unita; units; whg; wohnung"
    ),
    "tenant_name": headings(
        "arrendatario; conduttore; huurder; inquilino; leaseholder; lessee; locataire; mieter; mietername; "
        "name; name des mieters; name of tenant; nom; nom du locataire; occupant; occupier; tenant; tenant "
        "company; tenant name; tenant s name; tenants"
    ),
    "lease_start": headings("commencement; debut; lease from; lease start; mietbeginn; move in; start; start date"),
    "lease_end": headings("end; end date; expiry; expiry date; fin; lease end; lease expiry; lease to; mietende"),
    "monthly_rent": headings(
        "base rent; canone mensile; contract rent; contractual rent; current rent; gross rent; huur; "
        "kaltmiete; loyer; loyer mensuel; miete; monatsmiete; monthly rent; nettomiete; passing rent; rent; "
        "rent month; rent monthly; rent p c m; rent pcm; rent per month; rent roll; renta mensual; scheduled "
        "rent"
    ),
    "rent_due": headings(
        "amount due; billed; charged; due; loyer appele; loyer du; miete soll; rent billed; rent charged; "
        "rent demanded; rent due; rent due this month; rent for month; rent invoiced; rent payable; soll; "
        "sollmiete; total due"
    ),
    "rent_received": headings(
        "amount paid; amount received; bezahlt; cash received; cobrado; collected; encaisse; gezahlt; "
        "incassato; ist; istmiete; loyer encaisse; loyer recu; miete ist; ontvangen; paid; paye; payment "
        "received; payments; receipts; received; rent collected; rent paid; rent received; zahlung; "
        "zahlungseingang"
    ),
    "arrears": headings(
        "achterstand; amount outstanding; arrears; arrears balance; arrieres; atrasos; balance; balance due; "
        "closing arrears; closing balance; impaye; impayes; mietruckstand; outstanding; overdue; rent "
        "outstanding; ruckstand; shortfall; total arrears; variance"
    ),
    "arrears_30d": headings(
        "0 30; 0 30 days; 1 30; 1 30 days; 30 days; 30d; arrears 0 30 days; arrears 1 30 days; arrears 30; "
        "arrears 30 days; arrears 30d"
    ),
    "arrears_60d": headings(
        "31 60; 31 60 days; 60 days; 60d; arrears 31 60 days; arrears 60; arrears 60 days; arrears 60d"
    ),
    "arrears_90d_plus": headings(
        "61 90; 61+; 61+ days; 90 days; 90 days+; 90+; 90+ days; 90d+; arrears 61+ days; arrears 90 days; "
        "arrears 90+; arrears 90+ days; arrears 90d; arrears 90d plus; arrears 90d+; arrears over 90 days; "
        "over 90 days"
    ),
    "service_charge": headings("charges; nebenkosten; nk; provision pour charges; sc; service charge; service charges"),
    "deposit": headings("deposit; depot de garantie; fianza; kaution; security deposit"),
}
"""Columns of a rent roll."""

LOAN_TERMS: Columns = {
    "lender": headings("bank; darlehensgeber; kreditgeber; lender; name of lender; preteur; the lender"),
    "borrower": headings("borrower; darlehensnehmer; emprunteur; kreditnehmer; name of borrower; the borrower"),
    "loan_reference": headings(
        "agreement no; agreement number; agreement reference; facility reference; loan id; loan no; loan "
        "number; loan reference; reference"
    ),
    "property": headings("collateral; mortgaged property; property; secured property; security"),
    "currency": headings("currency; devise; loan currency; wahrung"),
    "agreement_date": headings(
        "agreement date; date; date of agreement; date of this agreement; dated; effective date"
    ),
    "start_date": headings("advance date; beginn; commencement date; drawdown date; start date; utilisation date"),
    "maturity_date": headings(
        "end date; expiry date; final repayment date; maturity; maturity date; repayment date; termination date"
    ),
    "first_payment_date": headings("first instalment date; first payment date; first repayment date"),
    "term": headings("duration; duree; laufzeit; loan term; term"),
    "principal": headings(
        "amount; amount of loan; commitment; darlehensbetrag; facility amount; loan amount; loan principal; "
        "montant du pret; original principal; principal; principal amount; principal sum; sum advanced"
    ),
    "outstanding_balance": headings(
        "balance outstanding; current balance; outstanding balance; outstanding principal; principal outstanding"
    ),
    "interest_rate": headings(
        "annual interest rate; annual rate; fixed rate; interest; interest rate; interest rate fixed; "
        "interest rate p a; interest rate per annum; nominal rate; rate; rate of interest; taux d interet; "
        "zinssatz"
    ),
    "monthly_interest": headings(
        "interest component; interest element; interest per month; interest portion; interest portion per "
        "month; monthly interest; monthly interest amount; monthly interest payment; monthly interest portion"
    ),
    "monthly_principal": headings(
        "capital portion; monthly amortisation; monthly capital; monthly capital repayment; monthly "
        "principal; monthly principal amount; monthly principal payment; monthly principal portion; monthly "
        "principal repayment; monthly repayment of principal; principal component; principal element; "
        "principal per month; principal portion; principal repayment"
    ),
    "monthly_payment": headings(
        "instalment; monthly debt service; monthly instalment; monthly payment; monthly repayment; payment; "
        "total monthly payment; total payment"
    ),
}
"""Labels of the terms of a loan agreement."""
