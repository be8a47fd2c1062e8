"""What an exported file can hold: one table of kinds, fields and header words.

Header words are written as people meet them in English, Russian and Hungarian
exports; case, punctuation and underscores do not count.
"""

import re
from difflib import get_close_matches
from typing import NamedTuple

from ...tools.sold_words import has_words, normalise


class Kind(NamedTuple):
    """A kind of file: what its rows need, may have, and are known by."""

    label: str
    words: str  # in the file's name
    required: tuple
    optional: tuple
    clues: tuple  # columns that hardly any other kind has
    key: tuple  # what tells two rows apart


class Field(NamedTuple):
    label: str
    type: str  # text, ref, number, amount, date, time, duration, phone, flag
    words: str


CLIENT = ("client", "client_name", "phone")
WHAT = ("code", "item")

KINDS = {
    "receipts": Kind(
        "Receipts",
        "receipt; receipts; sales; sale; payments; invoices; transactions; чеки; чек; "
        "продажи; оплаты; nyugta; nyugták; számlák; eladások; bizonylatok",
        ("date", WHAT),
        ("receipt", "time", *CLIENT, "walk_in", "stylist", "category", "quantity")
        + ("amount", "price"),
        ("receipt", "amount", "quantity"),
        ("receipt", "date", "client_key", "code", "item"),
    ),
    "cancellations": Kind(
        "Cancellations",
        "cancellation; cancellations; cancelled; canceled; отмены; отмена; отмененные; "
        "lemondások; lemondás; lemondott",
        ("date",),
        ("cancel_date", "time", *CLIENT, "walk_in", "stylist", *WHAT),
        ("cancel_date",),
        ("cancel_date", "date", "time", "client_key", "code", "item", "stylist"),
    ),
    "no_shows": Kind(
        "No-shows",
        "no show; no shows; noshow; noshows; неявки; неявка; meg nem jelentek; "
        "meg nem jelenések",
        ("date",),
        ("time", *CLIENT, "walk_in", "stylist", *WHAT),
        (),
        ("date", "time", "client_key", "code", "item", "stylist"),
    ),
    "bookings": Kind(
        "Bookings",
        "booking; bookings; appointment; appointments; reservations; schedule; записи; "
        "запись; бронирования; foglalások; foglalás; időpontok",
        ("date",),
        ("time", "end", "duration", *CLIENT, "walk_in", "stylist", *WHAT, "status"),
        ("time", "status"),
        ("date", "time", "client_key", "code", "item", "stylist"),
    ),
    "clients": Kind(
        "Clients",
        "client; clients; customer; customers; guests; contacts; клиенты; клиент; "
        "клиентская база; ügyfelek; ügyfél; vendégek; vendég",
        (CLIENT,),
        ("email", "birthdate", "note", "consent"),
        ("email", "birthdate", "phone", "consent"),
        ("client_key", "phone", "email", "birthdate", "note"),
    ),
    "products": Kind(
        "Retail products",
        "product; products; retail; goods; stock; товары; товар; косметика; termékek; "
        "termék",
        (WHAT,),
        ("category", "price"),
        (),
        ("code", "item"),
    ),
    "services": Kind(
        "Services",
        "service; services; price list; pricelist; menu; услуги; услуга; прайс; "
        "szolgáltatások; szolgáltatás; árlista",
        (WHAT,),
        ("category", "price", "duration"),
        ("price", "duration"),
        ("code", "item"),
    ),
}

