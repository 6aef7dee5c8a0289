from __future__ import annotations

import io
import json
import os
from pathlib import Path

import numpy as np
import pytest

from core import artifacts
from core.artifacts import (
    MANIFEST,
    RUN,
    list_artifacts,
    load_artifact,
    save_artifact,
    to_json_bytes,
    to_npz_bytes,
    verify_all,
    verify_artifact,
)
from core.errors import ArtifactError

FILES = {"model.json": b'{"a": 1}\n', "arrays.npz": to_npz_bytes({"x": np.arange(3)})}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save_artifact(tmp_path, "outcome-ehr", FILES, {"seed": 1}, {"seconds": 2.5}).folder


def rewrite(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / MANIFEST).read_bytes()) | changes
    (folder / MANIFEST).write_bytes(json.dumps(manifest).encode())


def test_what_is_saved_is_read_back(folder):
    artifact = load_artifact(folder)
    assert artifact.read("model.json") == FILES["model.json"]
    assert artifact.read_json("model.json") == {"a": 1}
    assert artifact.read_arrays("arrays.npz")["x"].tolist() == [0, 1, 2]
    assert artifact.manifest["seed"] == 1
    assert artifact.run == {"seconds": 2.5}
    assert verify_artifact(artifact) == []


def test_the_same_content_gives_the_same_manifest_whenever_it_is_saved(tmp_path):
    first, second = (
        save_artifact(tmp_path / name, "outcome-ehr", FILES, {"seed": 1}, {"seconds": seconds})
        for name, seconds in (("a", 1), ("b", 2))
    )
    assert first.digest == second.digest
    assert first.version == first.digest[:12]


@pytest.mark.parametrize("name", list(FILES))
def test_an_altered_file_is_refused_and_named(folder, name):
    (folder / name).write_bytes((folder / name).read_bytes()[:-1] + b"?")
    with pytest.raises(ArtifactError, match=name):
        verify_artifact(load_artifact(folder))


def test_a_missing_file_is_named(folder):
    (folder / "model.json").unlink()
    with pytest.raises(ArtifactError, match=r"model\.json"):
        load_artifact(folder).read("model.json")
    with pytest.raises(ArtifactError, match=r"other\.json"):
        load_artifact(folder).read("other.json")


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(folder):
    import os

    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    (folder / "model.json").unlink()
    os.mkfifo(folder / "model.json")
    with pytest.raises(ArtifactError, match=r"model\.json"):
        load_artifact(folder).read("model.json")


def test_a_file_too_large_is_not_read(folder, monkeypatch):
    monkeypatch.setattr(artifacts, "_MOST_BYTES", 300)
    (folder / "model.json").write_bytes(b" " * 301)
    with pytest.raises(ArtifactError, match="too large"):
        load_artifact(folder).read("model.json")


def test_a_format_of_another_version_says_so(folder):
    rewrite(folder, format=99)
    with pytest.raises(ArtifactError, match="format 99"):
        load_artifact(folder)


@pytest.mark.parametrize(
    "name",
    ["../secret", "/etc/hostname", "a/b", "..", ".", "", "a\u0000b", "a\nb", "\ud800", "C:\\x", "x" * 5000],
)
def test_a_file_name_that_leads_elsewhere_is_refused(folder, name):
    rewrite(folder, files={name: "0" * 64})
    with pytest.raises(ArtifactError, match="not a manifest"):
        load_artifact(folder)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"3", b"\xff\xfe", b'{"files": []}', b'{"files": {}, "format": NaN}', b"[" * 100_000, b"{"],
)
def test_a_hostile_manifest_is_refused_in_words(folder, content):
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(ArtifactError):
        load_artifact(folder)


@pytest.mark.parametrize("digest", [None, 3, [], {"a": 1}, "0" * 64])
def test_a_digest_that_is_none_matches_nothing(folder, digest):
    rewrite(folder, files={"model.json": digest})
    with pytest.raises(ArtifactError, match=r"model\.json"):
        verify_artifact(load_artifact(folder))


