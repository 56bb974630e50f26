"""Scripts: who says what, read from the text as it comes."""
