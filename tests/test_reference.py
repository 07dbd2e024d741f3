"""Working days: the vectors of the domain notes, two independent packages, the files' strictness, and properties."""

from __future__ import annotations

import json
import pickle
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import data_root
from checker.errors import NormcheckError, ReferenceDataError, UnknownCalendar
from checker.reference import Calendar, load_reference

NINGXIA = "宁夏回族自治区"
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_reference().calendar


def iso(text: str) -> date:
    match = DATE.search(text)
    assert match, text
    return date(*map(int, match.groups()))


# ------------------------------------------------------------------ the vectors of the domain notes, section 6.5

NTH = [  # start, 5th, 7th, 15th working day
    ("2023-04-27", "2023-05-08", "2023-05-10", "2023-05-22"),
    ("2023-09-27", "2023-10-10", "2023-10-12", "2023-10-24"),
    ("2024-02-07", "2024-02-20", "2024-02-22", "2024-03-05"),
    ("2024-09-13", "2024-09-23", "2024-09-25", "2024-10-11"),
    ("2025-01-24", "2025-02-07", "2025-02-10", "2025-02-20"),
    ("2026-02-12", "2026-02-26", "2026-02-28", "2026-03-11"),
    ("2020-01-22", "2020-02-06", "2020-02-10", "2020-02-20"),
    ("2022-12-30", "2023-01-09", "2023-01-11", "2023-01-28"),
]
LOCAL = [  # start, 7th working day of the country, of Ningxia
    ("2021-05-10", "2021-05-19", "2021-05-21"),
    ("2021-07-15", "2021-07-26", "2021-07-28"),
    ("2020-05-21", "2020-06-01", "2020-06-03"),
    ("2022-07-07", "2022-07-18", "2022-07-20"),
    ("2019-08-08", "2019-08-19", "2019-08-21"),
]
WINDOWS = [  # published, closes, days without and with the first, working days without and with, Monday to Friday with
    ("2023-04-27", "2023-05-10", 13, 14, 7, 8, 9),
    ("2023-04-28", "2023-05-09", 11, 12, 5, 6, 7),
    ("2023-09-27", "2023-10-11", 14, 15, 6, 7, 10),
    ("2023-09-27", "2023-10-12", 15, 16, 7, 8, 11),
    ("2022-09-29", "2022-10-12", 13, 14, 6, 7, 9),
    ("2025-01-24", "2025-02-09", 16, 17, 6, 7, 10),
    ("2026-02-13", "2026-03-03", 18, 19, 8, 9, 12),
    ("2021-09-17", "2021-09-30", 13, 14, 9, 10, 9),
    ("2023-05-05", "2023-06-03", 29, 30, 21, 22, 20),
    ("2023-05-05", "2023-06-04", 30, 31, 21, 22, 20),
]
FILING = [  # published, then +15, +20, +30 days each with what it rolls forward to, 15th working day
    ("2023-07-17", "2023-08-01", "2023-08-01", "2023-08-06", "2023-08-07", "2023-08-16", "2023-08-16", "2023-08-07"),
    ("2023-01-06", "2023-01-21", "2023-01-28", "2023-01-26", "2023-01-28", "2023-02-05", "2023-02-06", "2023-02-01"),
    ("2022-12-23", "2023-01-07", "2023-01-09", "2023-01-12", "2023-01-12", "2023-01-22", "2023-01-28", "2023-01-16"),
    ("2025-01-03", "2025-01-18", "2025-01-20", "2025-01-23", "2025-01-23", "2025-02-02", "2025-02-05", "2025-01-24"),
    ("2024-09-05", "2024-09-20", "2024-09-20", "2024-09-25", "2024-09-25", "2024-10-05", "2024-10-08", "2024-09-27"),
    ("2024-01-10", "2024-01-25", "2024-01-25", "2024-01-30", "2024-01-30", "2024-02-09", "2024-02-09", "2024-01-31"),
]
EFFECT = [  # published, 30th day, first day of effect when "30 days later" is taken strictly
    ("2023-07-17", "2023-08-16", "2023-08-17"),
    ("2021-02-22", "2021-03-24", "2021-03-25"),
    ("2024-08-30", "2024-09-29", "2024-09-30"),
    ("2025-04-20", "2025-05-20", "2025-05-21"),
]


