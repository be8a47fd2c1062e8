"""Rows of CSV and XLSX files, one at a time, whatever their size."""

import codecs
import csv
import io
import re
from datetime import date, datetime, time
from itertools import chain, islice

import chardet
from openpyxl import load_workbook

from .import_fields import match_header
from .sold_words import normalise

try:
    import xlrd
except ImportError:
    # Odoo brings it along as a rule; only old spreadsheets need it.
    xlrd = None

SAMPLE = 1000
# How an XLSX file, and an XLS file, begin.
ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
HEAD_BYTES = 200_000
# A cell of a receipt is never as long; a stray quote mark would swallow the file.
csv.field_size_limit(1_000_000)

BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# What a person can choose.
ENCODINGS = [
    ("utf-8", "UTF-8"),
    ("utf-8-sig", "UTF-8 with mark"),
    ("utf-16", "UTF-16"),
    ("windows-1251", "Windows-1251 (Cyrillic)"),
    ("windows-1250", "Windows-1250 (Central European)"),
    ("windows-1252", "Windows-1252 (Western)"),
    ("windows-1253", "Windows-1253 (Greek)"),
    ("windows-1254", "Windows-1254 (Turkish)"),
    ("windows-1257", "Windows-1257 (Baltic)"),
    ("koi8-r", "KOI8-R (Cyrillic)"),
    ("cp866", "CP866 (Cyrillic, DOS)"),
    ("cp932", "Shift-JIS (Japanese)"),
]
# {encoding: how the names of what is detected begin}
DETECTED = {
    "windows-1251": ("windows-1251", "maccyrillic", "iso-8859-5", "ibm855"),
    "koi8-r": ("koi8",),
    "cp866": ("ibm866", "cp866"),
    "windows-1250": ("windows-1250", "iso-8859-2"),
    "windows-1253": ("windows-1253", "iso-8859-7"),
    "windows-1254": ("windows-1254", "iso-8859-9"),
    "windows-1257": ("windows-1257", "iso-8859-13"),
    "cp932": ("shift_jis", "cp932"),
}
SURE_ENOUGH = 0.1


def is_workbook(data):
    """Tell whether these bytes are an XLSX or XLS file."""
    return data[:4] in (ZIP, OLD)


def foreign_format(data):
    """Return the name of a format that is known not to be read, or nothing."""
    if data.startswith(ZIP) and b"opendocument" in data[:200]:
        return "ODS"
    if data.startswith(OLD) and not xlrd:
        return "XLS"
    starts = {b"%PDF": "PDF", b"BEGIN:VCALENDAR": "ICS", b"{\\rtf": "RTF"}
    head = data.lstrip(codecs.BOM_UTF8).lstrip()[:20]
    return next((name for start, name in starts.items() if head.startswith(start)), "")


def sheet_names(data):
    """Return the names of the sheets that have rows."""
    if data.startswith(OLD):
        return [sheet.name for sheet in _open_old(data).sheets() if sheet.nrows]
    book = load_workbook(io.BytesIO(data), read_only=True)
    return [
        sheet.title
        for sheet in book.worksheets
        if any(any(row) for row in islice(_sheet_rows(sheet), 20))
    ]


def guess_encoding(data):
    """Return the encoding of a text: its mark, else UTF-8 if it is, else a guess."""
    for bom, encoding in BOMS.items():
        if data.startswith(bom):
            return encoding
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return _known_encoding(chardet.detect(_foreign(data)))


def _foreign(data):
    """Return the part of a text around its first letters outside ASCII."""
    first = next(i for i, byte in enumerate(data) if byte > 127)
    return data[max(first - 1000, 0) : first + HEAD_BYTES]


def _known_encoding(found):
    """Return the encoding to read with, of those that a person can choose, too."""
    name = (found["encoding"] or "").lower()
    if name == "ibm866" and found["confidence"] < SURE_ENOUGH:
        # Letters of Western Europe look like those of DOS to a detector in doubt.
        return "windows-1252"
    for encoding, names in DETECTED.items():
        if name.startswith(names):
            return encoding
    return "windows-1252"


