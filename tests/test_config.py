"""config.toml: its defaults, what is wrong with one, and how it is shown."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest

from acuse.cli import main
from acuse.config import Config, ConfigError, Loaded, split_listen
from acuse.config_file import load, render

ROOT = Path(__file__).resolve().parent.parent


def wrong(folder: Path, text: str | bytes) -> list[str]:
    """What is said of a config.toml."""
    file = folder / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as raised:
        load(file)
    said = [str(problem) for problem in raised.value.problems]
    assert all(line.startswith(f"{file}: ") for line in said)
    return [line.removeprefix(f"{file}: ") for line in said]


def test_the_shipped_file_holds_the_defaults():
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    assert text == render(Config())
    assert Config.model_validate(tomllib.loads(text)) == Config()


def test_every_key_has_a_comment_and_a_number_its_unit():
    lines = render(Config()).splitlines()
    for number, line in enumerate(lines):
        if " = " in line and not line.startswith("#"):
            comment = lines[number - 1]
            assert comment.startswith("# "), line
            name, _, value = line.partition(" = ")
            if value.replace("_", "").isdigit():
                words = f"{name} {comment}".lower()
                assert any(unit in words for unit in ("bytes", "second", "hours", "minutes", "day", "at one time")) or (
                    name in ("port", "max_recipients", "max_commands", "processes")
                ), line


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    loaded = load(None)
    assert loaded.config == Config()
    assert loaded.folder == tmp_path


def test_the_file_of_this_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('[smtp]\nlisten = "127.0.0.1:26"\n')
    assert load(None).config.smtp.listen == "127.0.0.1:26"


def test_relative_paths_begin_at_the_file(tmp_path, monkeypatch):
    inner = tmp_path / "etc"
    inner.mkdir()
    (inner / "desks").mkdir()
    file = inner / "config.toml"
    file.write_text('[desks]\ndirectories = ["desks"]\n[database]\nurl = "sqlite:///a.db"\n')
    monkeypatch.chdir(tmp_path)
    loaded = load(Path("etc/config.toml"))
    assert loaded.path("x/y") == inner / "x" / "y"
    assert loaded.path("/x") == Path("/x")
    assert loaded.sqlite_path == inner / "a.db"
    assert loaded.database_url.endswith(f"{inner}/a.db")


def test_a_variable_and_a_home_are_filled_in(tmp_path, monkeypatch):
    monkeypatch.setenv("SOMEWHERE", "/run/x")
    monkeypatch.setenv("HOME", "/home/ana")
    loaded = Loaded(Config(), "", tmp_path)
    assert loaded.path("${SOMEWHERE}/y") == Path("/run/x/y")
    assert loaded.path("~/y") == Path("/home/ana/y")
    assert loaded.path("~nobody-of-that-name/y") == tmp_path / "~nobody-of-that-name" / "y"


def test_a_byte_order_mark_does_no_harm(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes(b'\xef\xbb\xbf[smtp]\nlisten = ""\n')
    assert load(file).config.smtp.listen == ""


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml: there is no such file; name it with --config"):
        load(tmp_path / "nowhere.toml")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot be read .*directory"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[smtp\n", "line 1, column 6: is not valid TOML"),
        ('[smtp]\nlisten = "x\n', "line 2"),
        (b'[service]\n# \xe1rea\nhostname = "x"\n', "line 2: is not UTF-8; save the file in UTF-8"),
        ("[a]\nb = " + "[" * 3000, "is not valid TOML"),
        ("[smtp]\nport = 1\n[smtp]\n", "is not valid TOML"),
    ],
)
def test_what_is_no_toml(tmp_path, text, said):
    (line,) = wrong(tmp_path, text)
    assert said in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[smpt]\nx = 1\n", 'smpt: unknown key; did you mean "smtp"?'),
        ('[smtp]\nlistn = "x"\n', 'smtp.listn: unknown key; did you mean "listen"?'),
        ("top = 1\n", "top: unknown key; "),
        ("smtp = 3\n", "smtp: must be a table, not the number 3"),
        ("[smtp]\nlisten = 25\n", "smtp.listen: must be text in quotes, not the number 25"),
        ('[smtp]\nmax_connections = "many"\n', 'smtp.max_connections: must be a whole number, not the text "many"'),
        ("[smtp]\nmax_connections = 1.5\n", "smtp.max_connections: must be a whole number"),
        ("[smtp]\nmax_connections = true\n", "smtp.max_connections: must be a whole number, not true"),
        ("[smtp]\nmax_connections = -5\n", "smtp.max_connections: must be greater than 0, not the number -5"),
        ("[smtp]\nmax_connections = 0\n", "smtp.max_connections: must be greater than 0"),
        ("[smtp]\nidle_seconds = 99999999999999999999\n", "smtp.idle_seconds: must be less than or equal to"),
        ("[reading]\nprocesses = 5000\n", "reading.processes: must be less than or equal to 64"),
        ("[reading]\nmemory_limit_bytes = 1000\n", "reading.memory_limit_bytes: must be greater than or equal to"),
        ("[outgoing]\ngive_up_hours = 1000000000\n", "outgoing.give_up_hours: must be less than or equal to"),
        ("[outgoing]\nport = 70000\n", "outgoing.port: must be less than 65536"),
        (
            '[outgoing]\nnull_reverse_path = "yes"\n',
            'outgoing.null_reverse_path: must be true or false, not the text "yes"',
        ),
        ('[outgoing]\nmode = "pigeon"\n', 'outgoing.mode: must be "maildir", "smtp" or "hold", not the text "pigeon"'),
        ('[outgoing]\nhost = ""\n', "outgoing.host: must not be empty"),
        ('[outgoing]\nmaildir = ""\n', "outgoing.maildir: must not be empty"),
        ('[log]\nlevel = "loud"\n', 'log.level: must be "debug", "info", "warning" or "error"'),
        ('[smtp]\nlisten = "2525"\n', 'smtp.listen: must be HOST:PORT, for example "127.0.0.1:2525"'),
        ('[smtp]\nlisten = "127.0.0.1:99999"\n', "smtp.listen: must be HOST:PORT"),
        ('[smtp]\nlisten = "127.0.0.1:²"\n', "smtp.listen: must be HOST:PORT"),
        ('[desks]\nenabled = "bt-latam"\n', "desks.enabled: must be a list in [square brackets]"),
        ('[mailboxes]\nname = "a"\n', "mailboxes: is a table of which there may be several; write [[mailboxes]], with"),
        ('[lmtp]\nlisten = "127.0.0.1:2525"\n', "lmtp.listen: smtp.listen is at this address already; choose another"),
        ('[smtp]\nlisten = "0.0.0.0:26"\n[lmtp]\nlisten = "127.0.0.1:26"\n', "lmtp.listen: smtp.listen is at"),
        ("[desks]\nenabled = []\n", "desks.enabled: must not be empty"),
        ("[desks]\nenabled = [1]\n", "desks.enabled[1]: must be text in quotes"),
        (
            '[database]\nurl = "mysql://x/y"\n',
            "database.url: names the database mysql; acuse knows sqlite and postgresql",
        ),
        ('[database]\nurl = "here"\n', "database.url: is no database URL; write sqlite:///FILE"),
        ('[database]\nurl = "sqlite://"\n', "database.url: names no file"),
        ('[operator]\naddress = "ana"\n', 'operator.address: must be one mail address, for example "ops@example.com"'),
        ('[operator]\naddress = "a@x, b@x"\n', "operator.address: must be one mail address"),
        ('[service]\nhostname = "a b"\n', "service.hostname: must be a host name"),
        ('[service]\nhostname = "a\\u0000b"\n', "service.hostname: holds a control or invisible character"),
        ('[desks]\ndirectories = ["a\\u0000b"]\n', "desks.directories: holds a control or invisible character"),
        ('[desks]\ndirectories = ["mine"]\n', "is no folder; make it or take it out"),
        ('[templates]\ndirectories = ["mine"]\n', "templates.directories: "),
        ('[smtp]\ntls_certificate = "no.pem"\n', "is no file; correct the path or leave the key empty"),
        ('[smtp]\ntls_key = "config.toml"\n', "smtp.tls_certificate: a key needs its certificate"),
        ('[outgoing]\nusername = "ana"\ntls = "starttls"\n', "outgoing.password_file: a username needs its password"),
        ("[smtp]\nmax_open_data_bytes = 1000\n", "smtp.max_open_data_bytes: must not be smaller than"),
        (
            '[outgoing]\npassword_file = "${NEVER_SET_ANYWHERE}/p"\n',
            "the environment variable in it is not set",
        ),
    ],
)
def test_one_mistake_is_named_with_its_cure(tmp_path, text, said):
    (line,) = wrong(tmp_path, text)
    assert said in line


def test_all_mistakes_at_once(tmp_path):
    lines = wrong(
        tmp_path,
        '[smtp]\nlistn = "x"\nmax_connections = -1\ntls_certificate = "no.pem"\n'
        '[desks]\ndirectories = ["mine"]\n[outgoing]\nport = "x"\n[operator]\naddress = "ana"\n',
    )
    keys = {line.partition(":")[0] for line in lines}
    assert keys == {
        "smtp.listn",
        "smtp.max_connections",
        "smtp.tls_certificate",
        "desks.directories",
        "outgoing.port",
        "operator.address",
    }
    assert len(lines) == 6


def test_a_mistake_brings_no_other_that_is_none(tmp_path):
    """The password file is named, though not rightly; nobody says that it is missing."""
    assert len(wrong(tmp_path, '[outgoing]\nusername = "ana"\ntls = "starttls"\npassword_file = 3\n')) == 1


def test_a_password_in_the_clear(tmp_path):
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "password").chmod(0o600)
    outgoing = '[outgoing]\nusername = "a"\npassword_file = "password"\n'
    (line,) = wrong(tmp_path, f'{outgoing}host = "relay.example"\n')
    assert "outgoing.tls: would send the password in the clear" in line
    # The relay on this machine is no exception: the same key may send it elsewhere tomorrow.
    (line,) = wrong(tmp_path, outgoing)
    assert "outgoing.tls" in line
    file = tmp_path / "config.toml"
    file.write_text(f'{outgoing}tls = "starttls"\n')
    assert load(file).config.outgoing.host == "127.0.0.1"


def test_a_password_that_others_may_read(tmp_path):
    password = tmp_path / "password"
    password.write_text("secret\n")
    password.chmod(0o640)
    (line,) = wrong(tmp_path, '[outgoing]\npassword_file = "password"\n')
    assert line == f"outgoing.password_file: others may read it; run chmod 600 {password}"
    assert "secret" not in line


def test_a_credential_of_systemd_may_show_its_group(tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    password = tmp_path / "password"
    password.write_text("secret\n")
    password.chmod(0o440)
    file = tmp_path / "config.toml"
    file.write_text('[outgoing]\npassword_file = "${CREDENTIALS_DIRECTORY}/password"\n')
    assert load(file)


@pytest.mark.parametrize(("content", "said"), [(b"\n", "is empty"), (b"\xff\xfe", "cannot be read")])
def test_a_password_that_is_none(tmp_path, content, said):
    password = tmp_path / "password"
    password.write_bytes(content)
    password.chmod(0o600)
    (line,) = wrong(tmp_path, '[outgoing]\npassword_file = "password"\n')
    assert said in line


@pytest.mark.parametrize(
    ("smtp", "lmtp"), [("127.0.0.1:0", "127.0.0.1:0"), ("127.0.0.1:26", "[::1]:26"), ("", "127.0.0.1:2525")]
)
def test_doors_that_are_not_in_each_others_way(tmp_path, smtp, lmtp):
    file = tmp_path / "config.toml"
    file.write_text(f'[smtp]\nlisten = "{smtp}"\n[lmtp]\nlisten = "{lmtp}"\n')
    assert load(file)


def test_the_sound_part_of_a_broken_file_is_kept(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('[smtp]\nlistn = "x"\nmax_recipients = 7\n[desks]\nenabled = 3\n[bogus]\n')
    with pytest.raises(ConfigError) as raised:
        load(file)
    sound = raised.value.sound
    assert sound
    assert sound.config.smtp.max_recipients == 7
    assert sound.config.desks.enabled == ("bt-latam",)


@pytest.mark.parametrize(
    ("listen", "pair"),
    [("127.0.0.1:25", ("127.0.0.1", 25)), ("[::1]:2525", ("::1", 2525)), ("mx.example:0", ("mx.example", 0))],
)
def test_listen(listen, pair):
    assert split_listen(listen) == pair


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:s3cret@db.example/acuse",
        "postgresql://db.example/acuse?user=ana&password=s3cret",
        "postgresql://db.example/acuse?sslpassword=s3cret",
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_config_show_masks_passwords(tmp_path, capsys, url, as_json):
    file = tmp_path / "config.toml"
    file.write_text(f'[database]\nurl = "{url}"\n[smtp]\nmax_recipients = 7\n')
    assert main(["config", "show", "--config", str(file), *(["--json"] if as_json else [])]) == os.EX_OK
    shown = capsys.readouterr().out
    assert "s3cret" not in shown
    config = json.loads(shown) if as_json else tomllib.loads(shown)
    assert "***" in config["database"]["url"]
    assert config["smtp"]["max_recipients"] == 7


def test_config_show_can_be_read_again(tmp_path, capsys):
    file = tmp_path / "config.toml"
    file.write_text('[outgoing]\nmaildir = "C:\\\\a \\"b\\""\n[desks]\nenabled = ["neotel", "bt-latam"]\n')
    assert main(["config", "show", "--config", str(file)]) == os.EX_OK
    shown = capsys.readouterr().out
    assert Config.model_validate(tomllib.loads(shown)) == load(file).config
