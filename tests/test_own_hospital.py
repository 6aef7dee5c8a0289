"""A hospital's own table, words and units: from its files to a model, and from the model to new patients."""

from __future__ import annotations

import json
import shutil
import sys

import numpy as np
import pytest

import core.training
from core.__main__ import main
from core.cohort.archive import unpack_cohort
from core.cohort.folder import load_cohort, restrict
from core.errors import TableError
from core.mutation.seeds import zipped
from core.prediction import predict_ehr
from core.prediction_files import predict_files
from core.training import load_ehr_model, train
from tests.conftest import SMALL

HEAD = "登记,年龄,性别,血色素值,肌酐结果,病区评分"
COLUMNS = """
[[column]]
header = "登记"
read_as = "patient_id"

[[column]]
header = "血色素值"
read_as = "haemoglobin"
unit = "g/dL"

[[column]]
header = "肌酐结果"
read_as = "creatinine"
unit = "mg/dL"

[[column]]
header = "医生判定"
read_as = "outcome"

[outcome]
"平稳" = "none"
"没了" = "death"
"消化道出血" = "bleeding"
"自动出院" = "unknown"
"""
WORDS = np.array(["平稳", "没了", "消化道出血", "自动出院"])


def rows(n: int, first: int = 0) -> list[str]:
    """Patients whose outcome follows their haemoglobin and creatinine, with a word at the end."""
    rng = np.random.default_rng(7)
    kind = rng.choice(4, n, p=[0.6, 0.16, 0.16, 0.08])
    blood = np.round(13 - 3 * (kind == 2) + rng.normal(0, 0.7, n), 1)
    kidney = np.round(0.9 + 1.1 * (kind == 1) + rng.uniform(0, 0.3, n), 2)
    age, score = rng.integers(30, 90, n), rng.integers(0, 9, n)
    return [
        f"Z{first + i},{age[i]},{'男女'[i % 2]},{blood[i]},{kidney[i]},{score[i]},{WORDS[kind[i]]}"
        for i in range(n)
    ]