FIELDS = {
    "receipt": Field(
        "Receipt number",
        "ref",
        "receipt; receipt no; receipt number; receipt id; invoice; invoice no; "
        "invoice number; bill; bill no; ticket; ticket no; sale id; sale no; order; "
        "order id; order no; transaction; transaction id; check no; чек; номер чека; "
        "№ чека; чек №; квитанция; номер заказа; заказ; документ; номер документа; "
        "nyugta; nyugtaszám; számla; számlaszám; bizonylat; bizonylatszám; blokk",
    ),
    "date": Field(
        "Date",
        "date",
        "date; day; visit date; sale date; receipt date; booking date; start date; "
        "appointment date; date of visit; date time; datetime; start; дата; "
        "дата визита; дата продажи; дата записи; дата чека; дата и время; день; "
        "dátum; nap; kelt; időpont; vizit dátuma; foglalás dátuma; eladás dátuma",
    ),
    "time": Field(
        "Time",
        "time",
        "time; start time; from; booking time; appointment time; hour; время; "
        "время начала; время записи; начало; час; idő; óra; kezdés; kezdete; mikor",
    ),
    "end": Field(
        "End",
        "time",
        "end; end time; finish; until; to; конец; окончание; время окончания; "
        "vége; vég; befejezés; meddig",
    ),
    "cancel_date": Field(
        "Cancelled on",
        "date",
        "cancel date; cancelled on; canceled on; cancellation date; date cancelled; "
        "дата отмены; отменено; lemondás dátuma; lemondva; törlés dátuma",
    ),
    "client": Field(
        "Client number",
        "ref",
        "client id; client no; client number; client code; customer id; customer no; "
        "customer number; customer code; guest id; card no; card number; id клиента; "
        "код клиента; номер клиента; № клиента; номер карты; ügyfél azonosító; "
        "ügyfélazonosító; ügyfélszám; ügyfélkód; vendég azonosító; vendégkód",
    ),
    "client_name": Field(
        "Client name",
        "text",
        "client; client name; customer; customer name; name; full name; guest; "
        "guest name; клиент; имя; имя клиента; фио; фио клиента; покупатель; гость; "
        "ügyfél; ügyfél neve; ügyfélnév; vendég; vendég neve; név; teljes név",
    ),
    "phone": Field(
        "Phone",
        "phone",
        "phone; phone number; mobile; mobile phone; mobile number; telephone; tel; "
        "cell; contact number; телефон; номер телефона; мобильный; "
        "мобильный телефон; тел; telefon; telefonszám; mobil; mobilszám",
    ),
    "email": Field(
        "E-mail",
        "text",
        "email; e mail; mail; email address; почта; эл почта; электронная почта; "
        "имейл; e mail cím; email cím",
    ),
    "birthdate": Field(
        "Date of birth",
        "date",
        "birthday; birthdate; birth date; date of birth; dob; дата рождения; "
        "день рождения; др; születésnap; születési dátum; születési idő",
    ),
    "note": Field(
        "Note",
        "text",
        "note; notes; comment; comments; formula; remarks; заметка; заметки; "
        "комментарий; примечание; формула; megjegyzés; jegyzet; komment",
    ),
    "consent": Field(
        "Agreed to calls",
        "flag",
        "consent; calls allowed; agreed to calls; marketing consent; opt in; "
        "согласие; согласие на звонки; согласие на рассылку; hozzájárulás; "
        "hívható; marketing hozzájárulás",
    ),
    "walk_in": Field(
        "Walk-in",
        "flag",
        "walk in; walkin; is walk in; anonymous; без записи; разовый; аноним; "
        "разовый клиент; utcáról; betérő; alkalmi; alkalmi vendég",
    ),
    "stylist": Field(
        "Stylist",
        "text",
        "staff; stylist; employee; staff member; master; specialist; barber; "
        "therapist; technician; provider; team member; performed by; сотрудник; "
        "мастер; специалист; исполнитель; стилист; dolgozó; fodrász; munkatárs; "
        "alkalmazott; szakember; stylist neve",
    ),
    "code": Field(
        "Service or product code",
        "ref",
        "code; service code; product code; item code; sku; article; barcode; "
        "service id; product id; код; код услуги; код товара; артикул; штрихкод; "
        "kód; cikkszám; szolgáltatás kódja; szolgáltatáskód; termékkód; vonalkód",
    ),
    "item": Field(
        "Service or product",
        "text",
        "service; services; product; item; description; desc; service name; "
        "product name; item name; treatment; procedure; title; услуга; услуги; "
        "товар; описание; название; наименование; процедура; название услуги; "
        "название товара; szolgáltatás; szolgáltatás neve; termék; termék neve; "
        "megnevezés; leírás; tétel; kezelés",
    ),
    "category": Field(
        "Category",
        "text",
        "category; cate; group; type; service category; product category; "
        "department; категория; группа; тип; вид; раздел; kategória; csoport; típus",
    ),
    "quantity": Field(
        "Quantity",
        "number",
        "quantity; qty; count; units; pieces; количество; кол во; колво; шт; "
        "mennyiség; darab; db; menny",
    ),
    "amount": Field(
        "Amount",
        "amount",
        "amount; total; sum; paid; net; line total; amount paid; total price; "
        "revenue; сумма; итого; оплачено; стоимость; всего; сумма оплаты; összeg; "
        "végösszeg; fizetett; fizetve; bruttó; összesen",
    ),
    "price": Field(
        "Unit price",
        "amount",
        "price; unit price; list price; retail price; rate; цена; цена за единицу; "
        "прайс; ár; egységár; listaár; eladási ár",
    ),
    "duration": Field(
        "Duration",
        "duration",
        "duration; minutes; length; time min; duration min; длительность; "
        "продолжительность; минут; длительность мин; időtartam; perc; hossz",
    ),
    "status": Field(
        "Status",
        "text",
        "status; state; booking status; appointment status; статус; "
        "статус записи; состояние; állapot; státusz",
    ),
}

