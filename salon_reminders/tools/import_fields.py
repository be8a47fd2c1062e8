"""What an exported file can hold: one table of kinds, fields and header words.

Header words are written as people meet them in English, Russian, Ukrainian,
Hungarian, German, Spanish, Portuguese, Polish and Finnish exports; case,
punctuation and underscores do not count.
"""

import re
from difflib import get_close_matches
from typing import NamedTuple

from .read_dates import read_date
from .read_numbers import read_flag
from .read_problem import Problem
from .read_times import read_times
from .sold_words import has_words, normalise


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
    type: str  # text, ref, number, amount, share, date, time, duration, phone, flag
    words: str


CLIENT = ("client", "client_name", "first_name", "last_name", "phone")
# How a sale was paid, and what belongs to others.
MONEY = ("amount", "paid", "price", "discount", "net", "tax", "tip", "payment")
# What is known of a client beside who it is: on any row, not on the list alone.
CARD = ("second_phone", "email")
WHAT = ("code", "item")

KINDS = {
    "receipts": Kind(
        "Receipts",
        "receipt; receipts; sales; sale; payments; invoices; transactions; чеки; чек; "
        "продажи; оплаты; nyugta; nyugták; számlák; eladások; bizonylatok; продажі; "
        "umsätze; verkäufe; belege; ventas; recibos; vendas; sprzedaż; paragony; "
        "myynti; kuitit",
        ("date", WHAT),
        ("receipt", "time", "end", "duration", *CLIENT, *CARD, "walk_in", "stylist")
        + ("category", "quantity", *MONEY, "note"),
        ("receipt", "amount", "paid", "quantity"),
        ("receipt", "date", "client_key", "code", "item"),
    ),
    "cancellations": Kind(
        "Cancellations",
        "cancellation; cancellations; cancelled; canceled; отмены; отмена; отмененные; "
        "lemondások; lemondás; lemondott; скасування; stornos; absagen; cancelaciones; "
        "cancelamentos; anulowane; odwołane; peruutukset",
        ("date",),
        ("booking", "cancel_date", "time", *CLIENT, *CARD, "walk_in", "stylist", *WHAT)
        + ("note",),
        ("cancel_date",),
        ("cancel_date", "date", "time", "client_key", "code", "item", "stylist"),
    ),
    "no_shows": Kind(
        "No-shows",
        "no show; no shows; noshow; noshows; неявки; неявка; meg nem jelentek; "
        "meg nem jelenések",
        ("date",),
        ("booking", "time", *CLIENT, *CARD, "walk_in", "stylist", *WHAT, "note"),
        (),
        ("date", "time", "client_key", "code", "item", "stylist"),
    ),
    "bookings": Kind(
        "Bookings",
        "booking; bookings; appointment; appointments; reservations; schedule; записи; "
        "запись; бронирования; foglalások; foglalás; időpontok; записів; бронювання; "
        "termine; buchungen; citas; reservas; agendamentos; marcações; wizyty; "
        "rezerwacje; varaukset; ajanvaraukset",
        ("date",),
        ("booking", "time", "end", "duration", *CLIENT, *CARD, "walk_in", "stylist")
        + (*WHAT, "category", *MONEY, "status", "note"),
        ("booking", "time", "end", "duration", "status"),
        ("date", "time", "client_key", "code", "item", "stylist"),
    ),
    "clients": Kind(
        "Clients",
        "client; clients; customer; customers; guests; contacts; клиенты; клиент; "
        "клиентская база; ügyfelek; ügyfél; vendégek; vendég; клієнти; kunden; "
        "clientes; klienci; asiakkaat",
        (CLIENT,),
        (*CARD, "birthdate", "source", "note", "consent"),
        ("birthdate", "consent", "first_name", "second_phone"),
        ("client_key", "phone", "email", "birthdate", "note"),
    ),
    "products": Kind(
        "Retail products",
        "product; products; retail; goods; stock; товары; товар; косметика; termékek; "
        "termék; товари; produkte; artikel; productos; produtos; produkty; tuotteet",
        (WHAT,),
        ("category", "price"),
        (),
        ("code", "item"),
    ),
    "services": Kind(
        "Services",
        "service; services; price list; pricelist; menu; услуги; услуга; прайс; "
        "szolgáltatások; szolgáltatás; árlista; послуги; leistungen; preisliste; "
        "servicios; serviços; usługi; cennik; palvelut; hinnasto",
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
        "nyugta; nyugtaszám; számla; számlaszám; bizonylat; bizonylatszám; blokk; "
        "квитанція; рахунок; beleg; belegnummer; belegnr; rechnung; rechnungsnummer; "
        "bon; bonnummer; recibo; factura; número de recibo; número de factura; "
        "fatura; comanda; número do recibo; paragon; numer paragonu; nr paragonu; "
        "faktura; rachunek; kuitti; kuittinumero; lasku; laskunumero",
    ),
    "booking": Field(
        "Booking number",
        "ref",
        "booking id; booking no; booking number; booking reference; appointment id; "
        "appointment no; appointment number; reservation id; reservation number; "
        "id записи; номер записи; номер брони; id брони; номер запису; id запису; "
        "foglalás azonosító; foglalási azonosító; foglalási szám; foglalásszám; "
        "buchungsnummer; terminnummer; id de la cita; número de cita; "
        "número de reserva; id do agendamento; número da reserva; id wizyty; "
        "numer wizyty; numer rezerwacji; varausnumero; varaustunnus",
    ),
    "date": Field(
        "Date",
        "date",
        "date; day; visit date; sale date; receipt date; booking date; start date; "
        "appointment date; date of visit; date time; datetime; start; дата; "
        "дата визита; дата продажи; дата записи; дата чека; дата и время; день; "
        "dátum; nap; kelt; időpont; vizit dátuma; foglalás dátuma; eladás dátuma; "
        "start date and time; visit date and time; начало записи; дата візиту; "
        "дата запису; дата і час; datum; tag; termin; terminbeginn; "
        "datum und uhrzeit; datum uhrzeit; fecha; día; fecha de la cita; "
        "fecha de visita; fecha y hora; inicio; data; dia; data da visita; "
        "data do agendamento; data e hora; início; dzień; data wizyty; "
        "data i godzina; początek; päivä; päivämäärä; pvm; alkaa; alku; ajankohta; "
        "käyntipäivä",
    ),
    "time": Field(
        "Time",
        "time",
        "time; start time; from; booking time; appointment time; hour; время; "
        "время начала; время записи; начало; час; idő; óra; kezdés; kezdete; mikor; "
        "starts; час початку; початок; uhrzeit; zeit; beginn; startzeit; von; hora; "
        "hora de inicio; hora de início; horário; godzina; godzina rozpoczęcia; od; "
        "kellonaika; klo; alkamisaika; aika",
    ),
    "end": Field(
        "End",
        "time",
        "end; end time; finish; until; to; конец; окончание; время окончания; vége; "
        "vég; befejezés; meddig; end date; end date and time; ends; finish time; "
        "кінець; закінчення; час закінчення; ende; endzeit; bis; terminende; fin; "
        "hora de fin; hasta; fim; término; hora de término; até; koniec; "
        "godzina zakończenia; do; päättyy; päättymisaika; loppuu",
    ),
    "cancel_date": Field(
        "Cancelled on",
        "date",
        "cancel date; cancelled on; canceled on; cancellation date; date cancelled; "
        "дата отмены; отменено; lemondás dátuma; lemondva; törlés dátuma; "
        "cancelled at; canceled at; дата скасування; storniert am; stornodatum; "
        "fecha de cancelación; data de cancelamento; data anulowania; data odwołania; "
        "peruttu; peruutuspäivä",
    ),
    "client": Field(
        "Client number",
        "ref",
        "client id; client no; client number; client code; customer id; customer no; "
        "customer number; customer code; guest id; card no; card number; id клиента; "
        "код клиента; номер клиента; № клиента; номер карты; ügyfél azonosító; "
        "ügyfélazonosító; ügyfélszám; ügyfélkód; vendég azonosító; vendégkód; "
        "id клієнта; код клієнта; номер клієнта; kundennummer; kundennr; kunden nr; "
        "kunden id; kdnr; id cliente; número de cliente; código de cliente; "
        "nº cliente; id do cliente; código do cliente; número do cliente; id klienta; "
        "numer klienta; nr klienta; kod klienta; asiakasnumero; asiakas id; "
        "asiakasnro",
    ),
    "client_name": Field(
        "Client name",
        "text",
        "client; client name; customer; customer name; name; full name; guest; "
        "guest name; клиент; имя; имя клиента; фио; фио клиента; покупатель; гость; "
        "ügyfél; ügyfél neve; ügyfélnév; vendég; vendég neve; név; teljes név; "
        "контрагент; клієнт; ім'я; піб; ім'я клієнта; kunde; kundin; kundenname; "
        "gast; cliente; nombre; nombre completo; nombre y apellidos; "
        "nombre del cliente; nome; nome completo; nome do cliente; klient; klientka; "
        "imię i nazwisko; asiakas; nimi; koko nimi; asiakkaan nimi",
    ),
    "first_name": Field(
        "First name",
        "text",
        "first name; firstname; given name; forename; keresztnév; utónév; vorname; "
        "primeiro nome; imię; etunimi",
    ),
    "last_name": Field(
        "Last name",
        "text",
        "last name; lastname; surname; family name; фамилия; прізвище; vezetéknév; "
        "családnév; nachname; familienname; apellido; apellidos; sobrenome; apelido; "
        "nazwisko; sukunimi",
    ),
    "phone": Field(
        "Phone",
        "phone",
        "phone; phone number; mobile; mobile phone; mobile number; telephone; tel; "
        "cell; contact number; телефон; номер телефона; мобильный; мобильный телефон; "
        "тел; telefon; telefonszám; mobil; mobilszám; моб; номер телефону; мобільний; "
        "telefonnummer; handy; handynummer; mobiltelefon; teléfono; móvil; "
        "número de teléfono; celular; telefone; telemóvel; telefone celular; "
        "telefon komórkowy; numer telefonu; komórka; puhelin; puhelinnumero; "
        "matkapuhelin; gsm; whatsapp",
    ),
    "second_phone": Field(
        "Second phone",
        "phone",
        "second phone; other phone; phone 2; home phone; work phone; landline; "
        "второй телефон; доп телефон; дополнительный телефон; домашний телефон; "
        "другий телефон; második telefon; vezetékes; festnetz; teléfono fijo; "
        "telefone fixo; telefon stacjonarny; toinen puhelin",
    ),
    "email": Field(
        "E-mail",
        "text",
        "email; e mail; mail; email address; почта; эл почта; электронная почта; "
        "имейл; e mail cím; email cím; пошта; електронна пошта; ел пошта; імейл; "
        "e mail adresse; mailadresse; email adresse; correo; correo electrónico; "
        "correio eletrónico; adres e mail; adres email; poczta; sähköposti; "
        "sähköpostiosoite",
    ),
    "source": Field(
        "Came through",
        "text",
        "source; referral source; came through; how did you hear about us; источник; "
        "откуда узнали; джерело; звідки дізналися; honnan hallott rólunk; forrás; "
        "quelle; herkunft; fuente; origen; cómo nos conoció; origem; "
        "como nos conheceu; źródło; skąd o nas wiesz; lähde",
    ),
    "birthdate": Field(
        "Date of birth",
        "date",
        "birthday; birthdate; birth date; date of birth; dob; дата рождения; "
        "день рождения; др; születésnap; születési dátum; születési idő; "
        "дата народження; день народження; geburtstag; geburtsdatum; cumpleaños; "
        "fecha de nacimiento; aniversário; data de nascimento; data urodzenia; "
        "urodziny; syntymäpäivä; syntymäaika",
    ),
    "note": Field(
        "Note",
        "text",
        "note; notes; comment; comments; formula; remarks; заметка; заметки; "
        "комментарий; примечание; формула; megjegyzés; jegyzet; komment; примітка; "
        "примітки; коментар; нотатки; notiz; notizen; bemerkung; bemerkungen; "
        "kommentar; anmerkung; anmerkungen; nota; notas; observaciones; comentario; "
        "comentarios; observação; observações; comentário; uwagi; notatka; notatki; "
        "komentarz; muistiinpano; muistiinpanot; huomautus; kommentti; lisätiedot",
    ),
    "consent": Field(
        "Agreed to calls",
        "flag",
        "consent; calls allowed; agreed to calls; consent to calls; phone consent; "
        "may be called; согласие; согласие на звонки; можно звонить; "
        "звонки разрешены; згода на дзвінки; можна телефонувати; hozzájárulás; "
        "hívható; hívás engedélyezve; anrufe erlaubt; anruf erlaubt; acepta llamadas; "
        "consiente llamadas; aceita ligações; aceita chamadas; zgoda na telefon; "
        "zgoda na kontakt telefoniczny; saa soittaa",
    ),
    "walk_in": Field(
        "Walk-in",
        "flag",
        "walk in; walkin; is walk in; anonymous; без записи; разовый; аноним; "
        "разовый клиент; utcáról; betérő; alkalmi; alkalmi vendég; laufkundschaft; "
        "sin cita; sem marcação; bez zapisu; без запису",
    ),
    "stylist": Field(
        "Stylist",
        "text",
        "staff; stylist; employee; staff member; master; specialist; barber; "
        "therapist; technician; provider; team member; performed by; сотрудник; "
        "мастер; специалист; исполнитель; стилист; dolgozó; fodrász; munkatárs; "
        "alkalmazott; szakember; stylist neve; calendar; stylists; парикмахер; "
        "барбер; майстер; співробітник; спеціаліст; працівник; виконавець; "
        "mitarbeiter; mitarbeiterin; stylistin; friseur; friseurin; behandler; "
        "empleado; empleada; profesional; estilista; peluquero; peluquera; "
        "especialista; profissional; funcionário; funcionária; colaborador; "
        "cabeleireiro; pracownik; specjalista; fryzjer; fryzjerka; stylista; "
        "wykonawca; työntekijä; kampaaja; tekijä; asiantuntija",
    ),
    "code": Field(
        "Service or product code",
        "ref",
        "code; service code; product code; item code; sku; article; barcode; "
        "service id; product id; код; код услуги; код товара; артикул; штрихкод; kód; "
        "cikkszám; szolgáltatás kódja; szolgáltatáskód; termékkód; vonalkód; kod; "
        "artikelnummer; código; codigo; sku código; kod usługi; tuotekoodi; "
        "артикул товару",
    ),
    "item": Field(
        "Service or product",
        "text",
        "service; services; product; item; description; desc; service name; "
        "product name; item name; treatment; procedure; title; услуга; услуги; товар; "
        "описание; название; наименование; процедура; название услуги; "
        "название товара; szolgáltatás; szolgáltatás neve; termék; termék neve; "
        "megnevezés; leírás; tétel; kezelés; appointment type; treatments; "
        "procedures; номенклатура; работа; работы; послуга; послуги; назва; "
        "назва послуги; leistung; leistungen; dienstleistung; behandlung; artikel; "
        "bezeichnung; produkt; servicio; servicios; tratamiento; producto; "
        "descripción; artículo; serviço; serviços; produto; descrição; procedimento; "
        "tratamento; usługa; usługi; nazwa usługi; zabieg; towar; palvelu; palvelut; "
        "tuote; hoito; kuvaus",
    ),
    "category": Field(
        "Category",
        "text",
        "category; cate; group; type; service category; product category; department; "
        "категория; группа; тип; вид; раздел; kategória; csoport; típus; "
        "category name; категорія; kategorie; gruppe; warengruppe; categoría; grupo; "
        "categoria; kategoria; grupa; ryhmä",
    ),
    "quantity": Field(
        "Quantity",
        "number",
        "quantity; qty; count; units; pieces; количество; кол во; колво; шт; "
        "mennyiség; darab; db; menny; кількість; к сть; menge; anzahl; stück; "
        "cantidad; unidades; quantidade; qtd; ilość; szt; määrä; kpl",
    ),
    "amount": Field(
        "Amount",
        "amount",
        "amount; total; sum; line total; total price; revenue; сумма; итого; "
        "стоимость; всего; összeg; végösszeg; bruttó; összesen; сума; всього; разом; "
        "вартість; betrag; summe; gesamt; gesamtbetrag; umsatz; importe; monto; valor; "
        "montante; kwota; suma; razem; wartość; summa; yhteensä",
    ),
    "paid": Field(
        "Paid",
        "amount",
        "paid; amount paid; total paid; оплачено; сумма оплаты; оплачено клиентом; "
        "сплачено; fizetett; fizetve; bezahlt; gezahlt; pagado; importe pagado; "
        "valor pago; zapłacono; maksettu",
    ),
    "net": Field(
        "Amount without tax",
        "amount",
        "net; net amount; net sales; net total; amount without tax; нетто; без ндс; "
        "сумма без ндс; без пдв; nettó; nettó összeg; netto; nettobetrag; neto; "
        "importe neto; valor líquido; kwota netto; veroton; veroton summa",
    ),
    "tax": Field(
        "Tax",
        "amount",
        "tax; taxes; vat; sales tax; tax amount; gst; ндс; сумма ндс; налог; пдв; "
        "податок; áfa; áfa összege; mwst; ust; steuer; iva; impuesto; impuestos; "
        "imposto; impostos; podatek; kwota vat; alv; vero",
    ),
    "tip": Field(
        "Tip",
        "amount",
        "tip; tips; gratuity; tip amount; чаевые; чайові; borravaló; trinkgeld; "
        "propina; propinas; gorjeta; gorjetas; napiwek; napiwki; tippi; juomaraha",
    ),
    "payment": Field(
        "Paid with",
        "text",
        "payment; payment method; payment type; paid with; paid by; tender; "
        "способ оплаты; вид оплаты; тип оплаты; форма оплаты; спосіб оплати; "
        "fizetési mód; fizetés módja; zahlungsart; zahlungsmittel; forma de pago; "
        "método de pago; forma de pagamento; método de pagamento; forma płatności; "
        "metoda płatności; maksutapa",
    ),
    "discount": Field(
        "Discount",
        "share",
        "discount; discounts; discount amount; скидка; скидки; сумма скидки; знижка; "
        "kedvezmény; rabatt; nachlass; descuento; descuentos; desconto; descontos; "
        "rabat; zniżka; alennus",
    ),
    "price": Field(
        "Unit price",
        "amount",
        "price; unit price; list price; retail price; rate; цена; цена за единицу; "
        "прайс; ár; egységár; listaár; eladási ár; appointment price; preis; "
        "einzelpreis; precio; precio unitario; preço; preço unitário; cena; "
        "cena jednostkowa; hinta; yksikköhinta; ціна",
    ),
    "duration": Field(
        "Duration",
        "duration",
        "duration; minutes; length; time min; duration min; длительность; "
        "продолжительность; минут; длительность мин; időtartam; perc; hossz; "
        "time required; тривалість; хвилин; dauer; minuten; duración; minutos; "
        "duração; czas trwania; minuty; kesto; minuutit",
    ),
    "status": Field(
        "Status",
        "text",
        "status; state; booking status; appointment status; статус; статус записи; "
        "состояние; állapot; státusz; visit status; статус визита; стан; "
        "статус візиту; статус запису; zustand; terminstatus; estado; situação; stan; "
        "tila; varauksen tila",
    ),
}

