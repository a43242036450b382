from datetime import date

import pytest

from indexer.readers.html import read
from search.errors import BadDocument

PROSE = "偏头痛发作时，头的一侧跳着疼，怕光怕声，常伴恶心。" * 6


def page(body="", head="", text=PROSE):
    return f"<html><head>{head}</head><body>{body}<p>{text}</p></body></html>".encode()


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>偏头痛_康泰健康网</title>", "", "偏头痛"),
        ("<title>偏头痛的症状_偏头痛_康泰健康网</title>", "<h1>偏头痛</h1>", "偏头痛的症状"),
        ("<title>偏头痛的症状 - 康泰健康网</title>", "", "偏头痛的症状"),
        ("<title>5.1疾病自查-感冒-概述</title>", "", "5.1疾病自查-感冒-概述"),
        ("<title>首页</title>", "<h1>偏头痛 <small>（别名：血管性头痛）</small></h1>", "偏头痛"),
        ("<title>偏头痛|康泰健康网</title>", "<h1>康泰健康网</h1>", "偏头痛"),
        ("<title>偏头痛_康泰</title>", "<h1><a href='/'>康泰健康网首页</a></h1>", "偏头痛"),
        ('<meta property="og:title" content="偏头痛">', "", "偏头痛"),
        ("", "", ""),
    ],
)
def test_the_title_is_the_main_heading_or_the_pages_without_its_sites_name(head, body, title):
    assert read(page(body, head)).title == title


def test_the_main_heading_is_no_section_and_the_others_are():
    document = read(page(f"<h1>偏头痛</h1><p>总说。</p><h2>一、治疗</h2><p>{PROSE}</p><h3>药物</h3>"))
    assert [section.heading for section in document.sections] == ["治疗", "治疗 › 药物"]
    assert document.text[document.sections[1].start : document.sections[1].end] == PROSE


def test_lines_that_are_written_as_headings_are_headings_too():
    document = read(page("<h2>治疗</h2><p>（一）休息</p><p>避光。</p><p>【药物】布洛芬。</p><ul><li>一、不是标题</li></ul>"))
    assert [section.heading for section in document.sections] == ["治疗 › 休息", "治疗 › 药物"]


@pytest.mark.parametrize("charset", ["gbk", "big5", "utf-8", "utf-16"])
@pytest.mark.parametrize("declared", ["gb2312", "big5", "utf-8", "iso-8859-1", "nonsense"])
def test_a_page_is_read_in_the_charset_it_is_in_whatever_it_declares(charset, declared):
    text = "頭痛時請休息，避免強光，必要時就醫。" * 3 if charset == "big5" else PROSE
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'
    assert read(page(head=meta, text=text).decode().encode(charset)).text == text


def test_characters_beyond_gb2312_are_read_in_a_page_that_declares_it():
    assert "王旸" in read(page(head="<meta charset=gb2312>", text=PROSE + "王旸医师").decode().encode("gbk")).text


@pytest.mark.parametrize(
    ("byline", "day"),
    [
        ("张医师 / 2025-06-12", date(2025, 6, 12)),
        ("2025年6月12日 10:30 某某晚报", date(2025, 6, 12)),
        ("2025-06-12 至 2025-06-14", None),
        ("据2025-06-12的报道，本市新增三例。", None),
    ],
)
def test_a_byline_dates_the_page_and_is_not_its_text(byline, day):
    document = read(page(f"<a href=/>首页</a><h1>偏头痛</h1><p>{byline}</p>"))
    assert document.published_at == day
    assert (byline in document.text) == (day is None)


def test_what_is_stated_for_machines_goes_before_what_is_stated_in_words():
    head = '<meta name="PubDate" content="2025-01-02">'
    document = read(page("<p>发布时间：2025-03-04</p><p>就诊科室：神经科</p>", head))
    assert (document.published_at, document.facts.departments) == (date(2025, 1, 2), ("内科/神经内科",))


def test_a_doctors_department_beside_the_text_is_not_the_pages():
    data = page(f"<a href=/>首页</a><h1>偏头痛</h1><p>{PROSE}</p>").replace(
        b"</body>", "<aside><p>科室：骨科</p></aside></body>".encode()
    )
    assert read(data).facts.departments == ()


def test_scripts_written_as_text_stay_text_and_scripts_are_not_read():
    document = read(page("<script>alert('坏')</script><p>输入 &lt;script&gt;alert(1)&lt;/script&gt; 会怎样？</p>"))
    assert "<script>alert(1)</script>" in document.text
    assert "坏" not in document.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html><frameset><frame src='main.htm'></frameset></html>", "main.htm"),
        (b"<html><body><a href=/1>x</a> <a href=/2>y</a></body></html>", "导航"),
        (b"<html><body><div id=app></div><script>draw()</script></body></html>", "脚本"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "PNG"),
        (b"<div>" * 10_000, "嵌套"),
    ],
)
def test_what_has_no_text_is_refused_with_its_reason(data, said):
    with pytest.raises(BadDocument, match=said):
        read(data)
