"""Keys: made once where none are set, private to their owner, refused where they are not keys."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.errors import Invalid
from runtime import keys
from runtime.settings import Settings

KEY = base64.b64encode(bytes(32)).decode()
OTHER = base64.b64encode(bytes(range(32))).decode()


def settings(folder: Path, **values: object) -> Settings:
    return Settings(data_dir=folder, **values)  # type: ignore[arg-type]  # pydantic reads them


def own(**changes: str) -> dict[str, object]:
    return {"field_key": f"1:{KEY}", "index_key": KEY, "session_key": OTHER, **changes}


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    first = keys.load(settings(tmp_path / "new"))
    again = keys.load(settings(tmp_path / "new"))
    assert again.ring.open(first.ring.seal("a", field="f"), field="f") == "a"
    assert again.session == first.session


def test_kept_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    keys.load(settings(tmp_path))
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_keys_of_ones_own_are_used_and_nothing_is_written(tmp_path: Path) -> None:
    held = keys.load(settings(tmp_path, **own()))
    assert (held.session, held.ring.index_key, list(tmp_path.iterdir())) == (bytes(range(32)), bytes(32), [])


@pytest.mark.parametrize(("text", "current"), [(f"1:{KEY},2:{OTHER}", 2), (f"2:{OTHER},1:{KEY}", 1)])
def test_the_key_named_last_seals_new_values(tmp_path: Path, text: str, current: int) -> None:
    ring = keys.load(settings(tmp_path, **own(field_key=text))).ring
    assert (ring.current, sorted(ring.keys)) == (current, [1, 2])


@pytest.mark.parametrize(
    "changes",
    [
        {"field_key": KEY},
        {"field_key": f"one:{KEY}"},
        {"field_key": f"0:{KEY}"},
        {"field_key": f"256:{KEY}"},
        {"field_key": f"1:{KEY},1:{OTHER}"},
        {"field_key": f"1:{KEY},"},
        {"field_key": "1:short"},
        {"field_key": "1:" + base64.b64encode(bytes(31)).decode()},
        {"index_key": "not base64!"},
        {"session_key": base64.b64encode(bytes(33)).decode()},
    ],
)
def test_what_is_no_key_is_refused(tmp_path: Path, changes: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="key_malformed"):
        keys.load(settings(tmp_path, **own(**changes)))


@pytest.mark.parametrize("missing", ["field_key", "index_key", "session_key"])
def test_a_database_of_ones_own_needs_keys_of_ones_own(tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in own().items() if name != missing}
    with pytest.raises(Invalid, match="keys_missing"):
        keys.load(settings(tmp_path, database_url="postgresql://x", **given))


def test_a_key_never_shows_in_the_settings(tmp_path: Path) -> None:
    assert KEY not in repr(settings(tmp_path, **own()))


@pytest.mark.parametrize("port", [0, 65_536])
def test_a_port_that_does_not_exist_is_refused(tmp_path: Path, port: int) -> None:
    with pytest.raises(ValidationError):
        settings(tmp_path, port=port)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFLUENTE_PORT", "9000")
    monkeypatch.setenv("AFLUENTE_SOMETHING_ELSE", "x")
    assert Settings().port == 9000


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())