# One word for the number and the name of a client: the values tell which.
CLIENT_WORDS = {"client", "customer", "guest", "клиент", "покупатель", "гость"}
CLIENT_WORDS |= {"ügyfél", "vendég", "клієнт", "kunde", "kundin", "cliente", "klient"}
CLIENT_WORDS |= {"asiakas"}

# What a status says of a booking; the first that fits, so refusals come first.
STATUS_KINDS = {
    "no_shows": "no show; noshow; not arrived; not arrive; did not arrive; not show; "
    "didn t show; didn t arrive; did not come; not attended; absent; missed; "
    "не пришел; не пришла; не пришёл; не явился; не явилась; неявка; "
    "не прийшов; не прийшла; не з явився; не з явилася; неявка; "
    "nem jött el; nem jelent meg; nicht erschienen; nicht gekommen; "
    "no asistió; no se presentó; no vino; não compareceu; faltou; não veio; "
    "nie przyszedł; nie przyszła; nie stawił się; nieobecność; nieobecny; "
    "nieobecna; ei saapunut; ei tullut; jäi saapumatta",
    "cancellations": "cancelled; canceled; cancel; cancels; cancellation; declined; "
    "rejected; rescheduled; deleted; removed; void; voided; отменен; отменён; "
    "отменена; отменено; отмена; отменил; отменила; отказ; удален; удалён; удалена; "
    "удалено; перенесен; перенесена; скасовано; скасований; скасована; скасував; "
    "скасувала; скасування; видалено; lemondva; lemondott; lemondta; törölt; törölve; "
    "abgesagt; storniert; storno; gelöscht; verschoben; abgelehnt; cancelado; "
    "cancelada; anulado; anulada; canceló; rechazado; rechazada; eliminado; "
    "cancelou; desmarcado; desmarcada; remarcado; odwołany; odwołana; odwołane; "
    "odwołano; anulowany; anulowana; anulowane; anulowano; odrzucona; usunięta; "
    "peruttu; peruutettu; perunut; poistettu; siirretty",
    "done": "done; completed; complete; paid; arrived; finished; attended; fulfilled; "
    "checked out; showed; завершен; завершён; завершена; завершено; выполнен; "
    "выполнена; выполнено; пришел; пришёл; пришла; оплачен; оплачена; оплачено; "
    "виконано; завершений; прийшов; прийшла; сплачено; teljesült; kész; fizetve; "
    "megjelent; elkészült; erledigt; abgeschlossen; bezahlt; erschienen; gekommen; "
    "completado; completada; realizado; realizada; asistió; pagado; pagada; atendido; "
    "concluído; concluída; finalizado; finalizada; compareceu; pago; zakończona; "
    "zakończony; zrealizowana; zrealizowany; opłacona; odbyta; valmis; maksettu; "
    "toteutunut; saapunut",
    "bookings": "booked; confirmed; scheduled; pending; new; open; accepted; "
    "upcoming; waiting; reserved; ожидание; ожидает; ожидается; подтвержден; "
    "подтверждён; подтвердил; подтвердила; подтверждена; подтверждено; записан; "
    "записана; новый; новая; підтверджено; підтверджений; заплановано; очікується; "
    "новий; foglalt; foglalva; megerősítve; visszaigazolva; visszaigazolt; új; "
    "bestätigt; gebucht; geplant; offen; neu; confirmado; confirmada; reservado; "
    "reservada; pendiente; programada; nueva; agendado; agendada; pendente; marcado; "
    "potwierdzona; potwierdzony; zaplanowana; zarezerwowana; umówiona; nowa; "
    "oczekująca; varattu; vahvistettu; odottaa; uusi",
}
MISSED_KINDS = ("no_shows", "cancellations")
# With one of these before it a word says the contrary, and nobody knows what.
NEGATIONS = "not; no; non; never; un; didn; isn; не; ні; без; nem; nincs; nicht; kein; "
NEGATIONS += "keine; nunca; sin; não; nao; sem; nie; bez; ei; eivät"