def guess_separator(data, encoding):
    """Return the sign between the cells of a CSV file."""
    head = data[:HEAD_BYTES].decode(encoding, "replace")
    lines = [line for line in head.splitlines()[:50] if line.strip()]
    best = max(",;\t|", key=lambda sign: _steadiness(lines, sign))
    return best


def _steadiness(lines, sign):
    """Return how many lines have the same number of cells, and how many cells."""
    counts = [len(row) for row in csv.reader(lines, delimiter=sign)]
    usual = max(set(counts), key=counts.count, default=1)
    return (usual > 1) * counts.count(usual), usual


def read_rows(data, encoding=None, separator=None, sheet=None, decimal="."):
    """Yield the cells of each row as texts.

    :param sheet: the sheet of a workbook; without it the data is a CSV file
    """
    if sheet and data.startswith(OLD):
        for row in _old_rows(_open_old(data), sheet):
            yield [to_text(value, decimal) for value in row]
        return
    if sheet:
        # Numbers come out of a workbook without a decimal sign of their own.
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for row in _sheet_rows(book[sheet]):
            yield [to_text(value, decimal) for value in row]
        return
    stream = io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="")
    for row in csv.reader(_without_nul(stream), delimiter=separator):
        yield [cell.strip() for cell in row]


def holds_sign(data, signs):
    """Tell whether a cell of a file is one of these numbers, addresses or names."""
    numbers = [re.sub(r"\D", "", sign)[-9:] for sign in signs if sign[:1] == "+"]
    try:
        cells = set(iter_cells(data or b""))
    except Exception:
        # Nobody can read it, so nobody knows what is in it.
        return True
    texts = {text for cell in cells for text in (cell.lower(), normalise(cell))}
    digits = " ".join(re.sub(r"\D", "", cell) for cell in cells)
    return not texts.isdisjoint(signs) or any(number in digits for number in numbers)


def iter_cells(data):
    """Yield the cells of all sheets of a file that was not looked into yet."""
    if is_workbook(data):
        rows = chain.from_iterable(
            read_rows(data, sheet=sheet) for sheet in sheet_names(data)
        )
    else:
        encoding = guess_encoding(data)
        rows = read_rows(data, encoding, guess_separator(data, encoding))
    return chain.from_iterable(rows)


def to_text(value, decimal):
    """Return the value of a spreadsheet cell as the text a CSV file would have."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        whole = value.time() == time()
        return value.date().isoformat() if whole else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        text = repr(value)
        text = text.removesuffix(".0")
        return text.replace(".", decimal)
    return str(value).strip()


def guess_row_count(data, sheet=None):
    """Return about how many rows there are, or 0: only to show how far it is."""
    if sheet and data.startswith(OLD):
        return _open_old(data).sheet_by_name(sheet).nrows
    if sheet:
        book = load_workbook(io.BytesIO(data), read_only=True)
        return book[sheet].max_row or 0
    return data.count(b"\n")


def _without_nul(lines):
    """Yield lines that the database can keep: it knows no NUL characters."""
    for line in lines:
        yield line.replace("\0", "") if "\0" in line else line


def _open_old(data):
    return xlrd.open_workbook(file_contents=data)


def _old_rows(book, name):
    """Yield the rows of an XLS sheet as the values an XLSX sheet has."""
    for row in book.sheet_by_name(name).get_rows():
        yield [_old_value(cell, book.datemode) for cell in row]


def _old_value(cell, datemode):
    if cell.ctype == xlrd.XL_CELL_DATE:
        moment = xlrd.xldate_as_datetime(cell.value, datemode)
        # Less than a day is a time.
        return moment if cell.value >= 1 else moment.time()
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    is_empty = cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_ERROR)
    return None if is_empty else cell.value


def _sheet_rows(sheet):
    # Exporters often write a wrong size of the sheet; without one all rows come.
    sheet.reset_dimensions()
    return sheet.iter_rows(values_only=True)


def find_header(rows):
    """Return the index of the row with the headers: the first with two known ones."""
    for index, row in enumerate(rows[:20]):
        if sum(bool(match_header(cell)) for cell in row) >= 2:
            return index
    return next((index for index, row in enumerate(rows) if any(row)), 0)
