from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cohort.class_words import CLASSES_OF, MEANINGS, MOST_WORDS, read_classes, word_key
from core.cohort.column_mapping import ColumnMapping, mapping_text, parse_mapping
from core.cohort.folder import load_cohort
from core.cohort.folder_files import read_folder_files
from core.cohort.tables import load_cells, read_labels
from core.cohort.variables import label_words
from core.errors import TableError

WORDS = ("好转", "死亡", "消化道出血", "自动出院", "自动出院", "2")
SAID = {"消化道出血": "bleeding", "自动出院": "unknown", "2": "none"}


def labels(words, header="转归") -> bytes:
    return f"patient_id,{header}\n{''.join(f'p{i},{word}{chr(10)}' for i, word in enumerate(words))}".encode()


def said(words) -> ColumnMapping:
    return ColumnMapping(words={"outcome": words})


def outcome_of(word: str, header: str = "outcome"):
    """Outcome of one word beside one that is known."""
    return read_labels(labels(["none", word], header))["outcome"].iloc[1]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("治愈", "none"), ("好转出院", "none"), ("Improved", "none"), ("discharged", "none"), ("None", "none"),
        ("院内死亡", "death"), ("EXPIRED", "death"), ("in-hospital death", "death"), ("Deceased ", "death"),
        ("颅内出血", "bleeding"), ("Major Bleeding", "bleeding"), ("大出血", "bleeding"),
    ],
)  # fmt: skip
def test_a_word_that_says_one_thing_is_read(word, expected):
    assert outcome_of(word) == expected


@pytest.mark.parametrize(
    "word",
    [
        "自动出院",
        "转院",
        "AMA",
        "消化道出血",
        "致命性出血",
        "其他",
        "0",
        "1",
        "2",
        "alive?",
        "死亡？",
        "恶化",
        "x",
    ],
)
def test_a_word_that_says_two_things_or_nothing_known_is_never_guessed(word):
    with pytest.raises(TableError) as caught:
        outcome_of(word)
    assert caught.value.key == "errors_labels.outcome"


@pytest.mark.parametrize(
    ("word", "expected"),
    [("有", 1), ("阳性", 1), ("是", 1), ("确诊", 1), ("yes", 1), ("PE", 1), ("1.0", 1),
     ("无", 0), ("阴性", 0), ("否", 0), ("排除", 0), ("no_pe", 0), ("0", 0), ("-", 0)],
)  # fmt: skip
def test_words_for_and_against_an_embolism_are_read(word, expected):
    assert read_labels(labels(["+", word], "PE"))["pe"].tolist() == [1, expected]


@pytest.mark.parametrize("word", ["疑似", "suspected", "待排", "2", "±"])
def test_a_suspected_embolism_is_not_guessed(word):
    with pytest.raises(TableError) as caught:
        read_labels(labels(["1", word], "pe"))
    assert caught.value.key == "errors_labels.pe"


def test_all_unknown_words_stand_in_one_sentence_with_their_rows_and_what_to_do():
    with pytest.raises(TableError) as caught:
        read_labels(labels(WORDS), "标签.csv")
    for language in ("zh", "en"):
        said = caught.value.say(language)
        assert all(
            part in said for part in ("标签.csv", "“自动出院” (2)", "“2” (1)", "[outcome]", "columns.toml")
        )
        assert "好转" not in said
        assert "\n" not in said


def test_a_persons_word_comes_before_the_vocabulary_and_unknown_leaves_no_label():
    read = read_labels(labels(WORDS), mapping=said({**SAID, "好转": "unknown"}))["outcome"]
    assert read.fillna("?").tolist() == ["?", "death", "bleeding", "?", "?", "none"]


def test_a_person_can_say_what_an_empty_looking_cell_means():
    read = read_labels(labels(["死亡", "/", ""]), mapping=said({"/": "none"}))["outcome"]
    assert read.fillna("?").tolist() == ["death", "none", "?"]


@pytest.mark.parametrize(
    "header", ["结局（0=无 1=死亡 2=大出血）", '"outcome (0=none, 1=death, 2=bleeding)"']
)
def test_a_legend_in_the_header_tells_what_codes_mean(header):
    read = read_labels(labels(["0", "1.0", "2", ""], header))["outcome"]
    assert read.fillna("?").tolist() == ["none", "death", "bleeding", "?"]


def test_codes_of_a_legend_that_nobody_knows_are_asked_about():
    with pytest.raises(TableError) as caught:
        read_labels(labels(["0", "3"], "结局（0=无 3=转院）"))
    assert caught.value.key == "errors_labels.outcome"


