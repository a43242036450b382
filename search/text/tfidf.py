"""The TF-IDF model: scikit-learn's TfidfVectorizer over our terms, so that a dot product is a cosine (Salton & Buckley, 1988)."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from search.errors import ModelUnusable

KIND = "tfidf"
MIN_DOCUMENTS = 2  # a term of one document alone tells nothing of other documents; it halves the vocabulary


class TfidfModel:
    """Terms to sparse unit vectors: (1 + ln tf) * idf, idf = ln((1 + N) / (1 + df)) + 1, L2-normalised."""

    def __init__(self, idf: Mapping[str, float]) -> None:
        self.idf = idf

    @classmethod
    def fit(cls, documents: Iterable[Sequence[str]]) -> "TfidfModel":
        """A model of documents given as terms; the same documents in any order give the same model."""
        from sklearn.feature_extraction.text import TfidfVectorizer  # a second to import, and searching never needs it

        rows = [list(terms) for terms in documents]
        if not any(rows):
            return cls({})
        vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True, min_df=min(MIN_DOCUMENTS, len(rows)))
        try:
            vectorizer.fit(rows)
        except ValueError:  # no term stands in two documents
            return cls({})
        return cls({str(term): float(vectorizer.idf_[i]) for term, i in sorted(vectorizer.vocabulary_.items())})

    @classmethod
    def load(cls, folder: Path) -> "TfidfModel":
        """The model that `save` wrote."""
        try:
            return cls(json.loads((folder / "idf.json").read_text(encoding="utf-8")))
        except (OSError, ValueError) as exc:
            raise ModelUnusable(f"{folder} 里的 TF-IDF 模型读不了：{exc}；请运行 python -m indexer fit tfidf") from exc

    def save(self, folder: Path) -> None:
        """Write the model as one JSON file."""
        (folder / "idf.json").write_text(json.dumps(self.idf, ensure_ascii=False), encoding="utf-8")

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """The unit vector of a text's terms, unknown ones left out; empty if none is known."""
        counts = Counter(term for term in terms if term in self.idf)
        raw = {term: (1.0 + math.log(count)) * self.idf[term] for term, count in counts.items()}
        length = math.sqrt(sum(value * value for value in raw.values()))
        return {term: value / length for term, value in raw.items()}