# What stands where a name would, in the last row of a list.
TOTAL_WORDS = "total; totals; grand total; sum; итого; всего; разом; усього; összesen; "
TOTAL_WORDS += "végösszeg; summe; gesamt; gesamtsumme; suma; razem; yhteensä; soma"

WALK_IN_NAMES = {
    "walk ins", "cash sale", "cash customer", "counter sale", "retail customer",
    "розничный покупатель", "физическое лицо", "частное лицо", "роздрібний покупець",
    "laufkunde", "laufkundschaft", "cliente de paso", "público en general",
    "consumidor final", "klient detaliczny", "satunnainen asiakas",
    "walk in", "walkin", "walk in client", "walk in customer", "anonymous", "guest",
    "гость", "без имени", "разовый", "разовый клиент", "аноним", "с улицы",
    "alkalmi vendég", "betérő", "betérő vendég", "névtelen", "utcáról",
}  # fmt: skip

# Headers that mean something else in a file of this kind.
_SOLD = {"name": "item", "имя": "item", "név": "item", "id": "code", "№": "code"}
_BOOKED = dict.fromkeys(("id", "no", "number", "№", "номер", "szám"), "booking")
KIND_HEADERS = {
    "services": {**_SOLD, "time": "duration", "amount": "price", "cost": None},
    "products": {**_SOLD, "amount": "price", "cost": None},
    "clients": dict.fromkeys(
        ("id", "code", "no", "number", "№", "номер", "код", "kód", "szám"), "client"
    )
    | {"mobile": "phone", "date": None},
    "receipts": dict.fromkeys(("id", "no", "number", "№", "номер", "szám"), "receipt"),
    "bookings": {"type": "item", "тип": "item", "típus": "item", **_BOOKED},
    "cancellations": _BOOKED,
    "no_shows": _BOOKED,
}
# Words around the one that matters: "Client phone", "Дата визита", "Price (USD)".
FILLERS = set(
    "client client's customer guest appointment booking visit клиента покупателя гостя "
    "записи визита клієнта візиту запису ügyfél vendég foglalás kunden termin termins "
    "cliente del de da do la el cita visita agendamento klienta wizyty asiakkaan "
    "varauksen usd eur huf rub uah pln gbp руб грн ft zł min minutes".split()
)