@pytest.mark.parametrize("row", NTH)
def test_nth_working_day(calendar: Calendar, row: tuple[str, ...]) -> None:
    start = iso(row[0])
    assert [calendar.add(start, n) for n in (5, 7, 15)] == [iso(text) for text in row[1:]]


@pytest.mark.parametrize(("start", "country", "ningxia"), LOCAL)
def test_local_holidays_of_ningxia(calendar: Calendar, start: str, country: str, ningxia: str) -> None:
    assert calendar.add(iso(start), 7) == iso(country)
    assert calendar.add(iso(start), 7, NINGXIA) == iso(ningxia)
    count = calendar.count(iso(start), iso(ningxia), NINGXIA)
    assert (len(count.days), count.possible_local, count.notes) == (7, 0, ())


@pytest.mark.parametrize("row", WINDOWS)
def test_comment_windows(calendar: Calendar, row: tuple[str, str, int, int, int, int, int]) -> None:
    start, end = iso(row[0]), iso(row[1])
    before = start - timedelta(1)
    assert ((end - start).days, (end - before).days) == row[2:4]
    assert (len(calendar.count(start, end).days), len(calendar.count(before, end).days)) == row[4:6]
    assert sum((start + timedelta(n)).weekday() < 5 for n in range(1, (end - start).days + 1)) in {row[6], row[6] - 1}


@pytest.mark.parametrize("row", FILING)
def test_filing_deadlines(calendar: Calendar, row: tuple[str, ...]) -> None:
    published = iso(row[0])
    for days, plain, rolled in ((15, row[1], row[2]), (20, row[3], row[4]), (30, row[5], row[6])):
        assert published + timedelta(days) == iso(plain)
        assert calendar.roll_forward(iso(plain)) == iso(rolled)
    assert calendar.add(published, 15) == iso(row[7])


@pytest.mark.parametrize(("published", "thirtieth", "strict"), EFFECT)
def test_thirty_days_are_natural_days(published: str, thirtieth: str, strict: str) -> None:
    assert iso(published) + timedelta(30) == iso(thirtieth)
    assert iso(published) + timedelta(31) == iso(strict)


def test_the_vectors_are_those_of_the_domain_notes(shared: Path) -> None:
    """Every row of every table of section 6.5 stands in the lists above."""
    text = (shared / "domain" / "legal-basis.md").read_text(encoding="utf-8")
    section = text.split("### 6.5", 1)[1].split("### 6.6", 1)[0]
    rows = [tuple(DATE.findall(line)) for line in section.splitlines() if DATE.match(line.removeprefix("| "))]
    ours = [
        tuple(match for cell in row for match in DATE.findall(str(cell)))
        for row in (*NTH, *LOCAL, *WINDOWS, *FILING, *EFFECT)
    ]
    noted = [row[: len(mine)] for row, mine in zip(rows, ours, strict=True)]
    assert noted == ours


# ------------------------------------------------------------------ agreement with others


def test_agrees_with_chinesecalendar_but_for_one_day(calendar: Calendar) -> None:
    import chinese_calendar

    days = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    differing = [day for day in days if calendar.is_workday(day) is not chinese_calendar.is_workday(day)]
    assert differing == [date(2005, 12, 31)]  # 国办发明电〔2005〕35号: 12月31日（星期六）上班


def test_agrees_with_holidays(calendar: Calendar) -> None:
    import holidays

    second = holidays.country_holidays("CN", years=range(2004, 2027))
    days = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    assert [day for day in days if calendar.is_workday(day) is not second.is_working_day(day)] == []


