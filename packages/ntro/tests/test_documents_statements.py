"""Bank statements in small: what each format's rules ask of its reader."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.capabilities.documents import DocumentRefusedError, read_document

MT940 = """:20:REF
:25:GB33BUKB20201555555555
:28C:1/1
:60F:C260301EUR100,00
:61:2603020302C50,25NTRFRENT MARCH//BANK1
Flat 1
:86:Rent of flat 1
second line
:61:2603030303D20,NMSCNONREF//BANK2
:61:2603040304RC10,25NTRFNONREF
:61:2603050305RD5,NTRFNONREF
:62F:C260331EUR125,00
-
"""


def read(content: str | bytes, filename: str = "statement.txt") -> tuple[Any, list[str]]:
    data = content.encode() if isinstance(content, str) else content
    reading = read_document(data, filename=filename, schema_slug="bank-statement")
    return reading.as_json()["statements"], [issue.code for issue in reading.issues]


def test_mt940_signs_follow_the_marks_and_their_reversals():
    (statement,), issues = read(MT940)
    assert [entry["amount"] for entry in statement["entries"]] == ["50.25", "-20", "-10.25", "5"]
    assert [entry["is_reversal"] for entry in statement["entries"]] == [False, False, True, True]
    assert statement["entries"][0]["reference"] == "RENT MARCH"
    assert statement["entries"][0]["description"] == "Flat 1 Rent of flat 1 second line"
    assert statement["entries"][1]["reference"] == "BANK2"
    assert (statement["opening"], statement["closing"], statement["reconciles"]) == ("100.00", "125.00", True)
    assert issues == []


def test_an_mt940_line_that_is_not_understood_is_named_not_dropped():
    for line in (":61:2603020302C500NTRFNONREF", ":61:nonsense", ":99X:what", ":61:2603020302X5,00NTRF"):
        (statement,), issues = read(MT940.replace(":62F:", f"{line}\n:62F:"))
        assert len(statement["entries"]) == 4
        assert "unparsed_line" in issues


def test_mt940_messages_in_swift_blocks_are_read():
    wrapped = "{1:F01BANKGB2LAXXX0000000000}{2:I940BANKGB2LXXXXN}{4:\n" + MT940.rstrip("-\n") + "\n-}"
    (statement,), issues = read(wrapped)
    assert len(statement["entries"]) == 4
    assert issues == []


def test_a_statement_that_does_not_add_up_says_by_how_much():
    (statement,), issues = read(MT940.replace("EUR125,00", "EUR125,01"))
    assert statement["reconciles"] is False
    assert statement["difference"] == "0.01"
    assert issues == ["does_not_reconcile"]


def test_an_entry_date_belongs_to_the_year_nearest_to_the_value_date():
    (statement,), _ = read(MT940.replace(":61:2603020302C", ":61:2512310102C"))
    assert statement["entries"][0]["value_date"] == "2025-12-31"
    assert statement["entries"][0]["booking_date"] == "2026-01-02"


@given(st.lists(st.tuples(st.sampled_from("CD"), st.integers(0, 10**10)), max_size=20))
def test_mt940_entries_of_any_amount_reconcile(entries: list[tuple[str, int]]):
    total = sum(cents if side == "C" else -cents for side, cents in entries)
    lines = "".join(
        f":61:2603020302{side}{cents // 100},{cents % 100:02}NTRFX{n}\n" for n, (side, cents) in enumerate(entries)
    )
    mark, size = ("D", -total) if total < 0 else ("C", total)
    text = f":20:X\n:25:1\n:60F:C260301EUR0,\n{lines}:62F:{mark}260331EUR{size // 100},{size % 100:02}\n-\n"
    (statement,), issues = read(text)
    assert statement["reconciles"] is True
    assert len(statement["entries"]) == len(entries)
    assert issues == []


def _camt(body: str, message: str = "BkToCstmrStmt") -> str:
    space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.99"
    return f'<?xml version="1.0"?><c:Document xmlns:c="{space}"><c:{message}>{body}</c:{message}></c:Document>'


def _tags(xml: str) -> str:
    return xml.replace("</", "\0").replace("<", "<c:").replace("\0", "</c:")


BALANCE = "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
DAY = "<BookgDt><Dt>2026-03-02</Dt></BookgDt>"
ENTRY = "<Ntry><Amt Ccy='{}'>{}</Amt><CdtDbtInd>{}</CdtDbtInd><Sts><Cd>{}</Cd></Sts>" + DAY + "</Ntry>"
ACCOUNT = "<Acct><Id><Othr><Id>123</Id></Othr></Id></Acct>"


def test_camt_of_an_unknown_version_and_prefix_is_read():
    entries = ENTRY.format("EUR", "5.00", "CRDT", "BOOK") + ENTRY.format("EUR", "2.50", "DBIT", "BOOK")
    body = f"<Stmt>{ACCOUNT}{BALANCE.format('PRCD', '10.00')}{BALANCE.format('CLBD', '12.50')}{entries}</Stmt>"
    (statement,), issues = read(_camt(_tags(body)), "statement.xml")
    assert [entry["amount"] for entry in statement["entries"]] == ["5.00", "-2.50"]
    assert (statement["account"], statement["currency"], statement["reconciles"]) == ("123", "EUR", True)
    assert issues == []


def test_pending_entries_are_shown_and_not_counted():
    entries = ENTRY.format("EUR", "5.00", "CRDT", "PDNG")
    body = f"<Stmt>{ACCOUNT}{BALANCE.format('OPBD', '10')}{BALANCE.format('CLBD', '10')}{entries}</Stmt>"
    (statement,), issues = read(_camt(_tags(body)), "statement.xml")
    assert statement["reconciles"] is True
    assert issues == ["pending_entry"]


def test_camt_amounts_and_sides_that_say_nothing_are_left_to_a_person():
    entries = ENTRY.format("EUR", "5,00", "CRDT", "BOOK") + ENTRY.format("EUR", "5.00", "BOTH", "BOOK")
    body = f"<Stmt>{ACCOUNT}{BALANCE.format('OPBD', '10')}{BALANCE.format('CLBD', '10')}{entries}</Stmt>"
    (statement,), issues = read(_camt(_tags(body)), "statement.xml")
    assert [entry["amount"] for entry in statement["entries"]] == [None, None]
    assert statement["reconciles"] is False
    assert issues.count("unreadable_amount") == 2


def test_totals_of_the_bank_are_checked():
    summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>6.00</Sum></TtlNtries></TxsSummry>"
    body = f"<Stmt>{ACCOUNT}{summary}{ENTRY.format('EUR', '5.00', 'CRDT', 'BOOK')}</Stmt>"
    _, issues = read(_camt(_tags(body)), "statement.xml")
    assert issues == ["totals_differ", "totals_differ"]


OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102

<OFX><BANKMSGSRSV1><STMTTRNRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>GBP
<BANKACCTFROM><BANKID>1<ACCTID>42</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260302120000[-5:EST]<TRNAMT>1000.10<FITID>a<MEMO>
<NAME>Rent &amp; rates</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260303<TRNAMT>-20,05<FITID>b<NAME><![CDATA[A <b> C]]></STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>980.05<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"""


