"""Uploads made to do harm: what grows when it is read, leads elsewhere, or is taken for something that it is not."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import TYPE_CHECKING

from core.mutation import seeds
from core.mutation.hostile_ecg import HOSTILE, hostile_headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    Files = dict[str, bytes]

_MANY = 1_000_000
_LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'ha'}'>" for n in range(12))
_ENTITIES = (
    f"<!DOCTYPE x [{_LAUGHS}]>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "<!DOCTYPE x SYSTEM 'http://localhost:9/x.dtd'>",
    "<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://localhost:9/x.dtd'> %p;]>",
    f"<!DOCTYPE x [<!ENTITY long '{'a' * 100_000}'>]>",
)
_MARKUP = (
    "=1+1", "@SUM(A1)", "+1+1", "-2+3", "\t=1", "<script>alert(1)</script>", "![](http://localhost:9/x)",
    "[x](http://localhost:9)", ":red[x]", "$x$", ":smile:", "{0}", "{column}", "%s", "\u202eabc", "__class__",
)  # fmt: skip
_PATHS = (
    "../escape.csv",
    "/escape.csv",
    "..\\escape.csv",
    "C:\\escape.csv",
    "a/../../escape.csv",
    "ecg/\n.csv",
)
_ROOTS = {"ecg muse": "RestingECG", "ecg philips": "restingecgdata", "ecg aecg": "AnnotatedECG"}


def hostile(reader: str) -> Iterator[Files]:
    """Hostile uploads for one reader by its name; none for a reader that has none of its own."""
    if reader in {"csv", "labels", "score table"}:
        yield from ({"ehr.csv": content} for content in _texts())
    elif reader == "xlsx":
        yield from ({"ehr.xlsx": content} for content in _workbooks())
    elif reader in _ROOTS:
        yield from ({"ecg.xml": content} for content in _xml(_ROOTS[reader]))
    elif reader == "ecg wfdb":
        yield from ({"a.hea": header.encode(), "a.dat": bytes(1000)} for header in hostile_headers())
    elif reader in HOSTILE:
        yield from ({"ecg": content} for content in HOSTILE[reader]())
    elif reader == "ecg.csv":
        folder = seeds.cohort_folder()
        yield from (folder | {"ecg.csv": f"patient_id,path\nP001,{path}\n".encode()} for path in _PATHS)
        yield folder | {"cohort.toml": b'signals = "/etc"\n', "ecg.csv": b"patient_id,path\nP001,passwd\n"}
    elif reader in {"cohort.toml", "columns.toml"}:
        yield from ({reader: content} for content in _settings())
    elif reader == "zip":
        yield from ({"cohort.zip": content} for content in _archives())
    elif reader.endswith(("-ehr", "-ecg", "-fusion")):
        yield from ({"manifest.json": content} for content in _manifests())


def _texts() -> Iterator[bytes]:
    names = ",".join(f'"{name}"' for name in _MARKUP)
    values = "\n".join(f"{name}," + ",".join("1" for _ in _MARKUP) for name in ("a", "b", "=c"))
    yield f"patient_id,{names}\n{values}\n".encode()
    yield f"patient_id,age,ward\n{''.join(f'{word},70,{word}{chr(10)}' for word in _MARKUP)}".encode()
    yield b"patient_id," + b",".join(b"c%d" % n for n in range(_MANY)) + b"\n" + b"1," * _MANY
    yield b"x\n" + b"a," * _MANY
    yield b"patient_id,age\n" + b"1,70\n" * 300_000
    yield b"patient_id,age\n" + b"\n" * (2 * _MANY) + b"1,70\n"
    yield b"patient_id,age\n1," + b"9" * _MANY + b"\n"
    yield b"patient_id," + b"x" * _MANY + b"\n1,2\n2,3\n"
    yield b"patient_id," + b"(" * 50_000 + b"\n1,2\n2,3\n"
    yield b"patient_id,age " + b"[" * 50_000 + b"]" * 50_000 + b"\n1,2\n2,3\n"
    yield b"patient_id,age" + b" " * _MANY + b"\n1,2\n2,3\n"
    yield b"patient_id,age\n" + b"".join(b"%d,%s\n" % (n, b"1." * 30_000) for n in range(20))
    yield b"patient_id,age\n" + b"".join(b"%d,%s\n" % (n, b" 1" * 30_000 + b"x") for n in range(20))
    yield b"patient_id,age\n" + b"".join(b"%d,%s x\n" % (n, b"1-" * 30_000) for n in range(20))
    yield b'patient_id,age\n1,"' + b'""' * _MANY
    yield b'"' * (3 * _MANY)
    yield b"patient_id,age\n" + "１".encode() * 5_000 + b",2\n2,1e400\n"
    yield b"patient_id," + b",".join([b"age"] * 1_000) + b"\n" + b"1," * 1_000 + b"1\n"
    yield b"patient_id," + b",".join(b"v%d" % n for n in range(3_000)) + b"\n" + (b"1," * 3_000 + b"2\n") * 20


def _workbooks() -> Iterator[bytes]:
    parts = seeds.unzipped(seeds.workbook_bytes(seeds.table()))
    sheet = parts["xl/worksheets/sheet1.xml"]
    cell = b'<c r="A1" t="inlineStr"><is><t>patient_id</t></is></c>'
    head, tail = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>',
        b"</sheetData></worksheet>",
    )
    for rows in (
        b'<row r="1">' + cell + b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1">' + cell + b'</row><row r="2000000000"><c r="A2000000000"><v>1</v></c></row>',
        b'<row r="1">' + cell + b"</row>" + b'<row><c r="XFD1"><v>1</v></c></row>' * 2_000,
        b'<row r="1">' + cell + b"</row>" + b"<row>" * 100_000,
        b'<row r="1">' + cell * 30_000 + b"</row>",
        b'<row r="1">' + cell + b"</row>" + b"<row><c><f>" + b"(" * 100_000 + b"</f></c></row>",
        b'<row r="1">' + cell + b"</row>" + b'<row><c t="s"><v>99999999999</v></c></row>',
        b"<row><c><v>1</v></c></row>" * 50_000,
    ):
        yield seeds.zipped(parts | {"xl/worksheets/sheet1.xml": head + rows + tail})
    for entity in _ENTITIES:
        yield seeds.zipped(parts | {"xl/worksheets/sheet1.xml": entity.encode() + sheet})
        yield seeds.zipped(parts | {"xl/worksheets/sheet1.xml": b" " * 70_000 + entity.encode() + sheet})
        wide = f'<?xml version="1.0" encoding="UTF-16"?>{entity}<worksheet/>'.encode("utf-16")
        yield seeds.zipped(parts | {"xl/workbook.xml": wide})
        yield seeds.zipped(parts | {"xl/styles.xml": entity.encode() + parts["xl/styles.xml"]})
    yield seeds.zipped(parts | {"xl/sharedStrings.xml": b"<sst>" + b"<si><t>a</t></si>" * _MANY + b"</sst>"})
    yield seeds.zipped(parts | {"xl/worksheets/sheet1.xml": sheet + b" " * (30 << 20)})
    yield seeds.zipped(parts | {"xl/styles.xml": b"<styleSheet>" + b"<x>" * 200_000})
    yield seeds.zipped(parts | {f"xl/x{n}.xml": b"<x/>" for n in range(20_000)})


def _xml(root: str) -> Iterator[bytes]:
    for entity in _ENTITIES:
        yield f"{entity}<{root}>&l11;&e;&long;</{root}>".encode()
        yield f"<?xml version='1.0'?>{entity}<{root}>&l11;&e;&long;</{root}>".encode("utf-16")
    yield (f"<{root}>" + "<a>" * 150_000 + "</a>" * 150_000 + f"</{root}>").encode()
    yield (f"<{root}>" + "<component><series>" * 90_000).encode()
    yield (f"<{root} " + " ".join(f'a{n}="1"' for n in range(200_000)) + "/>").encode()
    yield (f"<{root}>" + "<Waveform/>" * 380_000 + f"</{root}>").encode()
    yield f"<{root} xmlns='{'x' * _MANY}'/>".encode()
    yield f"<{root}><!--{'-' * _MANY}></{root}>".encode()
    yield (f"<?xml version='1.0' encoding='{'a' * 100}'?><{root}/>").encode()
    yield (f"<?xml version='1.0' encoding='utf-7'?><{root}/>").encode()
    yield f"<{root}><![CDATA[{'x' * _MANY}".encode()
    yield ("<?" * 100_000 + f"<{root}/>").encode()


def _settings() -> Iterator[bytes]:
    yield b"a = " + b"[" * 100_000
    yield b"a = " + b"{b = " * 5_000
    yield b"a" + b".a" * 100_000 + b" = 1"
    yield b"seed = " + b"9" * 100_000
    yield b"name = 1979-05-27T07:32:00Z\nseed = nan\nsynthetic = 1"
    yield b'name = "' + b"x" * _MANY + b'"'
    yield b'signals = "/"\nname = "<script>alert(1)</script> ![](http://localhost:9)"'
    yield b'name = "\\u0000\\u202e\\n"'
    yield b"\xff\xfe" + "name = 'a'".encode("utf-16-le")


def _archives() -> Iterator[bytes]:
    folder = seeds.cohort_folder()
    for path in _PATHS:
        yield seeds.zipped(folder | {path: b"x"})
    for mode in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR):
        yield _with_entry(folder, "ecg/link", b"/etc/passwd", mode | 0o777)
        yield _with_entry(folder, "ehr2", b"../..", mode | 0o777)
    yield _bomb(folder)
    yield seeds.zipped({"cohort.zip": seeds.zipped(folder)})
    yield seeds.zipped({f"ecg/{n}.csv": b"" for n in range(30_000)})
    yield seeds.zipped({"a/" * 40 + "ehr.csv": folder["ehr.csv"]})
    yield seeds.zipped({"x" * 300 + "/ehr.csv": folder["ehr.csv"]})
    yield seeds.zipped({"ehr.csv": folder["ehr.csv"], "ehr.csv/labels.csv": b"x"})
    yield seeds.zipped({"EHR.CSV": folder["ehr.csv"], "CON": b"x", "labels.csv ": b"x"})
    yield _with_entry(folder, "labels.csv", folder["labels.csv"], stat.S_IFREG | 0o600)
    yield seeds.zipped(folder).replace(b"ecg.csv", b"ecg\x00csv")
    yield seeds.zipped(folder)[:-22] + b"PK\x05\x06" + b"\xff" * 18


def _bomb(folder: Files) -> bytes:
    out = io.BytesIO(seeds.zipped(folder))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed,
        packed.open("ecg/zeros.bin", "w") as member,
    ):
        for _ in range(300):
            member.write(bytes(1 << 20))
    return out.getvalue()


def _with_entry(folder: Files, name: str, content: bytes, mode: int) -> bytes:
    import warnings

    out = io.BytesIO(seeds.zipped(folder))
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, mode << 16
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as packed:
        warnings.simplefilter("ignore")  # a name that is there already
        packed.writestr(entry, content)
    return out.getvalue()


def _manifests() -> Iterator[bytes]:
    yield b"[" * 100_000
    yield b'{"format": 1, "files": {"../../etc/passwd": "0"}}'
    yield b'{"format": 1, "files": {"/etc/passwd": "0"}}'
    yield b'{"format": 1, "files": {"model.json": 5}}'
    yield b'{"format": 1, "files": []}'
    yield b'{"format": 99, "files": {}}'
    yield b'{"format": 1, "files": {}, "task": ["diagnosis"], "metrics": NaN}'
    yield b'{"format": 1, "files": {}, "task": "diagnosis", "metrics": ' + b"9" * 100_000 + b"}"
    yield b'"a"'
    yield b"\xff\xfe"
