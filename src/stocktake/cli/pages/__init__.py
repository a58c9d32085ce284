"""Pages: documents of the pipeline as paragraphs and tables."""
