import random

import pytest

from indexer.readers.charset import decode, detect
from search.errors import BadDocument

SIMPLIFIED = (
    "落枕多半是睡姿不对造成的，早上醒来脖子一侧发紧，转头就疼。先别硬扳，用热毛巾敷一刻钟，再慢慢活动。"
    "如果手臂也跟着发麻、握不住东西，或者同时发烧、头疼得厉害，就不是普通落枕了，应当尽快去医院，由骨科或神经内科医生检查。"
)
TRADITIONAL = (
    "落枕多半是睡姿不對造成的，早上醒來脖子一側發緊，轉頭就疼。先別硬扳，用熱毛巾敷一刻鐘，再慢慢活動。"
    "如果手臂也跟著發麻、握不住東西，或者同時發燒、頭疼得厲害，就不是普通落枕了，應當儘快去醫院，由骨科或神經內科醫生檢查。"
)
WRITTEN = [
    (SIMPLIFIED, "utf-8"),
    (SIMPLIFIED, "gb18030"),
    (TRADITIONAL, "utf-8"),
    (TRADITIONAL, "gb18030"),
    (TRADITIONAL, "big5"),
    (TRADITIONAL, "big5hkscs"),
]


@pytest.mark.parametrize(("text", "charset"), WRITTEN)
@pytest.mark.parametrize("declared", [None, "utf-8", "gb2312", "big5", "iso-8859-1", "utf-16", "no-such-charset"])
def test_snippets_from_eleven_characters_on_are_read_whatever_is_declared(text, charset, declared):
    for start in range(len(text) - 20):
        snippet = text[start : start + 11 + start % 10]
        assert decode(snippet.encode(charset), declared) == snippet


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_with_a_mark_or_with_ascii_among_it_is_read(charset):
    assert decode(f"CT: {SIMPLIFIED}\n".encode(charset)) == f"CT: {SIMPLIFIED}\n"


def test_utf16_is_known_by_its_mark_even_without_ascii():
    assert decode(b"\xfe\xff" + "咳嗽".encode("utf-16-be")) == "咳嗽"


def test_the_body_decides_where_the_head_is_ascii():
    page = b"<meta charset=utf-8>" + b"<script>var a = 1;</script>" * 50_000 + SIMPLIFIED.encode("gbk")
    assert decode(page, "utf-8").endswith(SIMPLIFIED)


def test_what_is_declared_decides_where_nothing_else_does():
    assert decode("联通".encode("gbk"), "gb2312") == "联通"
    assert decode("café fermé à Noël".encode("latin-1"), "iso-8859-1") == "café fermé à Noël"


def test_declared_gb2312_holds_characters_of_gb18030():
    assert decode("朱镕基喝㵘水𠮷，花了€3。头疼好了".encode("gb18030"), "gb2312") == "朱镕基喝㵘水𠮷，花了€3。头疼好了"


def test_the_euro_of_windows_is_read():
    assert decode(SIMPLIFIED.encode("gbk") + b"\x80") == SIMPLIFIED + "€"
    assert decode(TRADITIONAL.encode("big5") + b"\xa3\xe1") == TRADITIONAL + "€"


def test_big5_is_that_of_the_web():
    assert decode(TRADITIONAL.encode("big5") + b"\xc6\xa1\xa1\x45\xf9\xd8\x88\x62") == TRADITIONAL + "①‧裏" + "Ê̄"


@pytest.mark.parametrize(("text", "charset"), WRITTEN)
def test_a_few_broken_bytes_do_not_change_the_charset(text, charset):
    data = text.encode(charset)
    read = decode(data[:60] + b"\xff" + data[60:] + data[:1])
    assert read.startswith(text[:15])
    assert read.count("\ufffd") <= 4


@pytest.mark.parametrize(
    "text", ["😀🎉🤒", "Больного беспокоит боль", "두통이 심해요", "頭が痛い。ひどい咳です", "Noël à l'hôpital"]
)
def test_other_scripts_in_utf8_are_read(text):
    assert decode(text.encode(), "gb2312") == text


@pytest.mark.parametrize("data", [b"", b"plain ASCII", b"QUJD" * 500_000])
def test_ascii_is_utf8(data):
    assert detect(data) == "utf-8"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n%", "PDF"),
        (b"PK\x03\x04\x14\x00", "docx"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"\x1f\x8b\x08\x00", "gunzip"),
        (b"\x00\x01\x02\x03", "NUL"),
        (bytes(range(256)), "NUL"),
    ],
)
def test_binary_data_is_refused_with_what_it_seems_to_be(data, said):
    with pytest.raises(BadDocument, match=said):
        decode(data)


def test_random_bytes_are_refused():
    seeded = random.Random(20)
    for _ in range(100):
        with pytest.raises(BadDocument):
            decode(bytes(seeded.randrange(32, 256) for _ in range(500)))