def test_agrees_with_the_announced_days(calendar: Calendar, shared: Path) -> None:
    """2017–2026, day by day, in both directions: what is announced, and nothing else."""
    announced: dict[date, bool] = {}
    for file in sorted((shared / "domain" / "holidays").glob("20??.json")):
        for entry in json.loads(file.read_text(encoding="utf-8"))["days"]:
            announced[date.fromisoformat(entry["date"])] = not entry["isOffDay"]
    day = date(2017, 1, 1)
    while day <= LAST:
        assert calendar.is_workday(day) is announced.get(day, day.weekday() < 5), day
        day += timedelta(1)


def test_ningxia_has_the_recorded_days(calendar: Calendar, shared: Path) -> None:
    local = json.loads((shared / "domain" / "holidays" / "ningxia_local_2019_2022.json").read_text(encoding="utf-8"))
    days = [date(2019, 1, 1) + timedelta(n) for n in range((date(2022, 12, 31) - date(2019, 1, 1)).days + 1)]
    differing = [day for day in days if calendar.is_workday(day) is not calendar.is_workday(day, NINGXIA)]
    assert differing == [date.fromisoformat(day) for day in local]


def test_working_days_of_a_year(calendar: Calendar) -> None:
    counted = [len(calendar.count(date(y - 1, 12, 31), date(y, 12, 31)).days) for y in range(2019, 2027)]
    assert counted == [250, 249, 250, 249, 249, 251, 248, 248]


# ------------------------------------------------------------------ what is not known


def test_unknown_year_is_named_with_the_way_to_add_it(calendar: Calendar) -> None:
    assert calendar.until == LAST
    for ask in (
        lambda: calendar.is_workday(date(2027, 1, 4)),
        lambda: calendar.count(date(2026, 12, 30), date(2027, 1, 4)),
        lambda: calendar.add(date(2026, 12, 30), 10),
        lambda: calendar.count(date(2003, 12, 30), date(2004, 1, 10)),
    ):
        with pytest.raises(UnknownCalendar, match=r"20(27|03)年") as caught:
            ask()
        assert "[calendar] files" in caught.value.next


def test_only_the_years_of_counted_days_are_needed(calendar: Calendar) -> None:
    assert len(calendar.count(date(2003, 12, 31), date(2004, 1, 2)).days) == 1
    assert calendar.add(date(2026, 12, 30), 1) == date(2026, 12, 31)
    assert calendar.count(date(2027, 1, 5), date(2027, 1, 5)).days == ()


def test_unrecorded_local_holidays_are_bounded(calendar: Calendar) -> None:
    """2024: 开斋节 about 10 April, 古尔邦节 about 17 June."""
    april = calendar.count(date(2024, 4, 1), date(2024, 4, 30), NINGXIA)
    assert april.possible_local == 3
    assert "开斋节" in april.notes[0]
    assert "古尔邦节" not in april.notes[0]
    assert "2024年" in april.notes[0]
    assert calendar.count(date(2024, 4, 1), date(2024, 4, 30)).possible_local == 0
    assert calendar.count(date(2024, 10, 1), date(2024, 12, 31), NINGXIA).possible_local == 0
    assert calendar.count(date(2023, 12, 31), date(2024, 12, 31), NINGXIA).possible_local == 6
    assert calendar.count(date(2024, 4, 9), date(2024, 4, 10), NINGXIA).possible_local == 1
    assert calendar.count(date(2024, 4, 1), date(2024, 4, 30), "山西省").possible_local == 0
    assert calendar.count(date(2024, 3, 1), date(2024, 4, 30), "广西壮族自治区").possible_local == 3
    assert calendar.count(date(2013, 3, 1), date(2013, 4, 30), "广西壮族自治区").possible_local == 0


