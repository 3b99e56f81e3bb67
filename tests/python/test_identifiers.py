"""What identifies a person never reaches the warehouse, and other numbers do."""

import csv
import random
import string
import uuid
from collections import Counter

import duckdb
import pytest
from stdnum import luhn
from test_inputs import assert_one_sentence
from workspaces import PROJECT

from card_segments.inputs import find_identifier
from card_segments.inputs.identifiers import KINDS

SAMPLE = PROJECT / "seeds" / "inputs" / "customers.csv"
MARKS = {f"[{kind}]" for kind in KINDS}

# Test numbers that the networks, tax offices and registers publish, or that their rules give.
PLANTED = {
    "an e-mail address": """
        nick.planted@bank.example
        write to <nick.planted@bank.example>, please
        用户@例子.广告
        राम@उदाहरण.भारत
        иван@почта.рф
        ivan@xn--80a1acny.xn--p1ai
        ｎｉｃｋ＠ｂａｎｋ．ｅｘａｍｐｌｅ
    """,
    "a card number": """
        4111111111111111
        4111 1111 1111 1111
        4111-1111-1111-1111
        4111.1111.1111.1111
        4111/1111/1111/1111
        4111\u00a01111\u00a01111\u00a01111
        4111\u20131111\u20131111\u20131111
        4\u200b111\u200b1111\u200b11111111
        ４１１１１１１１１１１１１１１１
        ٤١١١١١١١١١١١١١١١
        ४१११ ११११ ११११ ११११
        ID4111111111111111
        card 4111 1111 1111 1111 05/27 123
        4222222222222
        4000000000000000006
        5555555555554444
        2221000000000009
        2223 0000 4840 0011
        2720990000000007
        378282246310005
        3782 822463 10005
        30569309025904
        3530111333300000
        6011111111111117
        6200000000000005
        8171999927660000
        6759649826438453
        5018000000007
        5020 5000 0000 0000 8
        6521000000000007
        5085000000000007
        2200770212727079
        9792030000000000
    """,
    "an account number": """
        DE89370400440532013000
        de89 3704 0044 0532 0130 00
        GB29 NWBK 6016 1331 9268 19
        NL91ABNA0417164300
        to FR14-2004-1010-0505-0001-3M02-606, at once
    """,
    "a social-security number": """
        123-45-6789
        950 83 0791
        078.05.1120
        ９５０‐８３‐０７９１
    """,
    "a telephone number": """
        +91 98765 43210
        +919876543210
        +1 (555) 123-4567
        +44 20 7946 0958
        +49 (0)170 1234567
        +৯১ ৯৮৭৬৫ ৪৩২১০
        0049 170 1234567
        (555) 123-4567
        555-123-4567
        555.123.4567
        212/555/0123
        1-800-555-0199
        020 7946 0958
        07700 900123
        0171/1234567
        030 123456
        01 23 45 67 89
        06.12.34.56.78
        98765 43210
        098765-43210
        (11) 91234-5678
        138 1234 5678
        03-1234-5678
        0412 345 678
        347 123 4567
        612 34 56 78
        8 912 345-67-89
    """,
    "a national identity number": """
        2341 2341 2346
        234123412346
        ABCPE1234F
        abcpe1234f
        AB123456C
        AB 12 34 56 C
        RSSMRA85T10A562S
        RSS MRA 85T10 A562S
        54362315K
        54.362.315-K
        X1234567L
        529.982.247-25
        52998224725
        111222333
        1112.22.333
        811228-9874
        198112289874
        8112289874
        44051401359
        131052-308T
        131052A308T
        255081416802538
        2 55 08 14 168 025 38
        85.07.30-033 28
        10000000146
        11010519491231002X
        971013-9019902
        S1234567D
        M1234567K
        8001015009087
        046 454 286
        046454286
        BOXW310820HNERXN09
        123 456 782
        211062-5629
        756.9217.0769.85
        1630615123457
        12.345.678-5
        943 476 5919
        1234567T
    """,
}
FORMS = [
    (text.strip(), kind) for kind, lines in PLANTED.items() for text in lines.strip().splitlines()
]


