"""XLM-R's tokeniser, built of the pieces in the weight file; the only `import tokenizers`."""

from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from search.errors import ModelUnusable
from search.text.encoders.e5s1 import Weights

SPECIAL = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}
MASK = "<mask>"  # always the last piece

# XLM-R's own table of code points is NFKC but for these: compared code point by code point over all of Unicode, what
# remains are 60 rare letters younger than the table.
_REMOVED = r"[\x00-\x08\x0B\x0E-\x1F\x7F\x{8F}\x{9F}]"
_SPACES = r"[\t\n\f\r\x{1680}\x{200B}-\x{200F}\x{2028}\x{2029}\x{2581}\x{FEFF}\x{FFFD}]"


def make_tokenizer(weights: Weights) -> Tokenizer:
    """XLM-R's tokeniser: unigram pieces (Kudo, ACL 2018), `<s> text </s>`, cut at the model's number of positions."""
    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=SPECIAL["<unk>"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_REMOVED), ""),
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", SPECIAL["<s>"]), ("</s>", SPECIAL["</s>"])],
    )
    tokenizer.add_special_tokens([AddedToken(piece, normalized=False, special=True) for piece in (*SPECIAL, MASK)])
    tokenizer.enable_truncation(weights.sizes.positions)
    return tokenizer


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokeniser in a tokenizer.json; ModelUnusable if it cannot be read."""
    try:
        return Tokenizer.from_file(str(path))
    except Exception as exc:  # the library raises plain Exception
        raise ModelUnusable(f"分词表 {path} 读不了：{exc}；请删除它所在的文件夹，会重新生成") from exc