def test_the_run_is_information_only(folder):
    (folder / RUN).unlink()
    assert load_artifact(folder).run == {}
    (folder / RUN).write_text("[1]", encoding="utf-8")
    assert load_artifact(folder).run == {}


def test_arrays_that_need_pickle_are_refused(tmp_path):
    stored = io.BytesIO()
    np.savez(stored, x=np.array([{"a": 1}], dtype=object))
    artifact = save_artifact(tmp_path, "outcome-ehr", {"arrays.npz": stored.getvalue()}, {}, {})
    with pytest.raises(ArtifactError, match=r"arrays\.npz"):
        artifact.read_arrays("arrays.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"\x80\x04N."])
def test_arrays_that_are_none_are_refused(tmp_path, content):
    artifact = save_artifact(tmp_path, "outcome-ehr", {"arrays.npz": content}, {}, {})
    with pytest.raises(ArtifactError, match=r"arrays\.npz"):
        artifact.read_arrays("arrays.npz")


def test_nan_is_never_written():
    with pytest.raises(ValueError, match="Out of range"):
        to_json_bytes({"x": float("nan")})


def test_the_new_model_takes_the_place_and_the_old_one_stays_as_the_way_back(folder):
    save_artifact(folder.parent, folder.name, FILES, {"seed": 2}, {})
    assert load_artifact(folder).manifest["seed"] == 2
    assert load_artifact(folder.with_name(".outcome-ehr.previous")).manifest["seed"] == 1
    save_artifact(folder.parent, folder.name, FILES, {"seed": 3}, {})
    assert load_artifact(folder.with_name(".outcome-ehr.previous")).manifest["seed"] == 2
    assert list_artifacts(folder.parent) == [folder]


class Killed(BaseException):
    """Stands for a process that ends without cleaning up."""


def test_cut_off_between_its_two_steps_an_adoption_leaves_the_previous_model_serving(folder, monkeypatch):
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if Path(target) == folder:
            raise Killed
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(Killed):
        save_artifact(folder.parent, folder.name, FILES, {"seed": 2}, {})
    monkeypatch.undo()
    assert not folder.exists()
    assert load_artifact(folder).manifest["seed"] == 1
    assert list_artifacts(folder.parent) == [folder]
    assert verify_all(folder.parent)[0]["ok"]
    save_artifact(folder.parent, folder.name, FILES, {"seed": 3}, {})
    assert load_artifact(folder).manifest["seed"] == 3


def test_a_rename_that_fails_puts_the_old_model_back(folder, monkeypatch):
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if "-new-" in self.name:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(ArtifactError, match="Input/output error"):
        save_artifact(folder.parent, folder.name, FILES, {"seed": 2}, {})
    assert folder.is_dir()
    assert load_artifact(folder).manifest["seed"] == 1


def test_a_full_disk_leaves_the_old_model_and_nothing_else(folder, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArtifactError, match="No space left"):
        save_artifact(folder.parent, folder.name, FILES, {"seed": 2}, {})
    assert [path.name for path in folder.parent.iterdir()] == ["outcome-ehr"]
    assert load_artifact(folder).manifest["seed"] == 1


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ArtifactError, match="cannot be saved"):
        save_artifact(tmp_path / "file", "outcome-ehr", FILES, {}, {})


def test_verifying_names_files_beyond_the_manifest(folder):
    (folder / "extra.py").write_text("x = 1", encoding="utf-8")
    assert verify_artifact(load_artifact(folder)) == ["extra.py"]
    assert verify_all(folder.parent)[0]["unknown_files"] == ["extra.py"]


def test_verifying_all_finds_also_a_folder_that_lost_its_manifest(folder):
    (folder / MANIFEST).unlink()
    save_artifact(folder.parent, "diagnosis-ehr", FILES, {}, {})
    assert [(one["artifact"], one["ok"]) for one in verify_all(folder.parent)] == [
        ("diagnosis-ehr", True),
        ("outcome-ehr", False),
    ]


def test_no_model_at_all_says_what_to_do(tmp_path):
    for nothing in (load_artifact, verify_all):
        with pytest.raises(ArtifactError, match="python -m core train"):
            nothing(tmp_path / "none")
    assert list_artifacts(tmp_path / "none") == []