SEED = ("seed", "--select", "customers")


def load(workspace, folder, changes, command=SEED, passed=("branch",), in_place=False, **variables):
    """Load customers of whom each has some values of their own; the rest is that of the sample."""
    folder.mkdir(exist_ok=True)
    with SAMPLE.open(newline="", encoding="utf-8") as file:
        sample = csv.DictReader(file)
        template = next(sample)
    with (folder / "customers.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*template, *passed])
        writer.writeheader()
        for number, changed in enumerate(changes):
            ordinary = {name: f"B{number % 7}" for name in passed}
            writer.writerow({**template, "customer_id": f"K{number:06}", **ordinary, **changed})
    path = str(folder / "customers.csv")
    if in_place:
        path = str(folder / "customers.parquet")
        duckdb.read_csv(str(folder / "customers.csv"), all_varchar=True).write_parquet(path)
    inputs = {"customers": path}
    pass_through = {"customers": list(passed)}
    return workspace.dbt(*command, inputs=inputs, pass_through=pass_through, **variables)


def loaded(workspace, column):
    """The values of a column in the warehouse, in the order of the file."""
    return workspace.query(f"select {column} from inputs.customers order by source_row")[column]


def number(digits, generator, first="0123456789"):
    rest = "".join(generator.choices("0123456789", k=digits - 1))
    return generator.choice(first) + rest


def letters(count, generator, alphabet=string.ascii_uppercase):
    return "".join(generator.choices(alphabet, k=count))


@pytest.mark.slow
def test_every_form_is_found_in_ids_texts_and_passed_columns(workspace, tmp_path):
    """Ordinary customers come before and after; the log and the warehouse hold no planted value."""
    assert len(FORMS) >= 100
    columns = {"customer_id": "customer_id", "city": "city", "branch": "attribute_1"}
    changes = [{}] * 200
    changes += [{column: text} for column in columns for text, _ in FORMS]
    changes += [{}] * 200
    workspace.keeps_log = True
    run = load(workspace, tmp_path / "own_files", changes)
    assert run.succeeded, run.output

    for place, (column, name) in enumerate(columns.items()):
        values = loaded(workspace, name)
        first = 200 + place * len(FORMS)
        found = values[first : first + len(FORMS)]
        missed = {
            text: mark for (text, _), mark in zip(FORMS, found, strict=True) if mark not in MARKS
        }
        assert not missed, column
        assert not values.drop(found.index).str.startswith("[").any(), column

    written = b"".join(
        path.read_bytes()
        for path in [workspace.warehouse, *(workspace.folder / "logs").rglob("*.log*")]
    )
    assert not [text for text, _ in FORMS if text.encode() in written]


def test_a_form_is_named_for_what_it_is():
    """Some pass by two rules, such as a telephone number that has a check digit by chance."""
    named = [find_identifier(text, "id") == kind for text, kind in FORMS]
    assert sum(named) > 0.95 * len(FORMS)


@pytest.mark.slow
def test_none_is_passed_over_on_spark(workspace):
    """There a build stops at whatever may be one; the condition is written for both engines."""
    run = workspace.dbt_command(
        "--quiet", "compile", "--inline", "{{ may_identify_a_person('text') }}"
    )
    assert run.succeeded, run.output

    def stopped(texts):
        asked = f"select text from (select unnest($1) as text) as texts where {run.output}"
        return {text for (text,) in duckdb.execute(asked, [texts]).fetchall()}

    forms = {text for text, _ in FORMS}
    assert stopped(list(forms)) == forms
    usual = ["C000000001", "SAMPLE00001", "CUS_0xd40", "A0000001C", "2023-05-01 10:20:00", "25-34"]
    usual += ["2023-05-01", "Food @ home", str(uuid.UUID(int=7)), "Business Owners", "1234567"]
    assert stopped(usual) == set()


def test_a_text_that_describes_a_group_has_no_long_number():
    assert find_identifier("Teller 98765432", "text") == "a long number"
    assert find_identifier("Teller 98765432", "id") == ""
    assert find_identifier("25-34, 10,000 to 20,000", "text") == ""


@pytest.mark.parametrize(
    "text",
    [
        "CUST-1234-5678-9012",
        "100-200-3000",
        "550e8400-e29b-41d4-a716-446655440000",
        "2023-05-17 10:22:33",
        "17.05.2023",
        "40.900749",
        "1,234,567.89",
        "1.234.567.890,12",
        "Rs 12345678",
        "192.168.101.201",
        "@home",
        "0012345678901234",
    ],
)
def test_what_only_looks_like_an_identifier_is_none(text):
    assert find_identifier(text, "id") == ""


def made_up_numbers(generator):
    """Each shape of branch, merchant and customer numbers, as a function that makes one up."""

    def digits(count, first="0123456789"):
        return number(count, generator, first)

    def groups(pattern):
        return "".join(digits(1) if sign == "9" else sign for sign in pattern)

    patterns = (
        *("9" * size for size in range(6, 21)),
        *("CUST-9999-9999-9999", "999-999-9999", "900-900-9000", "9999-9999-9999"),
        *("9999 9999 9999 9999", "9999-999999", "999-9999999", "9999/9999999", "999.999.999"),
        *("999 999 999", "99-999-99999", "99999 99999", "99999-99999", "9999 9999"),
        *("99 9999 9999", "999 9999 9999", "99-99-99 99999999", "99-9999-9999-99"),
        *("BR9999", "BR-999999", "MER99999999", "MID999999999999", "MER9999999999999999"),
        *("store #9999", "POS 99999999 9999", "C0009999999", "0009999999", "000000999999"),
        *("2023-99999", "1009999999", "4000000999999999", "19999999999999"),
    )
    makers = [lambda pattern=pattern: groups(pattern) for pattern in patterns]
    alphanumeric = string.ascii_uppercase + string.digits
    makers += [
        lambda: str(uuid.UUID(int=generator.getrandbits(128))),
        lambda: uuid.UUID(int=generator.getrandbits(128)).hex,
        lambda: str(uuid.UUID(int=generator.getrandbits(128))).upper(),
        lambda: hex(generator.randrange(16**9)),
        lambda: digits(generator.randint(13, 19)),
        lambda: digits(generator.randint(5, 19), "123456789"),
        lambda: f"{generator.random() * 10 ** generator.randint(2, 9):.2f}",
        lambda: f"20{generator.randrange(26):02}{generator.randint(1, 12):02}17{digits(4)}",
        lambda: letters(3, generator) + digits(6),
        lambda: letters(2, generator) + digits(6) + letters(1, generator),
        lambda: letters(5, generator) + digits(4) + letters(1, generator),
        lambda: letters(1, generator) + digits(7) + letters(1, generator),
        lambda: digits(8) + letters(1, generator),
        lambda: "IN" + digits(2) + letters(14, generator, alphanumeric),
        *(lambda size=size: letters(size, generator, alphanumeric) for size in (10, 16, 22)),
        lambda: letters(18, generator, string.ascii_letters + string.digits),
    ]
    return makers


def test_made_up_numbers_are_loaded(workspace, tmp_path):
    """Of 100,000 each, below one in a thousand is taken for an identifier."""
    makers = made_up_numbers(random.Random(13))
    values = [makers[place % len(makers)]() for place in range(100_000)]
    changes = [
        {"customer_id": value, "branch": values[-place]} for place, value in enumerate(values)
    ]
    run = load(workspace, tmp_path / "own_files", changes)
    assert run.succeeded, run.output
    for column in ("customer_id", "attribute_1"):
        found = loaded(workspace, column)
        taken = Counter(found[found.str.startswith("[")])
        assert taken.total() < 100, (column, taken)


@pytest.mark.slow
def test_made_up_numbers_are_loaded_from_a_small_file(workspace, tmp_path):
    """Fifty rows, in which a column for each shape has fifty values to be judged by."""
    makers = made_up_numbers(random.Random(50))
    columns = [f"code {place}" for place in range(len(makers))]
    changes = [
        {name: maker() for name, maker in zip(columns, makers, strict=True)} for _ in range(50)
    ]
    run = load(workspace, tmp_path / "own_files", changes, passed=columns)
    assert run.succeeded, run.output
    taken = {
        name: values[values.str.startswith("[")].tolist()
        for place, name in enumerate(columns, 1)
        if (values := loaded(workspace, f"attribute_{place}")).str.startswith("[").any()
    }
    assert sum(map(len, taken.values())) < 50 * len(columns) / 1000, taken


def cards(count, wrong):
    """Different numbers of cards, some with a wrong check digit."""
    numbers = [f"41111111{place:07}" for place in range(count)]
    return [
        body + str((int(luhn.calc_check_digit(body)) + (place < wrong)) % 10)
        for place, body in enumerate(numbers)
    ]


def test_a_column_of_cards_is_refused_by_name(workspace, tmp_path):
    changes = [{"customer_id": card} for card in cards(200, wrong=8)]
    build = ("build", "--select", "+base_customers__examined")
    run = load(workspace, tmp_path / "own_files", changes, command=build)
    assert_one_sentence(
        run,
        r"Of 200 rows of the input 'customers', 200 had to be rejected .* customer_id looks like a "
        r"card number, which is never loaded, first in row 2 .*\. Replace such values by numbers "
        r"of your own before the export, or name the column in trusted_columns\.customers "
        r"\('customer_id'\) if its values are numbers of your own that only look like that\.",
    )
    assert set(loaded(workspace, "customer_id")) == {"[a card number]"}

    # a wrong digit in every sixth is more than people mistype
    changes = [{"customer_id": card} for card in cards(200, wrong=33)]
    run = load(workspace, tmp_path / "own_files", changes)
    assert run.succeeded, run.output
    assert not loaded(workspace, "customer_id").str.startswith("[").any()


def test_a_few_are_found_among_many_texts_that_are_read_in_place(workspace, tmp_path):
    """Most shapes are told by a part of the rows; what has another one is looked at as ever."""
    changes = [
        {"customer_id": f"70{place:012}", "branch": f"AB-{place:06}/7890 q"}
        for place in range(20_000)
    ]
    planted = [*cards(12, wrong=0), "nick@bank.example", "4111 1111 1111 1111"]
    for place, text in enumerate(planted):
        changes[1_300 * place]["branch"] = text
    run = load(
        workspace,
        tmp_path / "own_files",
        changes,
        command=("build", "--exclude-resource-type", "test", "unit_test", "--select")
        + ("+stg_customers__customers",),
        in_place=True,
    )
    assert run.succeeded, run.output
    kept = workspace.query(
        "select customer_id, attribute_1 from staging.stg_customers__customers order by customer_id"
    )
    assert kept["customer_id"].tolist() == [one["customer_id"] for one in changes]
    expected = [one["branch"] for one in changes]
    for place, text in enumerate(planted):
        expected[1_300 * place] = "[an e-mail address]" if "@" in text else "[a card number]"
    assert kept["attribute_1"].tolist() == expected


@pytest.mark.slow
def test_a_passed_column_of_cards_is_refused_by_name(workspace, tmp_path):
    changes = [{"branch": card} for card in cards(30, wrong=0)]
    run = load(workspace, tmp_path / "own_files", changes)
    assert_one_sentence(
        run,
        r"The variable pass_through\.customers names 'branch', but most of its values look like "
        r"identifiers of persons \(a card number\), which are never loaded\. Take it out, or name "
        r"the column in trusted_columns\.customers \('branch'\) if",
    )
    run = load(
        workspace, tmp_path / "own_files", changes, trusted_columns={"customers": ["branch"]}
    )
    assert run.succeeded, run.output
    assert loaded(workspace, "attribute_1").tolist() == cards(30, wrong=0)


@pytest.mark.slow
def test_cards_in_events_are_refused_and_make_nobody_one(workspace, tmp_path):
    """Where an identifier is needed its row is rejected; where it is not, the row stays one."""
    files = {
        "card_accounts": ["account_id,customer_id", "A-1,C-1", "4111111111111111,C-2"],
        "card_statements": [
            "account_id,customer_id,statement_date,closing_balance",
            "A-1,C-1,2023-05-31,10",
            "4111111111111111,C-2,2023-05-31,20",
            "5500005555555559,C-3,2023-05-31,30",
            "A-4,4012888888881881,2023-05-31,40",
        ],
        "service_contacts": [
            "contact_id,customer_id,channel,contacted_at",
            "4111111111111111,C-1,call,2023-05-02",
            "5500005555555559,C-1,call,2023-05-03",
            "K-3,4012888888881881,call,2023-05-04",
            "K-4,4222222222222,call,2023-05-04",
        ],
    }
    for name, rows in files.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(rows) + "\n")
    run = workspace.dbt(
        *("build", "--exclude-resource-type", "test", "unit_test"),
        *("--select", "+int_input_rejects", "stg_card_statements__card_statements"),
        "stg_service_contacts__service_contacts",
        enabled_inputs=list(files),
        input_dir=str(tmp_path),
        maximum_reject_share=0.5,
    )
    assert run.succeeded, run.output
    rejects = workspace.query(
        "select input_name, source_row, column_name, reject_reason "
        "from intermediate.int_input_rejects order by input_name, source_row"
    ).to_numpy()
    reason = "looks like a card number, which is never loaded"
    assert rejects.tolist() == [
        ["card_accounts", 3, "account_id", reason],
        ["card_statements", 3, "account_id", reason],
        ["card_statements", 4, "account_id", reason],
        ["service_contacts", 4, "customer_id", reason],
        ["service_contacts", 5, "customer_id", reason],
    ]
    statements = workspace.query(
        "select account_id, customer_id from staging.stg_card_statements__card_statements "
        "order by account_id"
    )
    assert statements.fillna("nobody").to_numpy().tolist() == [["A-1", "C-1"], ["A-4", "nobody"]]
    contacts = workspace.query(
        "select contact_id, customer_id from staging.stg_service_contacts__service_contacts"
    )
    assert contacts.fillna("none").to_numpy().tolist() == [["none", "C-1"]] * 2
    content = workspace.warehouse.read_bytes()
    assert not [one for one in (b"41111111", b"55000055", b"40128888") if one in content]


def test_notes_are_judged_by_the_whole_of_them(workspace, tmp_path):
    """Twenty begin alike, and two of them end with something else."""
    notes = [
        f"Customer asked on Monday about the fee of the card, ticket {n:08}" for n in range(20)
    ]
    notes[7:9] = [
        f"{note}, or 4111 1111 1111 111{end}" for note, end in zip(notes[7:9], "12", strict=True)
    ]
    run = load(workspace, tmp_path / "own_files", [{"branch": note} for note in notes])
    assert run.succeeded, run.output
    notes[7] = "[a card number]"
    assert loaded(workspace, "attribute_1").tolist() == notes


def test_numbers_may_hold_identifiers_too(workspace, tmp_path):
    incomes = ["4111 1111 1111 1111", "+91 98765 43210", "98,765.43", "9 876 543 210", "987654321"]
    run = load(workspace, tmp_path / "own_files", [{"avg_income": income} for income in incomes])
    assert run.succeeded, run.output
    marks = ["[a card number]", "[a telephone number]"]
    assert loaded(workspace, "avg_income").tolist() == [*marks, *incomes[2:]]
