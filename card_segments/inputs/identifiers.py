"""Tell what identifies a person: addresses, cards, accounts, telephones and national numbers.

The check rules are those of python-stdnum; here is what a value has to look like to be checked.
"""

from __future__ import annotations

import re
import unicodedata
from types import ModuleType

from stdnum import iban, luhn
from stdnum.au import tfn
from stdnum.be import nn
from stdnum.bg import egn
from stdnum.br import cpf
from stdnum.ch import ssn as ahv
from stdnum.cl import rut
from stdnum.cn import ric
from stdnum.cz import rc
from stdnum.de import idnr as steuer_id
from stdnum.dk import cpr
from stdnum.ee import ik
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.gr import amka
from stdnum.hr import oib
from stdnum.id import nik
from stdnum.ie import pps
from stdnum.in_ import aadhaar, pan
from stdnum.is_ import kennitala
from stdnum.it import codicefiscale
from stdnum.jp import in_ as my_number
from stdnum.kr import rrn
from stdnum.mx import curp
from stdnum.my import nric as mykad
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.pt import cc
from stdnum.ro import cnp
from stdnum.ru import inn
from stdnum.se import personnummer
from stdnum.si import emso
from stdnum.th import pin
from stdnum.tr import tckimlik
from stdnum.za import idnr as za_id

E_MAIL = "an e-mail address"
CARD = "a card number"
ACCOUNT = "an account number"
SOCIAL_SECURITY = "a social-security number"
NATIONAL = "a national identity number"
TELEPHONE = "a telephone number"
LONG_NUMBER = "a long number"
KINDS = (E_MAIL, CARD, ACCOUNT, SOCIAL_SECURITY, NATIONAL, TELEPHONE, LONG_NUMBER)

# All blanks and dashes are ' ' and '-' by then; these stand between digits as well.
SEPARATOR = r"[ ./\-_,:|\\·•]"
START, END = r"(?<![A-Z0-9])", r"(?![A-Z0-9])"
DIGITS = re.compile(rf"{START}\d(?:{SEPARATOR}{{0,3}}\d)*{END}")
ADDRESS = re.compile(r"(?<=[^\s@])@[^\s@]+\.(?=[^\s@.]*[^\W\d_])[^\s@.]{2,}")

# Visa, Mastercard, American Express, Diners, JCB, Discover, Maestro, UnionPay, RuPay, Mir, Troy.
CARD_RANGES = re.compile(
    r"4|5|22[3-9]|222[1-9]|2[3-6]|27[01]|2720|3[0-9]|6|220[0-4]|8[12]|9792", re.ASCII
)
SOCIAL_SECURITY_LIKE = re.compile(r"\d{3}(\D{1,3})\d\d\1\d{4}")
LONG = re.compile(r"\d{8}")
GLUED_CARD = re.compile(r"[A-Z]{1,10}[ :#_-]*(\d{13,19})")
ACCOUNT_START = re.compile(rf"{START}[A-Z]{{2}}\d{{2}}(?=[ .-]?[A-Z0-9])")

TELEPHONE_LIKE = re.compile(r"(?<!\w)[+(]{0,2} ?\d(?:[ ()./-]{0,3}\d)*(?!\w)")
TELEPHONES = (
    # with the code of the country
    r"\+ ?\(?[1-9](?:[ ()./-]{0,3}\d){7,14}",
    r"00[ -]?[1-9]\d{0,2}[ /-](?:[ ()./-]{0,3}\d){7,12}",
    # with a trunk zero, or with the code of a town in brackets
    r"(?=(?:\D*\d){9,12}$)0[1-9]\d{0,4}[ ./-]{1,3}\d{2,}(?:[ ./-]\d{2,})*",
    r"(?=(?:\D*\d){8,12}$)(?:\d[ -])?\(0?\d{2,4}\)[ -]?\d{2,}(?:[ .-]\d{2,})*",
    # North America, where neither area nor exchange begins with 0 or 1; examples have 555 or 123
    r"(?:1[ ./-])?[2-9]\d\d[ ./-][2-9]\d\d[ ./-]\d{4}",
    r"(?:1[ ./-])?(?:555|123)[ ./-]\d{3}[ ./-]\d{4}",
    # India, China, Italy, Brazil, Mexico, Russia
    r"[6-9]\d{4}[ -]\d{5}",
    r"1[3-9]\d[ -]\d{4}[ -]\d{4}",
    r"3[1-9]\d[ ./]\d{3}[ .]?\d{3,4}",
    r"[1-9]\d[ -]9\d{4}[ -]\d{4}",
    r"(?:33|55|81) \d{4} \d{4}",
    r"8[ -]9\d\d[ -]\d{3}[ -]\d\d[ -]\d\d",
    # Spain, Portugal and Poland; Norway and Denmark; Singapore and Hong Kong
    r"[5-9]\d\d \d{3} \d{3}",
    r"[6-9]\d\d \d\d \d\d \d\d",
    r"[249]\d \d\d \d\d \d\d",
    r"[689]\d{3} \d{4}",
)
IS_TELEPHONE = re.compile("|".join(TELEPHONES))