def test_windows_hold_the_days_that_were_kept(calendar: Calendar) -> None:
    """The intervals of 开斋节 and 古尔邦节 against recorded days: Ningxia 2019–2022, Xinjiang 2005."""
    kept = [date(2005, 1, 21), date(2005, 1, 25)]
    kept += [day for (place, _), table in calendar._local.items() if place == NINGXIA for day in table.off]
    for day in kept:
        intervals = [each for festival in calendar._festivals[:2] for each in festival.times(day.year, day.year)]
        assert any(first <= day <= last for first, last in intervals), day


# ------------------------------------------------------------------ files of an office

YEAR_2027 = '[[year]]\nyear = 2027\nsource = ["通知"]\noff = ["2027-01-01/2027-01-03"]\nwork = ["2027-01-09"]\n'


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "holidays-2027.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_office_adds_a_year(tmp_path: Path) -> None:
    calendar = load_reference([own(tmp_path, YEAR_2027)]).calendar
    assert calendar.until == date(2027, 12, 31)
    assert calendar.add(date(2026, 12, 31), 6) == date(2027, 1, 9)
    assert load_reference().calendar.until == LAST


def test_an_office_adds_its_place(tmp_path: Path) -> None:
    text = f'[[year]]\nplace = "{NINGXIA}"\nyear = 2024\nsource = ["通知"]\noff = [2024-04-10]\n'
    calendar = load_reference([own(tmp_path, text)]).calendar
    count = calendar.count(date(2024, 4, 1), date(2024, 4, 30), NINGXIA)
    assert (len(count.days), count.possible_local) == (20, 0)


def test_own_files_replace_shipped_years(tmp_path: Path) -> None:
    text = '[[year]]\nyear = 2026\nsource = ["通知"]\noff = ["2026-03-02"]\n'
    calendar = load_reference([own(tmp_path, text)]).calendar
    assert not calendar.is_workday(date(2026, 3, 2))
    assert calendar.is_workday(date(2026, 1, 1))


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = own(tmp_path, YEAR_2027)
    assert load_reference([path]).calendar.is_workday(date(2027, 1, 9))
    path.write_text(YEAR_2027.replace('"2027-01-09"', '"2027-01-10"'), encoding="utf-8")
    import os

    os.utime(path, ns=(1, 1))
    assert not load_reference([path]).calendar.is_workday(date(2027, 1, 9))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (YEAR_2027.replace("work =", "works ="), "works"),
        (YEAR_2027.replace("2027-01-09", "2027-02-30"), "work"),
        (YEAR_2027.replace("2027-01-09", "2027-01-02"), "work"),  # off and on
        (YEAR_2027.replace("2027-01-09", "2027-01-11"), "work"),  # a Monday
        (YEAR_2027.replace("2027-01-09", "2028-01-08"), "work"),  # of another year
        (YEAR_2027.replace("01-01/2027-01-03", "01-03/2027-01-01"), "off"),
        (YEAR_2027.replace("2027-01-01/2027-01-03", "20270101"), "off"),
        (YEAR_2027.replace('"2027-01-01/2027-01-03"', '"2027-01-01/2027-01-03", "2027-01-02"'), "off"),
        (YEAR_2027.replace('["2027-01-01/2027-01-03"]', '"2027-01-01"'), "off"),
        (YEAR_2027.replace('["2027-01-01/2027-01-03"]', "[]"), "off"),
        (YEAR_2027.replace('source = ["通知"]\n', ""), "source"),
        (YEAR_2027.replace("year = 2027", 'year = "2027"'), "year"),
        (YEAR_2027 + 'place = "宁夏"\n', "place"),
        (YEAR_2027 + YEAR_2027, "第2个 [[year]]"),
        ("years = []\n", "years"),
        ("[year]\nyear = 2027\n", "year"),
        ('[[festival]]\nname = "节"\nplaces = ["宁夏回族自治区"]\ndays = 0\n', "days"),
        ('[[festival]]\nname = "节"\nplaces = ["宁夏回族自治区"]\ndays = 1\nwithin = ["13-01/13-02"]\n', "within"),
        ('[[festival]]\nname = "节"\nplaces = []\ndays = 1\n', "places"),
        ("year = [\n", "holidays-2027.toml"),
    ],
)
def test_faults_name_file_and_key(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(ReferenceDataError) as caught:
        load_reference([own(tmp_path, text)])
    assert "holidays-2027.toml" in caught.value.where
    assert where in caught.value.where


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match=r"absent\.toml"):
        load_reference([tmp_path / "absent.toml"])


