"""Bytes to text: UTF-8, GB18030, Big5 and whatever has a byte order mark, by what the text then looks like."""

import codecs
import re
from collections import Counter
from functools import cache
from itertools import islice

from search.errors import BadDocument

GB18030, BIG5 = "gb18030", "big5hkscs"
# Python's big5hkscs is what the web calls Big5 (cp950 has kana where pages have ①②③), but for these marks of cp950.
_BIG5_MARKS = str.maketrans("•､‾∼♁☉¥¢£", "‧﹑¯～⊕⊙￥￠￡")

# The most frequent characters of Chinese, then those of medicine; where the scripts differ, both spellings.
_FREQUENT = frozenset(
    "的一是不了在人有我他这中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法"
    "学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点"
    "正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西月话合回特代内信表化老给世位次度门任常先海通教儿"
    "东声提立及比员解水名真论处走义各入几口认条平系气题活更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德命"
    "山金指克许统区保至队形社便空决治展马科司五基眼书非则听白界达光放强即像难且权思完设式色路记品住告类求据程死该交规万取拉格望术共"
    "传师观清今切院识候带导争运这個們來為國說時會對於著後過發裡種經麼學現當沒動還進樣開從實軍無與長機關點業將兩間問並應戰頭體見產"
    "氣話東聲員論處義幾認條題爾別變總電數報結務場計許統區隊決馬書聽達強難權規萬類據術傳師觀導爭運給兒門"
    "病症痛疼药治疗医患炎癌瘤肿血肝肾胃肠肺脑骨皮肤热咳嗽服检查胸腹胀腰腿脚足背颈喉鼻耳齿牙舌唇疫染菌毒毛细胞尿便泻吐呕晕压糖脂酸"
    "胎孕妇婴幼乳癣疹痒溃疡息肉结石梗塞硬衰竭急慢性染感诊断预防饮食注射剂量片粒胶囊蛋钙维素激素抗免疫损伤折裂筋关节脊椎神经肌"
    "藥療醫腫腎腸腦膚熱檢脹腳頸齒婦嬰癢瀉嘔暈壓劑膠維損傷節診斷預飲"
)
# What one character says for its reading. Each halved and doubled on 3,900 snippets of 2-6 characters in five encodings: 9 to 17
# are wrong; of 665 of 20-2,000 characters none is, whatever the values, nor with a lie declared.
_POINTS = {"frequent": 3.0, "usual": 1.0, "mark": 0.5, "other": -0.5, "rare": -2.0, "private": -4.0, "broken": -8.0}
_MARKS = frozenset("，。、；：？！…—～·“”‘’（）《》〈〉【】「」『』〔〕％℃°±×≥≤＋－－／　①②③④⑤⑥⑦⑧⑨⑩→μαβγ")
_UTF8_BONUS = 2.5  # a text of other characters that is valid UTF-8 by accident is one of a few characters (联通 in GBK)
_DECLARED_BONUS = 0.5  # pages lie: what is declared decides only where the readings are nearly as likely
_READABLE = -1.0  # mean points: the worst snippet of 20 characters has 1.2, of 2 has -0.6, 500 random bytes -1.8 at best

