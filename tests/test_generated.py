"""The manual pages and completion scripts are those of this program, and shells and manual readers take them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import generate
from tests.daemon import ROOT

PAGES = sorted((ROOT / "docs" / "man").iterdir())


def complete(words: str, place: int) -> list[str]:
    """What bash would offer for the word at `place`."""
    done = subprocess.run(
        [sys.executable, "-m", "acuse"],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "_ACUSE_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(place),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def program(folder: Path) -> str:
    """A PATH on which this tree's acuse is found by its name."""
    (folder / "acuse").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m acuse "$@"\n')
    (folder / "acuse").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_what_is_generated_is_up_to_date() -> None:
    stale = [path.name for path, text in generate.files().items() if not path.exists() or path.read_text() != text]
    assert stale == [], "run: make generated"


def test_the_pages_name_every_command_and_key() -> None:
    from acuse.config import Config
    from acuse.config_file import render

    command, config = generate.man_acuse(), generate.man_config().replace("\\-", "-")
    for word in (r"acuse ticket show REFERENCE", r"\-\-recipient", "SIGHUP"):
        assert word in command
    for line in render(Config()).splitlines():
        key = line.lstrip("#").partition(" = ")[0]
        if " = " in line and key.isidentifier():
            assert f"\\fB{key}\\fR = " in config


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_manual_reader_has_nothing_to_complain_of(page: Path) -> None:
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", page], capture_output=True, check=True)
    assert done.stderr == b""
    if shutil.which("mandoc"):
        done = subprocess.run(["mandoc", "-Tlint", page], capture_output=True, check=False)
        assert done.stdout.decode() == ""


def test_completing() -> None:
    assert complete("acuse ti", 1) == ["ticket"]
    assert complete("acuse ticket ", 2) == ["list", "show"]
    assert "--recipient" in complete("acuse ingest --re", 2)


def test_bash_completes_with_the_shipped_script(tmp_path: Path) -> None:
    lines = (
        f"source {ROOT}/deploy/completion/acuse.bash\n"
        'COMP_WORDS=(acuse ti); COMP_CWORD=1; _acuse_completion acuse ti acuse; echo "${COMPREPLY[@]}"\n'
    )
    environment = {**os.environ, "PATH": program(tmp_path)}
    done = subprocess.run(["bash", "-c", lines], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "ticket\n"
    shown = subprocess.run(
        ["bash", "-c", "acuse --show-completion bash; exit $?"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == (ROOT / "deploy" / "completion" / "acuse.bash").read_text()


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
def test_fish_completes_with_the_shipped_script(tmp_path: Path) -> None:
    lines = f"source {ROOT}/deploy/completion/acuse.fish; complete --do-complete 'acuse ti'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", lines],
        env={**os.environ, "PATH": program(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[:1] == ["ticket"]


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
def test_zsh_loads_the_shipped_script(tmp_path: Path) -> None:
    shutil.copy(ROOT / "deploy" / "completion" / "acuse.zsh", tmp_path / "_acuse")
    lines = f"fpath=({tmp_path} $fpath); autoload -Uz compinit; compinit -D -u; echo ${{_comps[acuse]}}"
    done = subprocess.run(["zsh", "-f", "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout == "_acuse\n"