def test_a_column_of_a_hundred_words_is_no_label():
    words = [f"文字{i}" for i in range(MOST_WORDS + 1)]
    with pytest.raises(TableError) as caught:
        read_labels(labels(words))
    assert caught.value.key == "errors_labels.too_many"


def test_spellings_of_a_word_are_counted_together_and_doubtful_ones_have_a_suggestion():
    cells = load_cells(labels(["Transfer", "transfer", " TRANSFER", "好转", "x", ""]), "a.csv")
    read = read_classes(cells.frame["转归"], "outcome", "转归", "a.csv")
    found = {one.word: (one.n, one.now, one.suggestion) for one in read.words}
    assert found == {"Transfer": (3, "", "unknown"), "好转": (1, "none", ""), "x": (1, "", "")}


def test_every_word_of_the_vocabulary_means_one_thing_and_no_doubtful_word_is_in_it():
    for role, classes in CLASSES_OF.items():
        known = [word for meaning in classes for word in label_words()[role][meaning]]
        doubtful = [word for words in label_words()[f"doubtful_{role}"].values() for word in words[1:]]
        assert set(label_words()[role]) == set(classes)
        assert set(label_words()[f"doubtful_{role}"]) <= set(MEANINGS[role])
        assert len(known) == len(set(known))
        assert not set(known) & set(doubtful)


TABLE = "patient_id,age\n" + "".join(f"p{i},{50 + i}\n" for i in range(len(WORDS)))
TOML = mapping_text(said(SAID))


def test_a_folders_columns_toml_says_what_its_labels_words_mean(tmp_path):
    files = {"ehr.csv": TABLE.encode(), "labels.csv": labels(WORDS), "columns.toml": TOML.encode()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    read = load_cohort(tmp_path)
    assert read.labels["outcome"].value_counts().to_dict() == {"none": 2, "death": 1, "bleeding": 1}
    assert read_folder_files(files).cohort.digest() == read.digest()
    (tmp_path / "columns.toml").unlink()
    with pytest.raises(TableError, match="自动出院"):
        load_cohort(tmp_path)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
        st.sampled_from(MEANINGS["outcome"]),
        min_size=1,
        max_size=4,
    )
)
def test_any_words_survive_the_file(said):
    plain = {
        word_key(" ".join(word.split())): (" ".join(word.split()), meaning) for word, meaning in said.items()
    }
    kept = {word: meaning for word, meaning in plain.values() if word}
    if kept:
        written = mapping_text(ColumnMapping(words={"outcome": kept}))
        assert parse_mapping(written.encode()).words == {"outcome": kept}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ('[outcome]\n"好转" = "well"\n', "word"),
        ('[outcome]\n"好转" = 0\n', "word"),
        ('[pe]\n"疑似" = "death"\n', "word"),
        ('[outcome]\n" " = "none"\n', "word"),
        ('[outcome]\nDead = "death"\ndead = "none"\n', "word_twice"),
        ('outcome = "none"\n', "words"),
        ("[[outcome]]\n", "words"),
        ("[outcome]\n", "nothing"),
        ("[group]\n", "nothing"),
    ],
)
def test_a_wrong_table_of_words_is_one_sentence(content, key):
    with pytest.raises(TableError) as caught:
        parse_mapping(content.encode())
    assert caught.value.key == f"errors_mapping.{key}"
    assert caught.value.say("zh").endswith("。")


def test_an_empty_meaning_is_unknown_and_codes_need_no_quotation_marks():
    found = parse_mapping('[outcome]\n2 = "bleeding"\n"转院" = ""\n'.encode())
    assert found.words == {"outcome": {"2": "bleeding", "转院": "unknown"}}
    assert not found.choices


def test_a_folders_columns_toml_says_which_column_of_labels_csv_is_the_outcome(tmp_path):
    toml = '[[column]]\nheader = "最终判定"\nread_as = "outcome"\n' + TOML
    files = {
        "ehr.csv": TABLE.encode(),
        "labels.csv": labels(WORDS, "最终判定"),
        "columns.toml": toml.encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    read = load_cohort(tmp_path)
    assert read.labels["outcome"].notna().sum() == 4
    assert read.table is not None
    assert not read.table.report.of("doubted")
    assert read_folder_files(files).cohort.digest() == read.digest()
    (tmp_path / "columns.toml").write_text(toml.replace("最终", "没有"), encoding="utf-8")
    with pytest.raises(TableError):
        load_cohort(tmp_path)
