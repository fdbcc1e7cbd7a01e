"""Minor units of the currencies of ISO 4217 (list one, 2026-01-01), and of retired ones that old statements carry."""

_LISTED = {
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE "
        "CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD "
        "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK "
        "MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD "
        "RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH "
        "USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ANG ATS BGN CUC CYP DEM EEK ESP FIM FRF GRD HRK "
        "IEP LTL LVL MTL NLG PTE SIT SKK ZWL"
    ),
    0: ("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF BEF ITL LUF"),
    3: ("BHD IQD JOD KWD LYD OMR TND"),
    4: ("CLF UYW"),
}
_MINOR_UNITS = {code: decimals for decimals, listed in _LISTED.items() for code in listed.split()}


class UnknownCurrencyError(ValueError):
    """A currency code without known minor units. Use the ISO 4217 code."""


def minor_units(currency: str) -> int:
    """How many decimals amounts of `currency` have: 2 for GBP, 0 for JPY, 3 for KWD.

    Raises:
        UnknownCurrencyError: the code is not in ISO 4217 or has no minor units there (gold, testing codes).
    """
    try:
        return _MINOR_UNITS[currency]
    except KeyError:
        raise UnknownCurrencyError(f"{currency!r} is no ISO 4217 currency with minor units") from None


def is_known_currency(code: str) -> bool:
    """Whether `code` is a currency with known minor units."""
    return code in _MINOR_UNITS