def test_ofx_elements_without_closing_tags_and_values_are_told_apart():
    (statement,), issues = read(OFX, "statement.ofx")
    assert [entry["amount"] for entry in statement["entries"]] == ["1000.10", "-20.05"]
    assert [entry["description"] for entry in statement["entries"]] == ["Rent & rates", "A <b> C"]
    assert [entry["date"] for entry in statement["entries"]] == ["2026-03-02", "2026-03-03"]
    assert (statement["account"], statement["opening"], statement["closing"]) == ("42", None, "980.05")
    assert statement["reconciles"] is None
    assert issues == []


def test_an_ofx_file_that_breaks_off_says_so():
    _, issues = read(OFX[: OFX.index("</BANKTRANLIST>")], "statement.ofx")
    assert "truncated" in issues


def test_hostile_xml_is_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    for content, code in (
        (bomb, "malformed"),
        (outside, "malformed"),
        ("<x>" * 200 + "</x>" * 200, "too_large"),
        ("<x><y></x>", "malformed"),
        ("<FundsXML4/>", "unsupported_format"),
    ):
        with pytest.raises(DocumentRefusedError) as refusal:
            read(content, "x.xml")
        assert refusal.value.code == code


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes):
    for prefix in (b"", b":20:A\n:25:1\n:61:", b"<OFX><STMTTRN>", b"OFXHEADER:100\n<OFX>"):
        with suppress(DocumentRefusedError):
            read_document(prefix + content, filename="x").as_json()
