"""The law library: full texts that an office brings, by title and article, by date, and by words.

    import_folder(Path("laws"), Path("normcheck-laws.sqlite"))
    with Library.open(Path("normcheck-laws.sqlite")) as library: …

One SQLite file, nothing fetched. jieba is imported by the first import or search, not by `Library.article`.
"""

from checker.lawlib.importing import Imported, Skipped, import_folder
from checker.lawlib.library import Hit, Library, Version

__all__ = ["Hit", "Imported", "Library", "Skipped", "Version", "import_folder"]