def test_every_shipped_file_is_a_year_a_place_or_the_festivals() -> None:
    names = {path.stem for path in (data_root() / "corpora" / "calendars").glob("*.toml")}
    assert names == {str(year) for year in range(2004, 2027)} | {"festivals", "ningxia"}


def test_the_calendar_can_be_sent_to_a_worker(calendar: Calendar) -> None:
    again = pickle.loads(pickle.dumps(calendar))
    assert again == calendar


def test_an_error_can_be_sent_too() -> None:
    error = UnknownCalendar("没有2027年的放假安排。", next="补充")
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, NormcheckError)
    assert str(again) == str(error)


# ------------------------------------------------------------------ properties

days_ = st.dates(min_value=FIRST, max_value=LAST - timedelta(60))
places_ = st.sampled_from([None, NINGXIA, "新疆维吾尔自治区", "北京市"])


@given(days_, st.integers(0, 400), st.integers(0, 400), places_)
@settings(max_examples=150, deadline=None)
def test_counts_of_adjacent_intervals_add_up(start: date, a: int, b: int, place: str | None) -> None:
    calendar = load_reference().calendar
    middle = min(start + timedelta(a), LAST)
    end = min(middle + timedelta(b), LAST)
    first, second, whole = (
        calendar.count(start, middle, place),
        calendar.count(middle, end, place),
        calendar.count(start, end, place),
    )
    assert first.days + second.days == whole.days
    assert whole.possible_local <= first.possible_local + second.possible_local
    assert whole.possible_local >= max(first.possible_local, second.possible_local)
    assert whole.days == tuple(sorted(set(whole.days)))


@given(days_, st.integers(0, 30), places_)
@settings(max_examples=150, deadline=None)
def test_add_and_count_are_inverse(start: date, n: int, place: str | None) -> None:
    calendar = load_reference().calendar
    end = calendar.add(start, n, place)
    assert len(calendar.count(start, end, place).days) == n
    if n:
        assert calendar.is_workday(end, place)
        assert calendar.add(start, n - 1, place) < end
    assert calendar.add(calendar.add(start, n // 2, place), n - n // 2, place) == end


@given(days_, places_)
@settings(max_examples=150, deadline=None)
def test_roll_forward_is_idempotent_and_nearest(day: date, place: str | None) -> None:
    calendar = load_reference().calendar
    rolled = calendar.roll_forward(day, place)
    assert calendar.roll_forward(rolled, place) == rolled
    assert calendar.is_workday(rolled, place)
    assert rolled == calendar.add(day - timedelta(1), 1, place)


@given(days_, days_)
@settings(max_examples=100, deadline=None)
def test_backward_intervals_are_empty(a: date, b: date) -> None:
    count = load_reference().calendar.count(max(a, b), min(a, b))
    assert count.days == ()


@given(days_, st.integers(0, 60), places_)
@settings(max_examples=100, deadline=None)
def test_counts_grow_with_the_interval(start: date, n: int, place: str | None) -> None:
    calendar = load_reference().calendar
    shorter, longer = start + timedelta(n), start + timedelta(n + 1)
    grown = len(calendar.count(start, min(longer, LAST), place).days) - len(calendar.count(start, shorter, place).days)
    assert grown in {0, 1}