# One word for the number and the name of a client: the values tell which.
CLIENT_WORDS = {"client", "customer", "guest", "клиент", "покупатель", "гость"}
CLIENT_WORDS |= {"ügyfél", "vendég"}

STATUS_KINDS = {
    "cancellations": "cancelled; canceled; cancel; cancelled by client; отменен; "
    "отменена; отменено; отмена; lemondva; lemondott; törölt; törölve",
    "no_shows": "no show; noshow; не пришел; не пришла; не явился; не явилась; неявка; "
    "nem jött el; nem jelent meg",
    "done": "done; completed; complete; paid; arrived; finished; attended; "
    "checked out; завершен; завершена; завершено; выполнен; выполнена; пришел; "
    "пришла; оплачен; оплачено; teljesült; kész; fizetve; megjelent; elkészült",
}

WALK_IN_NAMES = {
    "walk in", "walkin", "walk in client", "walk in customer", "anonymous", "guest",
    "гость", "без имени", "разовый", "разовый клиент", "аноним", "с улицы",
    "alkalmi vendég", "betérő", "betérő vendég", "névtelen", "utcáról",
}  # fmt: skip

# Words in a category, code or description that tell what is sold.
# Words that tell what is sold: in a category, or in a code or description.

# Headers that mean something else in a file of this kind.
_SOLD = {"name": "item", "имя": "item", "név": "item", "id": "code", "№": "code"}
KIND_HEADERS = {
    "services": {**_SOLD, "time": "duration", "amount": "price", "cost": None},
    "products": {**_SOLD, "amount": "price", "cost": None},
    "clients": dict.fromkeys(
        ("id", "code", "no", "number", "№", "номер", "код", "kód", "szám"), "client"
    )
    | {"mobile": "phone", "date": None},
    "receipts": dict.fromkeys(("id", "no", "number", "№", "номер", "szám"), "receipt"),
}


HEADERS = {
    normalise(word): name
    for name, field in FIELDS.items()
    for word in field.words.split(";")
}


def kind_fields(kind):
    """Return the names of the fields a kind of file may have."""
    names = []
    for name in KINDS[kind].required + KINDS[kind].optional:
        names += name if isinstance(name, tuple) else [name]
    return names


def match_header(header, samples=(), kind=None):
    """Return the field that a header means in a file of this kind, or None."""
    words = normalise(header)
    if words in CLIENT_WORDS:
        return "client" if looks_like_numbers(samples) else "client_name"
    if words in KIND_HEADERS.get(kind, ()):
        return KIND_HEADERS[kind][words]
    if words in HEADERS:
        return HEADERS[words]
    # Long words only: one wrong letter in a short one makes another word.
    close = get_close_matches(words, HEADERS, 1, 0.88) if len(words) > 5 else []
    return HEADERS[close[0]] if close else None


def looks_like_numbers(samples):
    """Tell whether most of these are numbers of clients, not names."""
    filled = [sample for sample in samples if sample]
    numbers = sum(bool(re.fullmatch(r"\D{0,3}[\d.\-/]+", text)) for text in filled)
    return bool(filled) and numbers * 2 > len(filled)


def map_columns(columns, kind):
    """Return the field of each (header, samples) in a file of this kind.

    A field is found once: the first column that fits has it.
    """
    targets = []
    for header, samples in columns:
        target = match_header(header, samples, kind)
        targets.append(None if target in targets else target)
    return targets


def guess_kind(filename, columns):
    """Return the kind of file that its name and its columns speak for."""
    name = re.sub(r"\.\w+$", "", filename or "")
    return max(KINDS, key=lambda kind: _score(kind, name, columns))


def _score(kind, name, columns):
    what = KINDS[kind]
    found = set(filter(None, map_columns(columns, kind)))
    used = found & set(kind_fields(kind))
    score = 3 * has_words(name, what.words) + 2 * len(found & set(what.clues))
    score += len(used) - 2 * len(found - used)
    return score - 6 * bool(missing_fields(kind, found))


def status_kind(status):
    """Return what a booking's status makes of its row."""
    for kind, phrases in STATUS_KINDS.items():
        if has_words(status, phrases):
            return kind
    return "bookings"


def missing_fields(kind, fields):
    """Return the needs of a kind that none of these fields meets."""
    return [
        _tuple(need) for need in KINDS[kind].required if not fields & set(_tuple(need))
    ]


def _tuple(need):
    return need if isinstance(need, tuple) else (need,)
