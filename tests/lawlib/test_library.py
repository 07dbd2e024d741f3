"""Import, search and look-up, with everything that may be wrong with a folder or a library."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from checker.errors import UsageError
from checker.lawlib import Library, import_folder, importing
from checker.lawlib.library import SCHEMA, Writer

OLD = "# 集市管理条例\n\n2018年1月5日 通过\n\n第一条 摊位收费十元。\n\n第二条 本条例自2018年3月1日起施行。\n"
NEW = "# 集市管理条例\n\n2018年1月5日 通过\n\n2023年4月6日 修订\n\n第一条 摊位不收费，禁止占道经营。\n\n第二条 本条例自2023年6月1日起施行。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "laws"
    folder.mkdir()
    (folder / "a旧.md").write_text(OLD, encoding="utf-8")
    (folder / "b新.txt").write_text(NEW.replace("# ", ""), encoding="gb18030")
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite"


def test_the_version_in_force_on_a_day(folder: Path, path: Path) -> None:
    assert import_folder(folder, path).texts == 2
    with Library.open(path) as library:
        texts = [
            (found := library.article("《集市管理条例》", "第1条", day)) and found.text
            for day in (date(2018, 2, 1), date(2018, 3, 1), date(2023, 5, 31), date(2023, 6, 1), None)
        ]
        assert texts[0] is None
        assert texts[1] == texts[2] == "第一条 摊位收费十元。"
        assert texts[3] == texts[4] == "第一条 摊位不收费，禁止占道经营。"
        assert [v.since for v in library.versions("集市管理条例")] == [date(2018, 3, 1), date(2023, 6, 1)]
        assert library.article("集市管理条例", "第九条") is None
        assert library.article("别的条例", "第一条") is None


def test_search_gives_the_version_of_the_day(folder: Path, path: Path) -> None:
    import_folder(folder, path)
    with Library.open(path) as library:
        assert [hit.article.version for hit in library.search("摊位收费")] == [date(2023, 4, 6)]
        assert [hit.article.version for hit in library.search("摊位收费", as_of=date(2020, 1, 1))] == [date(2018, 1, 5)]
        assert library.search("占道")[0].snippet == "第一条 摊位不收费，禁止占道经营。"
        assert library.search('，。“" OR * :') == []
        assert library.search("沉香木雕") == []


def test_a_mixed_folder(folder: Path, path: Path) -> None:
    (folder / "c副本.md").write_text(OLD + "\n", encoding="utf-8")
    (folder / "d改动.md").write_text(OLD.replace("十元", "百元"), encoding="utf-8")
    (folder / "空.txt").write_bytes(b"")
    (folder / "坏.docx").write_bytes(b"PK\x03\x04broken")
    (folder / "图.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "乱.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "备忘.txt").write_text("周一开会\n", encoding="utf-8")
    (folder / ".隐藏.md").write_text(OLD, encoding="utf-8")
    (folder / "断链.md").symlink_to(folder / "没有.md")
    done = import_folder(folder, path)
    reasons = {skipped.name: skipped.reason for skipped in done.skipped}
    assert done.texts == 2
    assert set(reasons) == {
        "c副本.md",
        "d改动.md",
        "空.txt",
        "坏.docx",
        "图.png",
        "乱.txt",
        "备忘.txt",
        ".隐藏.md",
        "断链.md",
    }
    assert "内容相同" in reasons["c副本.md"]
    assert "内容不同" in reasons["d改动.md"]
    assert all(reasons.values())


def test_importing_again_changes_nothing(folder: Path, path: Path) -> None:
    import_folder(folder, path)
    before = path.read_bytes()
    done = import_folder(folder, path)
    assert (done.texts, done.unchanged) == (0, 2)
    assert path.read_bytes() == before


def test_a_corrected_file_replaces_what_it_said(folder: Path, path: Path) -> None:
    import_folder(folder, path)
    (folder / "a旧.md").write_text(OLD.replace("十元", "五元"), encoding="utf-8")
    assert import_folder(folder, path).texts == 1
    with Library.open(path) as library:
        found = library.article("集市管理条例", "第一条", date(2020, 1, 1))
        assert found is not None
        assert "五元" in found.text
        assert len(library.search("摊位收费", as_of=date(2020, 1, 1))) == 1
        assert library.count() == (2, 4)


def test_an_interrupted_import_has_whole_batches_and_goes_on(
    folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_BATCH_CHARACTERS", 1)

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_folder(folder, path, progress=stop)
    with Library.open(path) as library:
        assert library.count() == (1, 2)
    done = import_folder(folder, path)
    assert (done.texts, done.unchanged) == (1, 1)
    with Library.open(path) as library:
        assert library.count() == (2, 4)
        found = library.article("集市管理条例", "第一条", date(2020, 1, 1))
        assert found is not None
        assert found.until == date(2023, 6, 1)


def test_a_batch_that_fails_leaves_nothing(folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    add = Writer.add

    def failing(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise sqlite3.OperationalError("disk is full")
        add(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Writer, "add", failing)
    with pytest.raises(UsageError, match="再导入一次"):
        import_folder(folder, path)
    with Library.open(path) as library:
        assert library.count() == (0, 0)
    monkeypatch.undo()
    assert import_folder(folder, path).texts == 2


def test_killed_in_the_middle_of_a_transaction(folder: Path, path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from checker.lawlib import importing\n"
        "importing.Writer.finish = importing.Writer._order_versions = lambda self: os.kill(os.getpid(), 9)\n"
        f"importing.import_folder(Path({str(folder)!r}), Path({str(path)!r}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    with Library.open(path) as library:
        assert library.count() == (0, 0)
    assert import_folder(folder, path).texts == 2


def test_killed_before_the_words_are_counted(folder: Path, path: Path) -> None:
    code = (
        "import os; from pathlib import Path; from checker.lawlib import importing\n"
        "importing.Writer.finish = lambda self: os.kill(os.getpid(), 9)\n"
        f"importing.import_folder(Path({str(folder)!r}), Path({str(path)!r}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    with Library.open(path) as library:
        assert library.count() == (2, 4)
        assert len(library.search("摊位收费")) == 1
    assert frequent(path) == 0
    assert import_folder(folder, path).texts == 0
    assert frequent(path) > 0


def frequent(path: Path) -> int:
    """How many frequent words the library has counted."""
    with sqlite3.connect(path) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM frequent").fetchall()
    connection.close()
    return int(count)


def test_two_processes_import_at_once(folder: Path, path: Path) -> None:
    for number in range(40):
        (folder / f"{number}.md").write_text(OLD.replace("集市", f"集市{number}号"), encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from checker.errors import UsageError; from checker.lawlib import import_folder\n"
        f"try: print(import_folder(Path({str(folder)!r}), Path({str(path)!r})).texts)\n"
        "except UsageError as error: sys.exit(error.what)"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate() for process in both]
    for process, (out, err) in zip(both, said, strict=True):  # the second is told, or comes when the first has done
        assert (process.returncode, err) == (0, "") if out else "另一个导入" in err
    with Library.open(path) as library:
        assert library.count() == (42, 84)


def test_an_import_hides_nothing_from_readers(folder: Path, path: Path) -> None:
    import_folder(folder, path)
    writer = Writer(path)
    with Library.open(path) as library:
        with writer.batch():
            writer.withdraw(str((folder / "a旧.md").resolve()))
            assert library.article("集市管理条例", "1", date(2020, 1, 1)) is not None
        assert library.article("集市管理条例", "1", date(2020, 1, 1)) is None
    writer.close()


def test_two_imports_at_once(folder: Path, path: Path) -> None:
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with pytest.raises(UsageError, match="另一个导入"):
            import_folder(folder, path)
    finally:
        os.close(handle)
    assert import_folder(folder, path).texts == 2


@pytest.mark.parametrize(("version", "said"), [(SCHEMA - 1, "旧版本"), (SCHEMA + 1, "升级")])
def test_a_library_of_another_version(folder: Path, path: Path, version: int, said: str) -> None:
    import_folder(folder, path)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    for use in (lambda: Library.open(path), lambda: import_folder(folder, path)):
        with pytest.raises(UsageError, match=said) as told:
            use()
        if version < SCHEMA:
            assert f"normcheck laws import 存放法规的文件夹 --library {path}" in told.value.next


def test_no_library_and_what_is_none(folder: Path, path: Path) -> None:
    with pytest.raises(UsageError, match="laws import"):
        Library.open(path)
    path.write_text("这是一个文本文件，不是数据库。" * 50, encoding="utf-8")
    for use in (lambda: Library.open(path), lambda: import_folder(folder, path)):
        with pytest.raises(UsageError, match="不是法规库"):
            use()
    with sqlite3.connect(path.with_name("other.sqlite")) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    with pytest.raises(UsageError, match="不是法规库"):
        import_folder(folder, path.with_name("other.sqlite"))
    with pytest.raises(UsageError, match="没有这个文件夹"):
        import_folder(folder / "absent", path)


def test_parts_of_a_code_are_one_law(folder: Path, path: Path) -> None:
    for part, first in (("甲编", "一"), ("乙编", "三")):
        (folder / f"{part}.md").write_text(
            f"# 集市法典\n\n# {part}\n\n2020年1月1日 通过\n\n<!-- INFO END -->\n\n第{first}条 {part}的规定。\n",
            encoding="utf-8",
        )
    import_folder(folder, path)
    with Library.open(path) as library:
        assert [a.label for a in library.articles("集市法典")] == ["第一条", "第三条"]
        found = library.article("集市法典", "3")
        assert found is not None
        assert found.part == "乙编"


def test_jieba_is_imported_when_needed_and_writes_to_no_shared_folder(folder: Path, path: Path, tmp_path: Path) -> None:
    import_folder(folder, path)
    code = (
        "import sys; from pathlib import Path; from checker.lawlib import Library\n"
        f"library = Library.open(Path({str(path)!r})); library.article('集市管理条例', '1')\n"
        "assert 'jieba' not in sys.modules; assert library.search('占道'); assert 'jieba' in sys.modules"
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(temporary.iterdir()) == []
    assert [each.name for each in (tmp_path / "cache" / "normcheck").iterdir()] == ["jieba.cache"]
