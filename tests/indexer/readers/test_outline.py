from indexer.readers.outline import Block, assemble
from search.document import Section


def test_a_section_holds_what_stands_directly_under_its_heading():
    blocks = [Block(0, "前"), Block(2, "治疗"), Block(0, "总说"), Block(0, "又说"), Block(3, "药物"), Block(0, "片剂")]
    text, sections = assemble(blocks)
    assert text == "前\n总说\n又说\n片剂"
    assert sections == (Section("治疗", 2, 7), Section("治疗 › 药物", 8, 10))


def test_a_heading_ends_those_below_its_level():
    _, sections = assemble([Block(2, "甲"), Block(4, "乙"), Block(3, "丙"), Block(0, "x"), Block(2, "丁"), Block(0, "y")])
    assert [section.heading for section in sections] == ["甲 › 丙", "丁"]


def test_an_empty_heading_ends_sections_and_begins_none():
    _, sections = assemble([Block(1, "甲"), Block(0, "x"), Block(1, ""), Block(0, "y")])
    assert [section.heading for section in sections] == ["甲"]