@pytest.fixture(scope="module")
def cohort_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hospital") / "cohort"
    folder.mkdir()
    table = "\n".join([f"{HEAD},医生判定", *rows(240)]) + "\n"
    (folder / "ehr.csv").write_bytes(table.encode("gb18030"))
    (folder / "columns.toml").write_text(COLUMNS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def cohort(cohort_folder):
    return load_cohort(cohort_folder)


@pytest.fixture(scope="module")
def models(cohort, tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    train(cohort, "outcome", "ehr", root, SMALL)
    return root


@pytest.fixture
def new(tmp_path):
    """New patients in the hospital's form, without an outcome: those of the cohort, to compare."""
    path = tmp_path / "new.csv"
    table = [HEAD, *(row.rpartition(",")[0] for row in rows(240))]
    path.write_bytes(("\n".join(table) + "\n").encode("gb18030"))
    return path


@pytest.fixture
def with_columns(new):
    (new.parent / "columns.toml").write_text(COLUMNS, encoding="utf-8")
    return new


def predicted(models, table, **more):
    told: list[str] = []
    found = predict_files(models, table, None, "outcome", told.append, **more)
    return {one.patient_id: one.probabilities for one in found}, told


@pytest.fixture(scope="module")
def expected(cohort, models):
    """What the model says of the cohort's own rows, as training read them."""
    table, _, _ = restrict(cohort, "outcome")
    model = load_ehr_model(models, "outcome")[1]
    return {one.patient_id: one.probabilities for one in predict_ehr(model, table, "outcome")}


def test_the_cohort_has_the_hospitals_outcomes_and_the_catalogues_units(cohort):
    counts = cohort.labels["outcome"].value_counts()
    assert set(counts.index) == {"none", "death", "bleeding"}
    assert counts.sum() < len(cohort.labels) == 240
    assert cohort.table.frame["haemoglobin"].median() > 100
    assert cohort.table.frame["creatinine"].median() > 70


def test_a_zip_of_the_folder_is_the_same_cohort(cohort_folder, cohort, tmp_path):
    packed = zipped({path.name: path.read_bytes() for path in cohort_folder.iterdir()})
    assert load_cohort(unpack_cohort(packed, tmp_path)).digest() == cohort.digest()


def test_new_patients_are_read_as_the_training_was_by_the_file_beside_their_table(
    models, with_columns, expected
):
    found, told = predicted(models, with_columns)
    assert {name: found[name] for name in expected} == expected
    assert any("columns.toml" in line and "new.csv" in line for line in told)
    assert not any("医生判定" in line for line in told)


def test_a_file_that_is_named_comes_before_the_one_beside_the_table(models, with_columns, expected, tmp_path):
    (tmp_path / "my own.toml").write_text(COLUMNS, encoding="utf-8")
    (tmp_path / "columns.toml").write_text("broken", encoding="utf-8")
    found, told = predicted(models, with_columns, columns=tmp_path / "my own.toml")
    assert found[next(iter(expected))] == expected[next(iter(expected))]
    assert any("my own.toml" in line for line in told)


def test_without_the_file_the_columns_are_missing_and_that_is_said(models, new):
    _, told = predicted(models, new)
    assert any("count as missing" in line and "aemoglobin" in line for line in told)
    assert not any("columns.toml" in line for line in told)


def test_a_file_of_another_table_beside_it_is_not_used_and_named(models, with_columns):
    other = COLUMNS.replace("登记", "a").replace("血色素值", "b").replace("肌酐结果", "c")
    (with_columns.parent / "columns.toml").write_text(other, encoding="utf-8")
    _, told = predicted(models, with_columns)
    assert any("columns.toml" in line and "not used" in line for line in told)


def test_a_file_of_another_table_that_is_named_is_refused(models, new, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text('[[column]]\nheader = "x"\nread_as = "age"\n', encoding="utf-8")
    with pytest.raises(TableError, match="belongs to another table"):
        predicted(models, new, columns=other)


def test_a_file_of_labels_alone_has_nothing_to_say_of_new_patients(models, with_columns):
    words = COLUMNS[COLUMNS.index('[[column]]\nheader = "医生判定"') :]
    (with_columns.parent / "columns.toml").write_text(words, encoding="utf-8")
    with_columns.write_text("patient_id,年龄,性别\n1,60,男\n", encoding="utf-8")
    found, _ = predicted(models, with_columns, columns=with_columns.parent / "columns.toml")
    assert list(found) == ["1"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("--ehr {new}", 0, "as {beside} says"),
        ("--ehr {new} --columns {beside}", 0, "as {beside} says"),
        ("--ehr {new} --columns {none}", 2, "no such file"),
        ("--ehr {new} --columns {folder}", 2, "is a folder"),
        ("--ehr {new} --columns {new}", 2, "not valid TOML"),
        ("--ecg {new} --columns {beside}", 2, "--ehr FILE"),
    ],
)
def test_the_command_line_takes_the_file_and_says_so_on_standard_error(
    models, with_columns, monkeypatch, capfd, arguments, code, said
):
    folder = with_columns.parent
    places = {
        "new": with_columns,
        "beside": folder / "columns.toml",
        "none": folder / "none.toml",
        "folder": folder,
    }
    line = ["core", "predict", "--artifacts", str(models), "--task", "outcome", "--json"]
    monkeypatch.setattr(sys, "argv", [*line, *(part.format(**places) for part in arguments.split())])
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capfd.readouterr()
    assert (end.value.code or 0) == code
    assert said.format(**places) in err
    assert "Traceback" not in err
    assert (len(json.loads(out)) == 240) if code == 0 else not out


def test_training_tells_what_it_does_not_use_and_which_unknown_columns_predict(
    cohort_folder, tmp_path, monkeypatch, capfd
):
    folder = shutil.copytree(cohort_folder, tmp_path / "c")
    lines = (folder / "ehr.csv").read_text("gb18030").splitlines()
    with_text = [f"{line},{'主要诊断' if not i else '甲乙'[i % 2]}" for i, line in enumerate(lines)]
    (folder / "ehr.csv").write_text("\n".join(with_text), "gb18030")
    monkeypatch.setattr(core.training, "settings_of", lambda _: SMALL)
    monkeypatch.setattr(sys, "argv", ["core", "train", "--cohort", str(folder), "--out", str(tmp_path / "a")])
    with pytest.raises(SystemExit) as end:
        main()
    err = capfd.readouterr().err
    assert (end.value.code or 0) == 0
    assert "主要诊断: left out" in err
    assert "used as predictors (1): 病区评分" in err
    names = [column.name for column in load_ehr_model(tmp_path / "a", "outcome")[1].encoder.columns]
    assert "病区评分" in names
    assert "主要诊断" not in names
