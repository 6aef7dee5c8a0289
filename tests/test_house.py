"""The rules of the house, held by machine: who may know whom, what may be loaded, how long a file is."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = ROOT / "streamlit_app.py"
CODE = [
    *(path for folder in ("core", "pages", "tests") for path in sorted((ROOT / folder).rglob("*.py"))),
    APP,
]
PAGES = [*sorted((ROOT / "pages").glob("[0-9]*_*.py")), APP]
PARTS = [path for path in CODE if path.is_relative_to(ROOT / "pages")]
MODELS = {"ecg", "ehr", "fusion", "training", "artifacts"}
UNKNOWN_TO = {
    "text": MODELS | {"cohort", "clinical", "evaluation", "charts", "report", "errors"},
    "errors": MODELS | {"cohort", "clinical", "evaluation", "charts", "report"},
    "clinical": MODELS,
    "evaluation": MODELS,
    "charts": MODELS,
    "cohort": {"fusion", "training", "artifacts"},
    "ecg": {"ehr", "fusion", "training", "artifacts"},
    "ehr": {"ecg", "fusion", "training", "artifacts"},
    "fusion": {"training", "artifacts"},
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> set[str]:
    """Every module that a file imports, dotted; ``from core import text`` counts as ``core.text``."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            base = ".".join([*package, *([node.module] if node.module else [])])
            found.add(base)
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return found


def page_name(path: Path) -> str:
    return "overview" if path == APP else path.stem.split("_", 1)[1]


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "core" and len(parts) > 1 else None


def rooms_known_by(room: str) -> set[str]:
    files = [
        path
        for path in CODE
        if name_of(path) == f"core/{room}.py" or name_of(path).startswith(f"core/{room}/")
    ]
    known = {room_of(module) for path in files for module in imports_of(path)}
    rooms = {path.stem for path in (ROOT / "core").iterdir()}
    return {other for other in known if other in rooms and other != room}


def calls_in(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]


def called_name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("path", [p for p in CODE if name_of(p).startswith("core/")], ids=name_of)
def test_core_knows_neither_streamlit_nor_the_pages(path):
    tops = {module.split(".")[0] for module in imports_of(path)}
    # streamlit_shap draws inside a page: it is a page's business too
    assert not tops & {"streamlit", "streamlit_shap", "pages", "tests"}


@pytest.mark.parametrize("room", UNKNOWN_TO)
def test_no_room_knows_a_room_above_it(room):
    assert not rooms_known_by(room) & UNKNOWN_TO[room]


def test_no_circle_between_the_rooms():
    rooms = {path.stem for path in (ROOT / "core").iterdir() if not path.stem.startswith("_")}
    below = {room: rooms_known_by(room) & rooms for room in rooms}
    while free := [room for room, known in below.items() if not known & below.keys()]:
        for room in free:
            del below[room]
    assert below == {}


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_nothing_that_is_loaded_can_run_code(path):
    in_tests = name_of(path).startswith("tests/")
    if not in_tests:  # a test may write a pickle to show that it is refused
        assert not {module.split(".")[0] for module in imports_of(path)} & {
            "pickle",
            "joblib",
            "dill",
            "shelve",
        }
    for call in calls_in(path):
        loads = ast.unparse(call.func)
        assert loads not in {"pickle.load", "pickle.loads", "joblib.load", "torch.load", "pd.read_pickle"}, (
            loads
        )
        assert not any(
            word.arg == "allow_pickle" and getattr(word.value, "value", None) is not False
            for word in call.keywords
        ), loads
        assert not (isinstance(call.func, ast.Name) and call.func.id in {"eval", "exec"}), loads


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_page_lets_html_or_script_through(path):
    words = {word.arg for call in calls_in(path) for word in call.keywords}
    assert not words & {"unsafe_allow_html", "unsafe_allow_javascript"}


@pytest.mark.parametrize("path", PARTS, ids=name_of)
def test_files_are_offered_at_one_place(path):
    # there the page is told not to be drawn again at a press, which can lose the file
    assert path.name == "file_offer.py" or not any(
        isinstance(call.func, ast.Attribute) and call.func.attr == "download_button"
        for call in calls_in(path)
    )


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_files_stay_short(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= (130 if path in PAGES else 300)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_page_opens_in_the_frame_before_anything_else(path):
    name = page_name(path)
    is_preamble = (ast.Import, ast.ImportFrom)
    body = [node for node in tree_of(path).body if not isinstance(node, is_preamble) and not is_text(node)]
    first = body[0]
    assert isinstance(first, ast.Assign)
    call = first.value
    assert isinstance(call, ast.Call)
    assert called_name(call) == "open_page"
    assert [ast.literal_eval(argument) for argument in call.args] == [name]


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_has_its_words_in_both_languages(path, language):
    name = page_name(path)
    words = ROOT / "core" / "text" / language / f"pages_{name}.toml"
    assert tomllib.loads(words.read_text(encoding="utf-8"))["title"]


@pytest.mark.parametrize("path", [p for p in CODE if p.name.startswith("test_")], ids=name_of)
def test_no_test_asserts_nothing(path):
    idle = [
        node.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not checks(node)
    ]
    assert idle == []


def checks(function: ast.FunctionDef) -> bool:
    """Whether a function asserts, expects an error or a warning, or calls something named for asserting."""
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and called_name(node).startswith(("assert", "raises", "warns")))
        for node in ast.walk(function)
    )


def test_no_file_names_a_package_host_or_a_machines_folder():
    # put together here, so that this file does not name them itself
    forbidden = [
        "py" + "pi.org",
        "python" + "hosted.org",
        "npm" + "js.org",
        "deb" + "ian.org",
        "py" + "torch.org/whl",
        "pypi.tu" + "na",
        "/wo" + "rk/",
        "extra-index" + "-url",
    ]
    own = [
        *CODE,
        *(p for p in ROOT.iterdir() if p.suffix in {".md", ".txt", ".toml", ".yaml"}),
        ROOT / ".ci" / "run",
    ]
    own += [p for folder in ("core", "pages", ".streamlit") for p in (ROOT / folder).rglob("*.toml")]
    named = [
        (name_of(path), word)
        for path in own
        for word in forbidden
        if word in path.read_text(encoding="utf-8")
    ]
    assert named == []


@pytest.mark.parametrize("readme", ["README.md", "README.en.md"])
def test_both_readmes_give_the_two_commands(readme):
    lines = (ROOT / readme).read_text(encoding="utf-8").splitlines()
    assert "pip install -r requirements.txt && streamlit run streamlit_app.py" in lines
    assert "pip install -r requirements-dev.txt && pytest" in lines