_SAMPLE_RUNS, _SAMPLE_BYTES = 400, 2000
_HEAD_BYTES = 1_000_000  # a charset shows in its first million bytes, unless they are all ASCII
# No separator is ever the second byte of a character, so a run begins at a character's first byte in all candidates.
_RUN = re.compile(rb"[^\x00-\x2f\x3a-\x3f]+")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", GB18030),
)
# What a page may declare, by Python's names. UTF-16 is not among them: it is known by its mark or its NULs, or it is a lie.
_DECLARED = {
    "utf-8": "utf-8",
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "cp936"), GB18030),
    **dict.fromkeys(("big5", "big5hkscs", "cp950"), BIG5),
    **dict.fromkeys(("iso8859-1", "cp1252", "ascii"), "cp1252"),
    **{name: name for name in ("shift_jis", "cp932", "euc_jp", "euc_kr")},
}
_BINARY = (
    (b"%PDF", "PDF 文件", "请把扩展名改成 .pdf"),
    (b"PK\x03\x04", "zip 压缩包，或 xlsx、epub", "请先解压，或另存为纯文本；docx 请把扩展名改成 .docx"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文件（doc、xls）", "请另存为纯文本"),
    (b"{\\rtf", "RTF 文件", "请另存为纯文本"),
    (b"\x1f\x8b", "gzip 压缩文件", "请先解压：gunzip -c 文件 | python -m indexer load -"),
    (b"BZh", "bzip2 压缩文件", "请先解压"),
    (b"\xfd7zXZ", "xz 压缩文件", "请先解压"),
    (b"7z\xbc\xaf", "7z 压缩包", "请先解压"),
    (b"Rar!", "rar 压缩包", "请先解压"),
    (b"\x89PNG", "PNG 图片", "图片里的文字要先识别（OCR）"),
    (b"\xff\xd8\xff", "JPEG 图片", "图片里的文字要先识别（OCR）"),
    (b"GIF8", "GIF 图片", "图片里的文字要先识别（OCR）"),
    (b"RIFF", "图片或音频", "请给出文本"),
    (b"SQLite format 3", "SQLite 数据库", "请先导出为 JSON lines"),
    (b"\x7fELF", "程序", "请给出文本"),
)
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_MAX_CONTROL = 1 / 500  # a stray control byte stands in many a crawled page; random data has one in ten


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of these bytes; a few broken characters become U+FFFD. BadDocument where it is no text at all."""
    return decode_as(data, detect(data, declared))


def decode_as(data: bytes, charset: str) -> str:
    """The text in a charset that `detect` has named."""
    text = codecs.decode(data, charset, "xinglin-missing").removeprefix("\ufeff")
    return text.translate(_BIG5_MARKS) if charset == BIG5 else text


def detect(data: bytes, declared: str | None = None) -> str:
    """The charset in which this reads most like Chinese, as a name for `decode_as`. BadDocument where it is no text."""
    for mark, charset in _BOMS:
        if data.startswith(mark):
            return charset
    if utf16 := _utf16_without_mark(data):
        return utf16
    refuse_binary(data)
    runs = _runs(data[:_HEAD_BYTES]) or _runs(data[_HEAD_BYTES:])
    if not runs:
        return "utf-8"
    chosen = islice(runs, 0, None, 1 + len(runs) // _SAMPLE_RUNS)  # from all over the body
    return _most_readable(b" ".join(run[:_SAMPLE_BYTES] for run in chosen), _known(declared))


def _runs(data: bytes) -> list[bytes]:
    return [run for run in _RUN.findall(data) if not run.isascii()]


def _most_readable(sample: bytes, declared: str | None) -> str:
    """The candidate with the highest points; the earlier where they are equal."""
    candidates = dict.fromkeys(("utf-8", declared, GB18030, BIG5))
    points = {
        charset: _points(sample, charset) + _DECLARED_BONUS * (charset == declared) + _UTF8_BONUS * (charset == "utf-8")
        for charset in candidates
        if charset
    }
    best = max(points, key=lambda charset: points[charset])
    if points[best] < _READABLE:
        raise BadDocument("认不出字符编码（试过 UTF-8、GB18030、Big5）：可能不是文本；若是，请先转成 UTF-8")
    return best


def _points(sample: bytes, charset: str) -> float:
    """Mean points of the characters beyond ASCII."""
    text = codecs.getincrementaldecoder(charset)("xinglin-missing").decode(sample)  # not final: the end may be cut
    counts = Counter(text)
    beyond = {character: count for character, count in counts.items() if character >= "\x80"}
    return sum(_POINTS[_class(character)] * count for character, count in beyond.items()) / max(1, sum(beyond.values()))


@cache
def _class(character: str) -> str:
    """Which kind of witness a character is; a key of _POINTS."""
    code = ord(character)
    if character in _FREQUENT:
        return "frequent"
    if character in _MARKS or 0xFF01 <= code <= 0xFF5E:
        return "mark"
    if character == "\ufffd" or code < 0xA0:
        return "broken"
    if 0xE000 <= code <= 0xF8FF or code >= 0xF0000:
        return "private"
    if not (0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF):
        return "other"
    gb, big5 = character.encode("gb2312", "ignore"), character.encode("big5", "ignore")
    # The first levels of both standards: 3,755 and 5,401 characters in common use.
    return "usual" if b"\xb0" <= gb[:1] <= b"\xd7" or b"\xa4" <= big5[:1] <= b"\xc6" else "rare"


def _known(declared: str | None) -> str | None:
    try:
        return _DECLARED.get(codecs.lookup((declared or "").strip().strip("\"'")).name)
    except (LookupError, ValueError):
        return None


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 with ASCII among it has most of its NULs at odd places, or at even ones (一 has the others: 4E 00)."""
    head = data[:_SAMPLE_BYTES]
    odd, even = head[1::2].count(0), head[::2].count(0)
    if max(odd, even) <= 2 * min(odd, even) or len(data) % 2:
        return None
    charset = "utf-16-le" if odd > even else "utf-16-be"
    text = head.decode(charset, "replace")
    readable = sum(" " <= char < "\x7f" or char in "\t\r\n" or _POINTS[_class(char)] > 0 for char in text)
    return charset if readable > 0.9 * len(text) else None


def refuse_binary(data: bytes) -> None:
    """BadDocument saying what the bytes seem to be, where they are no text."""
    for magic, what, advice in _BINARY:
        if data.startswith(magic):
            raise BadDocument(f"不是文本（{what}）：{advice}")
    if len(_CONTROL.findall(data[:100_000])) > _MAX_CONTROL * min(len(data), 100_000):
        raise BadDocument("不是文本（二进制数据，含有 NUL 等控制字节）：请给出 txt、Markdown 或 JSON lines")


def _missing(error: UnicodeError) -> tuple[str, int]:
    """The two euro signs of Windows that Python's codecs lack; else U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    rest = error.object[error.start : error.start + 2]
    if error.encoding == BIG5 and rest == b"\xa3\xe1":
        return "€", error.start + 2
    if error.encoding == GB18030 and rest[:1] == b"\x80":
        return "€", error.start + 1
    return "\ufffd", error.end


codecs.register_error("xinglin-missing", _missing)
