"""The project as others receive it: the wheel, the lock, and what the files must not name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(.*)$")


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=checkout,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it; it sees the libraries of this one, and not the checkout."""
    environment = tmp_path_factory.mktemp("installed")
    venv.create(environment, symlinks=True, with_pip=False)
    python = environment / "bin" / "python"
    _run("uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--python", str(python), str(wheel))
    # .pth files in a folder that is itself named by a .pth file are not read: the editable install stays out
    _site_packages(environment).joinpath("libraries.pth").write_text(sysconfig.get_path("purelib"))
    return environment


def test_the_wheel_puts_only_its_packages_at_the_top(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        top = {name.split("/")[0] for name in archive.namelist()}

    assert {name for name in top if not name.endswith(".dist-info")} <= {"checker", "cli", "api"}


def test_the_wheel_carries_every_data_file(checkout: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    data = [
        path
        for path in _project_files(checkout)
        if path.parts[0] in {"rules", "corpora"} and path.suffix != ".py" and (checkout / path).is_file()
    ]

    assert data
    assert {f"checker/_data/{path.as_posix()}" for path in data} <= packed


def test_site_packages_holds_no_data_folder(installed: Path) -> None:
    names = {path.name for path in _site_packages(installed).iterdir()}

    assert not {"rules", "corpora", "tests"} & names


def test_the_installed_command_checks_a_document_outside_the_checkout(
    checkout: Path, installed: Path, tmp_path: Path
) -> None:
    sample = shutil.copy(checkout / "corpora" / "samples" / "effective-too-soon.html", tmp_path / "sample.html")
    where = _run(
        str(installed / "bin" / "python"),
        "-c",
        "import checker; print(checker.__file__); print(checker.data_root())",
        folder=tmp_path,
    )
    done = subprocess.run(
        [installed / "bin" / "normcheck", "check", sample],
        cwd=tmp_path,
        env=_bare_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert str(checkout) not in where
    assert done.returncode in {0, 1}, done.stderr
    assert "青禾县县城机动车停放管理办法" in done.stdout


def test_every_declared_dependency_is_in_the_lock(checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))
    locked = _locked(checkout)
    declared = [Requirement(text) for text in _declared(project)]
    missing = [
        str(requirement)
        for requirement in declared
        if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), ""))
    ]

    assert not missing, "run `make lock`"


def test_the_lock_pins_by_hash_and_names_no_place(checkout: Path) -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", (checkout / "requirements.lock").read_text("utf-8"))
    pins = [block for block in blocks if not block.startswith("#")]

    assert all(PINNED.match(pin.splitlines()[0]) and "--hash=sha256:" in pin for pin in pins)
    assert not re.search(r"://|index-url|find-links|(?m:^\s*# .*[ =]/)", "\n".join(blocks))


def test_no_file_names_a_registry_or_a_path_of_this_machine(checkout: Path) -> None:
    hosts = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "mirror", "/pypi" + "/simple"]
    paths = [f"{folder}/" for folder in {str(checkout), str(Path.home())} if folder.count("/") > 1]
    forbidden = re.compile("|".join(map(re.escape, hosts + paths)).encode())
    naming = [
        f"{path}: {found.group().decode()}"
        for path in _project_files(checkout)
        if (checkout / path).is_file() and (found := forbidden.search((checkout / path).read_bytes()))
    ]

    assert not naming


def _declared(project: dict[str, Any]) -> list[str]:
    extras = project["project"]["optional-dependencies"].values()
    return list(chain(project["project"]["dependencies"], *extras, project["build-system"]["requires"]))


def _locked(checkout: Path) -> dict[str, str]:
    lines = (checkout / "requirements.lock").read_text("utf-8").splitlines()
    return {canonicalize_name(pin[1]): pin[2] for line in lines if (pin := PINNED.match(line))}


def _project_files(checkout: Path) -> list[Path]:
    """What git tracks or would track; relative to the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("the project is not in a git checkout")
    return [Path(name) for name in listed.stdout.split("\0") if name]


def _site_packages(environment: Path) -> Path:
    (folder,) = environment.glob("lib/python*/site-packages")
    return folder


def _bare_environment() -> dict[str, str]:
    """The environment without anything that could lead back to the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def _run(command: str, *arguments: str, folder: Path | None = None) -> str:
    program = Path(sys.executable).parent / command
    done = subprocess.run(
        [program if program.exists() else command, *arguments],
        cwd=folder,
        env=_bare_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
