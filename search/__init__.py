"""The core: vocabulary, text, engines, ranking. Imports no other package of ours; all of them may import it."""
