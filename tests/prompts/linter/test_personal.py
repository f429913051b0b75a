"""Personal data is found and never shown; ordinary numbers are no personal data."""

import pytest

from votek.prompts.linter.personal import _found

REGIONS = ("US", "GB", "DE", "FR")

HELD = {
    "write to anna.schmidt@shop-kunde.de today": "an e-mail address (a…@….de)",
    "Mail: <j.o'neil+news@mail.example.co.uk>, thanks": "an e-mail address (j…@….uk)",
    "用户 li@例子.中国 写道": "an e-mail address (l…@….中国)",
    "call me on +49 171 2345678": "a telephone number (…78)",
    "+1 (415) 555-2671 after six": "a telephone number (…71)",
    "my number is (415) 555-2671": "a telephone number (…71)",
    "020 7946 0018 is our office": "a telephone number (…18)",
    "Rappelez le 01 42 68 53 00": "a telephone number (…00)",
    "card 4111 1111 1111 1111 was charged": "a card number (…1111)",
    "5555555555554444": "a card number (…4444)",
    "378282246310005 (amex)": "a card number (…0005)",
    "3782-822463-10005": "a card number (…0005)",
}

HARMLESS = [
    "Order 4021 8837 1120", "Order #202-5521987-3310012", "order no. 20240312-0017", "2024-05-03 10:30:00",
    "from 12.03.2024 to 13.03.2024", "12/03/2024 - 14/03/2024", "1,299.00 and 12 345 678,90 €", "1.000.000.000",
    "version 10.15.7.19042", "192.168.100.200", "ISBN 978-3-16-148410-0", "error 0x80070057", "pi is 3.14159265358979",
    "tracking 00340434161094042557", "4111 1111 1111 1112", "1234567890123456", "0000 0000 0000 0000", "reply @ 8pm",
    "see http://shop.example/a@b/c", "user@localhost", "@handle", "a@b", "invoice 2024-118834, customer 7766554433",
    "100 200 300 400", "1111111", "10:30-12:00", "DE89 3704 0044 0532 0130 00", "52.520008, 13.404954", "555-2671",
    "1 2 3 4 5 6 7 8 9 10", "1st 2nd 3rd", "SELECT 100 FROM t WHERE x = 2000000000", "5-7 days", "ID 9f86d081884c7d65",
    "5105-1051-0510-5100-22", "room 415 555 26", "1970 1980 1990 2000", "2023-2024: 45-50%", "0049 1187 2231 9",
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), HELD.items())
def test_personal_data_is_found_and_masked(text, said):
    assert _found(text, REGIONS) == [said]


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_numbers_are_none(text):
    assert _found(text, REGIONS) == []


def test_other_regions_can_be_asked_for():
    text = "ring 044 668 18 00"
    assert _found(text, ("US",)) == []
    assert _found(text, ("CH",)) == ["a telephone number (…00)"]


def test_no_report_shows_the_whole_value(case):
    secrets = ("anna.schmidt@shop-kunde.de", "4111 1111 1111 1111", "+49 171 2345678")
    for at, secret in enumerate(secrets):
        case.change(at, text=f"It is {secret} ", value=f"{secret} ")
    case.queries[0] = type(case.queries[0])("q0", f"Mine is {secrets[0]}", fields={"channel": secrets[2]})
    case.set(instruction=f"Ask {secrets[0]}.")
    report = case.report()
    found = {(finding.about, finding.item) for finding in report.of("personal-data")}
    assert found == {("text", "p0"), ("text", "p1"), ("text", "p2"), ("test item", "q0"), ("settings", "instruction")}
    words = " ".join(finding.reason + finding.fix for finding in report.findings)
    assert not any(secret in words for secret in secrets)