class Found(NamedTuple):
    """A kind that fits a file best, and whether another would fit as well."""

    kind: str
    is_sure: bool


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
        return _settle(HEADERS[words], samples)
    bare = _without_fillers(header)
    if bare in HEADERS:
        return _settle(HEADERS[bare], samples)
    # Long words only: one wrong letter in a short one makes another word.
    close = get_close_matches(words, HEADERS, 1, 0.88) if len(words) > 5 else []
    return _settle(HEADERS[close[0]], samples) if close else None


def _without_fillers(header):
    """Return the words of a header that matter, without brackets and units."""
    words = normalise(re.sub(r"[(\[].*?[)\]]", " ", header or ""))
    return " ".join(word for word in words.split() if word not in FILLERS)


def _settle(name, samples):
    """Return date for a time that is a whole day, and the other way round."""
    if name not in ("date", "time"):
        is_flag = FIELDS[name].type == "amount" and _are_flags(samples)
        return None if is_flag else name
    days = times = 0
    for text in samples[:20]:
        orders = (_is_readable(read_date, text, order) for order in ("dmy", "mdy"))
        days += any(orders)
        # A number alone may be anything.
        times += not text.isdigit() and bool(_is_readable(read_times, text))
    return {True: "date", False: "time"}[days > times] if days != times else name


