"""Many machines: an Elasticsearch cluster. The only package that imports elasticsearch. Used by search.bootstrap alone."""
