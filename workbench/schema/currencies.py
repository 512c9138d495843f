"""ISO 4217 currency codes and the size of their smallest unit.

Source: ISO 4217:2015, list one (current currencies and funds, published by the maintenance agency SIX Interbank
Clearing), with the codes withdrawn since 2023 that old bills still carry. A minor unit of 0 means that the currency has
no subunit: its smallest amount is 1.
"""

from __future__ import annotations

from decimal import Decimal

__all__ = ["ISO_CURRENCIES", "minor_units", "subunit"]

_NO_SUBUNIT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"
_TWO_DECIMALS = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP
    CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS
    INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN
    NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL
"""

_MINOR_UNITS = {
    code: decimals
    for decimals, codes in ((0, _NO_SUBUNIT), (2, _TWO_DECIMALS), (3, _THREE_DECIMALS), (4, _FOUR_DECIMALS))
    for code in codes.split()
}

ISO_CURRENCIES: frozenset[str] = frozenset(_MINOR_UNITS)
"""Codes an invoice may be written in."""


def minor_units(currency: str) -> int:
    """Decimals of the smallest unit: 2 for USD, 0 for JPY, 3 for KWD; 2 for a currency that ISO 4217 does not know."""
    return _MINOR_UNITS.get(currency, 2)


def subunit(currency: str) -> Decimal:
    """The smallest unit in the currency itself: 0.01 for USD, 1 for JPY."""
    return Decimal(1).scaleb(-minor_units(currency))