# What has many digits and names nobody.
UUID = re.compile(r"[0-9A-F]{8}(?:-?[0-9A-F]{4}){3}-?[0-9A-F]{12}")
TIME = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([./-])[01]?\d\1[0-3]?\d|[0-3]?\d([./-])[01]?\d\2(?:19|20)\d\d"
    # however far off
    r"|\d{4,}-(?:0\d|1[0-2])-[0-3]\d)"
    r"(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?!\d)"
)
AMOUNT = re.compile(
    r"[+-]?(?:(?:0|[1-9]\d*)[.,]\d+(?:E[+-]?\d+)?|[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d+)?)"
)

# Numbers of digits only, by how many there are. Those without a check digit count only where they
# are grouped as their country groups them.
NATIONAL_DIGITS: dict[int, tuple[ModuleType, ...]] = {
    9: (luhn, bsn, tfn),
    10: (personnummer, rc, egn, kennitala),
    11: (cpf, pesel, tckimlik, nn, fodselsnummer, ik, oib, steuer_id, amka),
    12: (aadhaar, my_number, inn, personnummer),
    13: (rrn, cnp, za_id, pin, emso, ahv),
    15: (nir,),
    16: (nik,),
    18: (ric,),
}
NATIONAL_GROUPED = (
    (re.compile(r"\d{6}[ -]\d{4}"), cpr),
    (re.compile(r"\d{3} \d{3} \d{4}"), nhs),
    (re.compile(r"\d{6}-\d{2}-\d{4}"), mykad),
    (re.compile(r"\d{1,2}\.\d{3}\.\d{3}-\d"), rut),
)
NATIONAL_LETTERS = (
    (re.compile(r"[A-Z]{5}\d{4}[A-Z]"), pan),
    (
        re.compile(r"[A-Z]{6}[0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]"),
        codicefiscale,
    ),
    (re.compile(r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d"), curp),
    (re.compile(r"\d{8}[A-Z]"), dni),
    (re.compile(r"[XYZ]\d{7}[A-Z]"), nie),
    (re.compile(r"\d{7}[A-W][A-IW]?"), pps),
    (re.compile(r"\d{17}X"), ric),
    (re.compile(r"[12]\d{4}2[AB]\d{8}"), nir),
    (re.compile(r"\d{9}[A-Z0-9]{2}\d"), cc),
    (re.compile(r"\d{7,8}K"), rut),
)
HETU = re.compile(rf"{START}(\d{{6}})([-+A-FU-Y])(\d{{3}}[0-9A-Y]){END}")
NINO = re.compile(
    rf"{START}(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    rf"(?:[ .-]?\d\d){{3}}[ .-]?[A-D]{END}"
)
NRIC = re.compile(r"([STFGM])(\d{7})([A-Z])")
NRIC_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
NRIC_LETTERS = {
    "S": "JZIHGFEDCBA",
    "T": "GFEDCBAJZIH",
    "F": "XWUTRQPNMLK",
    "G": "RQPNMLKXWUT",
    "M": "TRQPNJLKXWU",
}


def find_identifier(text: str, kind_of_column: str) -> str:
    """Return what a text holds that identifies a person, or an empty text.

    Parameters
    ----------
    text : str
    kind_of_column : str
        The type of its column in the input contract. In a column of type `text`, which describes
        groups of people in words, eight digits in a row are enough.

    Examples
    --------
    >>> find_identifier("４１１１ 1111.1111-1111", "id")
    'a card number'
    >>> find_identifier("CUST-1234-5678-9012", "id")
    ''
    """
    text = normalised(text)
    # a piece at a time, for some patterns look back and forth; an identifier is shorter than 100
    for start in range(0, len(text), 900):
        if kind := _identifier_in(text[start : start + 1000], kind_of_column):
            return kind
    return ""


def _identifier_in(text: str, kind_of_column: str) -> str:
    if ADDRESS.search(text):
        return E_MAIL
    if AMOUNT.fullmatch(text):
        return ""
    text = TIME.sub("", UUID.sub("", text))
    if _has_account(text):
        return ACCOUNT
    numbers = [match[0] for match in DIGITS.finditer(text)]
    if glued := GLUED_CARD.fullmatch(text):
        numbers.append(glued[1])
    if any(map(_has_card, numbers)):
        return CARD
    if any(map(SOCIAL_SECURITY_LIKE.fullmatch, numbers)):
        return SOCIAL_SECURITY
    if any(IS_TELEPHONE.fullmatch(match[0].strip()) for match in TELEPHONE_LIKE.finditer(text)):
        return TELEPHONE
    if any(map(_is_national, numbers)) or _has_national_letters(text):
        return NATIONAL
    if kind_of_column == "text" and LONG.search(text):
        return LONG_NUMBER
    return ""


def normalised(text: str) -> str:
    """Return a text in one writing: ASCII digits, plain blanks and dashes, capital letters.

    Examples
    --------
    >>> normalised("٤١\u200b٢\u00a0–\u202f５x")
    '412 - 5X'
    """
    if not text.isascii():
        text = "".join(map(_plain, unicodedata.normalize("NFKC", text)))
    return re.sub(r"\s", " ", text).strip().upper()


def _plain(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if category in ("Pd", "Zs"):
        return " " if category == "Zs" else "-"
    # signs without a width, and the minus, full stop and fraction bars of other writings
    return "" if category == "Cf" else {"−": "-", "。": ".", "⁄": "/", "∕": "/"}.get(sign, sign)


def _has_card(number: str) -> bool:
    """Whether groups of digits, or some that follow one another among them, are a card's."""
    groups = re.findall(r"\d+", number)
    for first in range(len(groups)):
        digits = ""
        for group in groups[first : first + 19]:
            digits += group
            if 13 <= len(digits) <= 19 and CARD_RANGES.match(digits) and luhn.is_valid(digits):
                return True
    return False


def _has_account(text: str) -> bool:
    for start in ACCOUNT_START.finditer(text):
        rest = re.sub(r"[ .-]", "", text[start.start() : start.start() + 60])
        if any(
            iban.is_valid(rest[:size], check_country=False) for size in range(15, len(rest) + 1)
        ):
            return True
    return False


def _is_national(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    # one digit over and over passes some rules, and no register gives it to anybody
    if len(set(digits)) == 1:
        return False
    return any(_passes(rule, digits) for rule in NATIONAL_DIGITS.get(len(digits), ())) or any(
        shape.fullmatch(number) and _passes(rule, digits) for shape, rule in NATIONAL_GROUPED
    )


def _passes(rule: ModuleType, number: str) -> bool:
    try:
        return rule.is_valid(number)
    except (ArithmeticError, LookupError, ValueError):
        # some rules look up a region or a day that the number does not have
        return False


def _has_national_letters(text: str) -> bool:
    if NINO.search(text):
        return True
    if match := HETU.search(text):
        # the century's newer signs, which stand for the same hundred years
        century = match[2].translate(str.maketrans("BCDEFUVWXY", "AAAAA-----"))
        if hetu.is_valid(f"{match[1]}{century}{match[3]}"):
            return True
    words = {*re.findall(r"[A-Z0-9]+", text), re.sub(r"[^A-Z0-9]", "", text[:60])}
    return any(
        _is_nric(word)
        or any(shape.fullmatch(word) and _passes(rule, word) for shape, rule in NATIONAL_LETTERS)
        for word in words
    )


def _is_nric(word: str) -> bool:
    """Whether the last letter is the check letter of a Singaporean number."""
    match = NRIC.fullmatch(word)
    if not match:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(match[2], NRIC_WEIGHTS, strict=True))
    return NRIC_LETTERS[match[1]][total % 11] == match[3]
