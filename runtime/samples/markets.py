"""Invented debtors of the sample portfolio: names, places and identity numbers that pass their checks, nobody's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from stdnum import luhn
from stdnum.br import cnpj, cpf
from stdnum.th import moa, pin


@dataclass(frozen=True, slots=True)
class Place:
    """Where a debtor lives: subdivision, city, postal code, street, and what numbers of that place begin with."""

    subdivision: str
    city: str
    postal_code: str
    street: str
    code: str  # area code of phones in Brazil, place of the NIK in Indonesia, else empty


@dataclass(frozen=True, slots=True)
class Market:
    """One country of the sample: its people, companies, places, products, and how its numbers are made.

    ``price`` is the smallest amount financed and ``step`` what it grows by, in major units; ``rounding`` is the
    unit to which instalments are rounded.
    """

    country: str
    currency: str
    locale: str
    products: tuple[str, ...]
    people: tuple[tuple[str, str], ...]  # name, mailbox
    companies: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    person_id: tuple[str, Callable[[int, Place], str]]
    company_id: tuple[str, Callable[[int, Place], str]]
    phone: Callable[[int, Place], str]
    plate: Callable[[int], str]
    price: int
    step: int
    rounding: int


def _cpf(number: int, _: Place) -> str:
    base = f"{390_000_000 + number * 1_234_567:09}"
    return base + str(cpf._calc_check_digits(base))  # noqa: SLF001 - the library checks with it and exports no maker


def _cnpj(number: int, _: Place) -> str:
    base = f"{16_000_000 + number * 54_321:08}0001"
    return base + str(cnpj.calc_check_digits(base))


def _nik(number: int, place: Place) -> str:
    day = 1 + number * 5 % 28 + (40 if number % 2 else 0)
    return f"{place.code}{day:02}{1 + number % 12:02}{70 + number % 29:02}{1 + number:04}"


def _npwp(number: int, _: Place) -> str:
    base = f"{1_312_166 + number * 1_111:08}"
    return f"0{base}{luhn.calc_check_digit(base)}091000"


def _thai_pin(number: int, _: Place) -> str:
    base = f"3{100_600_445 + number * 765_432:09}{number % 90 + 10:02}"
    return base + str(pin.calc_check_digit(base))


def _thai_company(number: int, _: Place) -> str:
    base = f"01055{60_000_00 + number * 4_321:07}"
    return base + str(moa.calc_check_digit(base))


def _emirates_id(number: int, _: Place) -> str:
    base = f"784{1970 + number % 33}{1_234_567 + number * 98_765:07}"
    return base + str(luhn.calc_check_digit(base))


BRAZIL: Final = Market(
    country="BR",
    currency="BRL",
    locale="pt_BR",
    products=("loan", "lease"),
    people=(
        ("João Antônio Conceição", "joao.conceicao"),
        ("Maria Luísa Araújo", "maria.araujo"),
        ("Inês Guimarães", "ines.guimaraes"),
        ("Caetano Brandão", "caetano.brandao"),
        ("Verônica Magalhães", "veronica.magalhaes"),
        ("Otávio Falcão", "otavio.falcao"),
        ("Raíssa Assunção", "raissa.assuncao"),
        ("Túlio Simões", "tulio.simoes"),
        ("Cecília Romão", "cecilia.romao"),
        ("Édson Leitão", "edson.leitao"),
        ("Bárbara Frazão", "barbara.frazao"),
        ("Joaquim Beltrão", "joaquim.beltrao"),
        ("Letícia Galvão", "leticia.galvao"),
        ("Anísio Galhardo", "anisio.galhardo"),
    ),
    companies=(
        ("Frota Ipê Locações Ltda", "financeiro.frotaipe"),
        ("Entregas Sabiá Ltda", "contas.sabia"),
        ("Táxi Aroeira Ltda", "contas.aroeira"),
    ),
    places=(
        Place("BR-SP", "São Paulo", "01310-100", "Rua dos Ipês", "11"),
        Place("BR-RJ", "Rio de Janeiro", "20031-170", "Rua da Aroeira", "21"),
        Place("BR-MG", "Belo Horizonte", "30130-010", "Avenida das Acácias", "31"),
        Place("BR-AM", "Manaus", "69005-040", "Rua do Igarapé", "92"),
        Place("BR-AC", "Rio Branco", "69900-078", "Travessa do Seringal", "68"),
        Place("BR-PE", "Recife", "50030-230", "Rua do Manguezal", "81"),
        Place("BR-RS", "Porto Alegre", "90010-150", "Rua da Figueira", "51"),
        Place("BR-MT", "Cuiabá", "78005-300", "Rua do Cerrado", "65"),
    ),
    person_id=("cpf", _cpf),
    company_id=("cnpj", _cnpj),
    phone=lambda number, place: f"+55{place.code}96{5_000_000 + number * 7_919:07}",
    plate=lambda number: f"AFL{number % 10}{'ABCDEFGHIJ'[number % 10]}{10 + number:02}",
    price=78_000,
    step=6_500,
    rounding=10,
)

INDONESIA: Final = Market(
    country="ID",
    currency="IDR",
    locale="id",
    products=("loan", "lease", "murabaha", "ijara"),
    people=(
        ("Bagus Wicaksana", "bagus.wicaksana"),
        ("Ratna Kusumawardani", "ratna.kusumawardani"),
        ("I Gede Mahardika", "gede.mahardika"),
        ("Siti Rahmadhani", "siti.rahmadhani"),
        ("Yosef Wambrauw", "yosef.wambrauw"),
        ("Dewi Lestariningsih", "dewi.lestariningsih"),
        ("Andi Baso Patunru", "andi.patunru"),
        ("Made Suartini", "made.suartini"),
        ("Teguh Prasetyono", "teguh.prasetyono"),
        ("Nur Aisyah Lubis", "nur.lubis"),
        ("Petrus Latuharhary", "petrus.latuharhary"),
        ("Wulan Anggraeni", "wulan.anggraeni"),
        ("Rizky Firmansyah", "rizky.firmansyah"),
        ("Kartika Manoppo", "kartika.manoppo"),
        ("Hendra Gunadharma", "hendra.gunadharma"),
    ),
    companies=(
        ("PT Angkutan Melati Contoh", "keuangan.melati"),
        ("PT Logistik Cendana Contoh", "keuangan.cendana"),
    ),
    places=(
        Place("ID-JK", "Jakarta Selatan", "12190", "Jalan Kenanga", "317406"),
        Place("ID-JB", "Bandung", "40115", "Jalan Cempaka", "327301"),
        Place("ID-JI", "Surabaya", "60271", "Jalan Flamboyan", "357801"),
        Place("ID-BA", "Denpasar", "80232", "Jalan Kamboja", "517101"),
        Place("ID-SN", "Makassar", "90111", "Jalan Mawar", "737101"),
        Place("ID-KI", "Balikpapan", "76112", "Jalan Anggrek", "647101"),
        Place("ID-PA", "Jayapura", "99111", "Jalan Matoa", "917101"),
        Place("ID-MA", "Ambon", "97124", "Jalan Pala", "817101"),
    ),
    person_id=("nik", _nik),
    company_id=("npwp", _npwp),
    phone=lambda number, _: f"+62812{10_000_000 + number * 765_433:08}",
    plate=lambda number: f"B {1200 + number * 37} AFL",
    price=260_000_000,
    step=18_000_000,
    rounding=1_000,
)

THAILAND: Final = Market(
    country="TH",
    currency="THB",
    locale="th",
    products=("loan", "lease"),
    people=(
        ("สมชาย ใจงาม", "somchai.jaingam"),
        ("กนกวรรณ ศรีสว่าง", "kanokwan.srisawang"),
        ("ธนพล วงศ์ทอง", "thanaphon.wongthong"),
        ("Pimchanok Rattanakul", "pimchanok.rattanakul"),
        ("วีระชัย บุญมาก", "weerachai.bunmak"),
        ("สุภาพร แก้วมณี", "supaporn.kaewmanee"),
        ("Anucha Thongdee", "anucha.thongdee"),
        ("นภัสสร จันทร์เพ็ญ", "naphatsorn.chanpen"),
        ("ปิยะ สุขสมบูรณ์", "piya.suksomboon"),
        ("Chalermchai Boonsri", "chalermchai.boonsri"),
        ("อรทัย พรหมดี", "orathai.promdee"),
        ("ณัฐวุฒิ เรืองศรี", "nattawut.rueangsri"),
        ("Sirikanya Wattana", "sirikanya.wattana"),
        ("มานพ คงทอง", "manop.kongthong"),
        ("รัตนา ชัยมงคล", "rattana.chaimongkol"),
    ),
    companies=(
        ("บริษัท ตัวอย่างขนส่ง จำกัด", "account.tuayang"),
        ("Chang Phueak Rent (Sample) Co., Ltd.", "account.changphueak"),
    ),
    places=(
        Place("TH-10", "กรุงเทพมหานคร", "10110", "ถนนดอกไม้", ""),
        Place("TH-50", "เชียงใหม่", "50200", "ถนนดอยคำ", ""),
        Place("TH-83", "ภูเก็ต", "83000", "ถนนทะเลใส", ""),
        Place("TH-40", "ขอนแก่น", "40000", "ถนนแก่นนคร", ""),
        Place("TH-20", "ชลบุรี", "20000", "ถนนหาดทราย", ""),
    ),
    person_id=("pin", _thai_pin),
    company_id=("tin", _thai_company),
    phone=lambda number, _: f"+6681{2_000_000 + number * 31_337:07}",
    plate=lambda number: f"กข {1000 + number * 29}",
    price=520_000,
    step=38_000,
    rounding=10,
)

EMIRATES: Final = Market(
    country="AE",
    currency="AED",
    locale="ar",
    products=("loan", "murabaha", "ijara"),
    people=(
        ("محمد سالم الظاهري", "mohammed.aldhaheri"),
        ("فاطمة خليفة النعيمي", "fatima.alnuaimi"),
        ("Arjun Menon", "arjun.menon"),
        ("سارة عبد الله الكعبي", "sara.alkaabi"),
        ("Maricel Dizon", "maricel.dizon"),
        ("راشد حمد الشامسي", "rashid.alshamsi"),
        ("Bilal Qureshi", "bilal.qureshi"),
        ("مريم علي المهيري", "mariam.almheiri"),
        ("Priya Raghunathan", "priya.raghunathan"),
        ("خالد يوسف البلوشي", "khalid.albalushi"),
        ("Omar Haddad", "omar.haddad"),
        ("نورة سعيد المزروعي", "noura.almazrouei"),
        ("Daniel Okafor", "daniel.okafor"),
        ("حمدان راشد الكتبي", "hamdan.alketbi"),
        ("Li Xiaomei", "li.xiaomei"),
        ("عائشة محمد الزعابي", "aisha.alzaabi"),
        ("Sanjay Kulkarni", "sanjay.kulkarni"),
    ),
    companies=(),
    places=(
        Place("AE-DU", "Dubai", "", "Street 12, Al Noor Tower", ""),
        Place("AE-AZ", "Abu Dhabi", "", "Street 7, Palm Residence", ""),
        Place("AE-SH", "Sharjah", "", "Street 3, Creek House", ""),
        Place("AE-AJ", "Ajman", "", "Street 21, Pearl Building", ""),
        Place("AE-RK", "Ras Al Khaimah", "", "Street 5, Mountain View", ""),
    ),
    person_id=("emirates_id", _emirates_id),
    company_id=("emirates_id", _emirates_id),
    phone=lambda number, _: f"+97150{2_000_000 + number * 45_679:07}",
    plate=lambda number: f"{'ABCDEFGHJK'[number % 10]} {10_000 + number * 331}",
    price=62_000,
    step=5_500,
    rounding=5,
)

MARKETS: Final = (BRAZIL, INDONESIA, THAILAND, EMIRATES)
