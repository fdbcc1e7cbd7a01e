"""The month as data: what happened at Acme Commercial SPV 1 in March 2026. Amounts are whole pence."""

from dataclasses import dataclass

PERIOD = "2026-03"
CURRENCY = "GBP"
ENTITY = "Acme Commercial SPV 1 Limited"
IBAN = "GB33BUKB20201555555555"
SHARES = 2_000_000
LOAN_PRINCIPAL = 2_100_000_00
LOAN_RATE_PERCENT = "5.00"
LOAN_INTEREST = 8_750_00
LOAN_REPAYMENT = 6_666_67
MANAGEMENT_FEE_PERCENT = 5
INSURANCE_RELEASE = 300_00
BANK_CHARGE = 12_00


@dataclass(frozen=True, slots=True)
class Account:
    """A line of the opening trial balance; `balance` is positive for a debit."""

    code: str
    name: str
    type: str
    balance: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A line of the rent roll."""

    unit: str
    tenant: str
    rent: int
    received: int
    arrears_30d: int = 0
    arrears_60d: int = 0
    arrears_90d_plus: int = 0


@dataclass(frozen=True, slots=True)
class Invoice:
    """A supplier's invoice; `net` without tax at 20 %, `expense` the account it belongs to."""

    number: str
    supplier: str
    issued: str
    due: str
    description: str
    net: int
    expense: str
    paid_on: str | None = None

    @property
    def tax(self) -> int:
        return self.net // 5

    @property
    def gross(self) -> int:
        return self.net + self.tax


_ACCOUNTS = (
    Account("1000", "Investment property", "asset", 4_250_000_00),
    Account("1100", "Bank current account", "asset", 186_412_37),
    Account("1200", "Rent receivable", "asset", 8_450_00),
    Account("1300", "Prepaid insurance", "asset", 3_600_00),
    Account("2000", "Bank loan", "liability", -LOAN_PRINCIPAL),
    Account("2100", "Accounts payable", "liability", -12_930_55),
    Account("2200", "Loan interest payable", "liability", 0),
    Account("2300", "Management fee payable", "liability", -2_415_00),
    Account("3000", "Share capital", "equity", -2_000_000_00),
    Account("4000", "Rental income", "income", -96_600_00),
    Account("5000", "Property insurance", "expense", 600_00),
    Account("5100", "Repairs and maintenance", "expense", 4_318_20),
    Account("5200", "Management fees", "expense", 4_830_00),
    Account("5300", "Legal and professional fees", "expense", 2_750_00),
    Account("5400", "Utilities", "expense", 1_912_48),
    Account("5500", "Bank charges", "expense", 36_00),
    Account("6000", "Loan interest", "expense", 17_500_00),
)
RETAINED = Account("3100", "Retained earnings", "equity", -sum(account.balance for account in _ACCOUNTS))
OPENING = tuple(sorted((*_ACCOUNTS, RETAINED), key=lambda account: account.code))

RENT_ROLL = (
    Unit("Unit 1", "Harbour Coffee Limited", 3_200_00, 3_200_00),
    Unit("Unit 2", "Sable & Finch LLP", 5_450_00, 5_450_00),
    Unit("Unit 3", "Northgate Dental Practice", 4_750_00, 4_750_00),
    Unit("Unit 4", "Lowther Physiotherapy", 2_950_00, 0, 2_950_00, 2_950_00, 2_950_00),
    Unit("Unit 5", "Granite Software Limited", 6_100_00, 6_100_00),
    Unit("Unit 6", "The Paper Room", 1_875_50, 1_875_50),
    Unit("Unit 7", "Quayside Estates Limited", 4_224_50, 4_224_50),
    Unit("Unit 8", "Marine Supplies (CI) Limited", 5_300_00, 5_300_00),
    Unit("Unit 9", "Le Feuvre Accountants", 3_900_00, 3_900_00),
    Unit("Unit 10", "Brightwater Studios", 2_600_00, 1_300_00, 1_300_00, 1_300_00, 1_250_00),
    Unit("Unit 11", "Corbière Travel", 3_450_00, 3_450_00),
    Unit("Unit 12", "Islands Pharmacy Limited", 4_500_00, 4_500_00),
)

INVOICES = (
    Invoice(
        "RM-20311",
        "Rozel Maintenance Limited",
        "2026-03-06",
        "2026-04-05",
        "Lift repair",
        1_550_00,
        "5100",
        "2026-03-24",
    ),
    Invoice("2026/0417", "Trinity Legal LLP", "2026-03-18", "2026-04-17", "Lease renewal, unit 9", 2_000_00, "5300"),
    Invoice(
        "JE-884213", "Channel Utilities plc", "2026-03-31", "2026-04-14", "Electricity, common parts", 940_30, "5400"
    ),
)


@dataclass(frozen=True, slots=True)
class BankEntry:
    """An entry of the statement; `amount` is positive for money in."""

    date: str
    amount: int
    counterparty: str
    reference: str


def bank_entries() -> tuple[BankEntry, ...]:
    """The month's entries in order of date."""
    rent = [
        BankEntry(f"2026-03-{2 + number % 5:02d}", unit.received, unit.tenant, f"RENT {unit.unit.upper()} MAR 2026")
        for number, unit in enumerate(RENT_ROLL)
        if unit.received
    ]
    suppliers = [
        BankEntry(invoice.paid_on, -invoice.gross, invoice.supplier, f"INVOICE {invoice.number}")
        for invoice in INVOICES
        if invoice.paid_on
    ]
    other = [
        BankEntry("2026-03-10", -2_415_00, "Esplanade Property Managers", "MANAGEMENT FEE FEB 2026"),
        BankEntry("2026-03-16", -5_930_55, "St Aubin Builders Limited", "INVOICE SAB-118"),
        BankEntry("2026-03-30", -LOAN_INTEREST - LOAN_REPAYMENT, "Island Commercial Bank", "LOAN SERVICE MAR 2026"),
        BankEntry("2026-03-31", -BANK_CHARGE, "Island Commercial Bank", "ACCOUNT CHARGES"),
    ]
    return tuple(sorted([*rent, *suppliers, *other], key=lambda entry: (entry.date, entry.reference)))


def opening_bank() -> int:
    """The bank account's opening balance."""
    return next(account.balance for account in OPENING if account.code == "1100")


def written(pence: int) -> str:
    """Pence as a plain decimal: `-12.05`."""
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def grouped(pence: int) -> str:
    """Pence as people print them: `1,234.56`, a minus for the negative."""
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100:,}.{abs(pence) % 100:02d}"
