"""Writes the year files and festivals.toml of this folder anew: python corpora/calendars/make_calendars.py

The days come from two independent packages, chinesecalendar and holidays, which must agree on every day; where they do
not, the wording of the notice decides and the day stands in DECIDED with its reason. README.md says what each rests on.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays

FIRST, LAST = 2004, 2026
GAZETTE = "https://www.gov.cn/gongbao/content/"
NOTICES = "https://www.gov.cn/zhengce/zhengceku/"
WIKI = "https://zh.wikisource.org/wiki/国务院办公厅关于{year}年部分节假日安排的通知"

# Year of the arrangement: number of the notice where a text that carries it was read (else ""), address of the text.
NOTICE: dict[int, tuple[str, str]] = {
    2004: ("", WIKI.format(year=2004)),
    2005: ("", WIKI.format(year=2005)),
    2006: ("国办发明电〔2005〕35号", WIKI.format(year=2006)),
    2007: ("国办发明电〔2006〕49号", GAZETTE + "2007/content_503397.htm"),
    2008: ("", GAZETTE + "2008/content_859870.htm"),
    2009: ("", GAZETTE + "2008/content_1175823.htm"),
    2010: ("国办发明电〔2009〕27号", GAZETTE + "2009/content_1487011.htm"),
    2011: ("国办发明电〔2010〕40号", GAZETTE + "2010/content_1765282.htm"),
    2012: ("国办发明电〔2011〕45号", GAZETTE + "2011/content_2020918.htm"),
    2013: ("国办发明电〔2012〕33号", GAZETTE + "2012/content_2292057.htm"),
    2014: ("", GAZETTE + "2014/content_2561299.htm"),
    2015: ("", GAZETTE + "2015/content_2799019.htm"),
    2016: ("", GAZETTE + "2016/content_2979719.htm"),
    2017: ("", NOTICES + "2016-12/01/content_5141603.htm"),
    2018: ("", NOTICES + "2017-11/30/content_5243579.htm"),
    2019: ("国办发明电〔2018〕15号", NOTICES + "2018-12/06/content_5346276.htm"),
    2020: ("国办发明电〔2019〕16号", NOTICES + "2019-11/21/content_5454164.htm"),
    2021: ("国办发明电〔2020〕27号", NOTICES + "2020-11/25/content_5564127.htm"),
    2022: ("", NOTICES + "2021-10/25/content_5644835.htm"),
    2023: ("", NOTICES + "2022-12/08/content_5730844.htm"),
    2024: ("", NOTICES + "202310/content_6911528.htm"),
    2025: ("", NOTICES + "202411/content_6986383.htm"),
    2026: ("国办发明电〔2025〕7号", NOTICES + "202511/content_7047091.htm"),
}
# Arrangements beside the yearly notice.
FURTHER: dict[int, tuple[str, ...]] = {
    2015: (
        "国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知（9月3日至5日放假，9月6日上班）",
    ),
    2019: (f"国务院办公厅关于调整2019年劳动节假期安排的通知 {NOTICES}2019-03/22/content_5375877.htm",),
    2020: (
        f"国务院办公厅关于延长2020年春节假期的通知（国办发明电〔2020〕1号） {NOTICES}2020-01/27/content_5472352.htm",
    ),
}
# Years whose last days are (also) arranged by the notice of the following year.
SPILLS = frozenset({2005, 2006, 2007, 2011, 2018, 2022})
# Working day or not, where the two packages differ: the notice for 2006 makes this Saturday a working day.
DECIDED: dict[date, bool] = {date(2005, 12, 31): True}

# Festivals on which places have public holidays of their own: places, first year (0: always), most days off, when.
# "开斋节" and "古尔邦节" move through the year: tabular Islamic date (month, day), with a margin on both sides.
LUNAR_MARGIN = (timedelta(7), timedelta(10))
MOVING: dict[str, tuple[int, int]] = {"开斋节": (10, 1), "古尔邦节": (12, 10)}
SEASONAL: tuple[tuple[str, str, int, int, str], ...] = (
    ("西藏自治区", "藏历新年", 0, 5, "01-20/03-25"),
    ("西藏自治区", "百万农奴解放纪念日", 2009, 3, "03-20/04-05"),
    ("西藏自治区", "萨嘎达瓦节", 0, 3, "05-10/07-05"),
    ("西藏自治区", "雪顿节", 0, 5, "07-20/09-25"),
    ("广西壮族自治区", "壮族三月三", 2014, 3, "03-15/05-05"),
)


def working(day: date, second: holidays.HolidayBase) -> bool:
    """Whether the offices work on `day`; both packages must say so."""
    if day in DECIDED:
        return DECIDED[day]
    answer: bool = chinese_calendar.is_workday(day)
    if answer is not second.is_working_day(day):
        raise SystemExit(f"the packages differ on {day}: read the notice and put the day into DECIDED")
    return answer


def spans(off: list[date], free: frozenset[date]) -> list[str]:
    """`off` as days and intervals; an interval may run over free weekend days between two days off."""
    runs: list[list[date]] = []
    for day in off:
        gap = [runs[-1][1] + timedelta(n) for n in range(1, (day - runs[-1][1]).days)] if runs else []
        if runs and all(between in free for between in gap):
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return [f"{a}" if a == b else f"{a}/{b}" for a, b in runs]


def source(year: int) -> list[str]:
    """The notices that `year` rests on, as far as they are known by title, number and address."""
    found = []
    for arranged in (year, year + 1) if year in SPILLS else (year,):
        number, address = NOTICE[arranged]
        found.append(
            f"国务院办公厅关于{arranged}年部分节假日安排的通知" + (f"（{number}）" if number else "") + f" {address}"
        )
        found.extend(FURTHER.get(arranged, ()) if arranged == year else ())
    return found


def year_file(year: int, second: holidays.HolidayBase) -> str:
    """The text of one year's file."""
    days = [date(year, 1, 1) + timedelta(n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    works = {day: working(day, second) for day in days}
    named = {day for day in days if day in chinese_calendar.holidays}
    off = [day for day in days if not works[day] and (day.weekday() < 5 or day in named)]
    work = [day for day in days if works[day] and day.weekday() >= 5]
    free = frozenset(day for day in days if not works[day])
    lines = [f"# {year}年放假和调休。各项的含义见 README.md。", "", "[[year]]", f"year = {year}"]
    for key, values in (("source", source(year)), ("off", spans(off, free)), ("work", [str(day) for day in work])):
        if key == "source":
            lines += [f"{key} = [", *(f'    "{value}",' for value in values), "]"]
        else:
            lines.append(f"{key} = [" + ", ".join(f'"{value}"' for value in values) + "]")
    return "\n".join(lines) + "\n"


def tabular(year: int, month: int, day: int) -> date:
    """The day of the arithmetical Islamic calendar (civil epoch), within a day or two of the observed one."""
    days = day + -(-(59 * (month - 1)) // 2) + (year - 1) * 354 + (3 + 11 * year) // 30
    return date.fromordinal(days + 227014)


def festivals_file() -> str:
    """The text of festivals.toml."""
    lines = ["# 有本地法定假日的地方：节日、一次最多放几个工作日、可能落在哪些日子。各项的含义见 README.md。"]
    for name, (month, day) in MOVING.items():
        near = [tabular(year, month, day) for year in range(1424, 1464)]
        windows = [f"{d - LUNAR_MARGIN[0]}/{d + LUNAR_MARGIN[1]}" for d in near if FIRST <= d.year <= LAST + 10]
        lines += [
            "",
            "[[festival]]",
            f'name = "{name}"',
            'places = ["宁夏回族自治区", "新疆维吾尔自治区"]',
            "days = 3",
            "# 列表历推算的日子，前放宽7日、后放宽10日；每个区间是一次过节。",
            "within = [",
            *(f'    "{window}",' for window in windows),
            "]",
        ]
    for place, name, since, most, window in SEASONAL:
        lines += ["", "[[festival]]", f'name = "{name}"', f'places = ["{place}"]', f"days = {most}"]
        lines += [f"since = {since}"] * bool(since) + [f'within = ["{window}"]']
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes one file a year, and the festivals, beside this script."""
    (Path(__file__).parent / "festivals.toml").write_text(festivals_file(), encoding="utf-8")
    second = holidays.country_holidays("CN", years=range(FIRST, LAST + 1))
    for year in range(FIRST, LAST + 1):
        (Path(__file__).parent / f"{year}.toml").write_text(year_file(year, second), encoding="utf-8")


if __name__ == "__main__":
    main()