def _are_flags(samples):
    """Tell whether a column ("Paid?") says yes or no instead of how much."""
    return bool(samples) and all(
        _is_readable(read_flag, text) is not None and not text[:1].isdigit()
        for text in samples[:20]
    )


def _is_readable(read, *args):
    """Return whether a reader takes this; None is no."""
    try:
        return read(*args) is not None
    except Problem:
        return None


def looks_like_numbers(samples):
    """Tell whether most of these are numbers of clients, not names."""
    filled = [sample for sample in samples if sample]
    numbers = sum(bool(re.fullmatch(r"\D{0,3}[\d.\-/]+", text)) for text in filled)
    return bool(filled) and numbers * 2 > len(filled)


def map_columns(columns, kind):
    """Return the field of each (header, samples) in a file of this kind.

    A field is found once: the first column that fits has it. Of two columns with
    phones the second is the second phone, and a name beside a surname is a first name.
    """
    targets = []
    for header, samples in columns:
        target = match_header(header, samples, kind)
        if target == "phone" and target in targets:
            target = "second_phone"
        targets.append(None if target in targets else target)
    if "last_name" in targets and "first_name" not in targets:
        targets = ["first_name" if t == "client_name" else t for t in targets]
    return targets


def guess_kind(filename, columns):
    """Return the kind of file that its columns and its name speak for."""
    return rank_kinds(filename, {kind: map_columns(columns, kind) for kind in KINDS})


def rank_kinds(filename, targets):
    """Return the kind ``Found`` for the fields that its columns would have.

    :param targets: {kind: fields of the columns in a file of this kind}
    """
    name = re.sub(r"\.\w+$", "", filename or "")
    scores = {kind: _score(kind, name, set(targets[kind]) - {None}) for kind in KINDS}
    best, second = sorted(scores, key=scores.get, reverse=True)[:2]
    leftover = set(targets[best]) & {"date", "time"} - set(kind_fields(best))
    return Found(best, scores[best] > scores[second] and not leftover)


def _score(kind, name, found):
    what = KINDS[kind]
    used = found & set(kind_fields(kind))
    clues = found & set(what.clues)
    score = 3 * has_words(name, what.words) + 2 * len(clues)
    score += len(used) - 2 * len(found - used)
    if kind in MISSED_KINDS and score == len(used):
        # Nothing says that these people did not come.
        score -= 4
    return score - 6 * len(missing_fields(kind, found))


def status_kind(status):
    """Return what a booking's status makes of its row; None if nobody knows."""
    words = normalise(status)
    for kind, phrases in STATUS_KINDS.items():
        if has_words(words, phrases):
            is_denied = kind not in MISSED_KINDS and has_words(words, NEGATIONS)
            return None if is_denied else kind
    return None


def is_total(name):
    """Tell whether a name ("Итого: 2") is the last row of a list, not a person."""
    words = re.sub(r"\d+", " ", normalise(name)).split()
    return " ".join(words) in TOTAL_WORDS.split("; ")


def missing_fields(kind, fields):
    """Return the needs of a kind that none of these fields meets."""
    return [
        _tuple(need) for need in KINDS[kind].required if not fields & set(_tuple(need))
    ]


def _tuple(need):
    return need if isinstance(need, tuple) else (need,)
