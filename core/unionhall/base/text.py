def tidy(text, *, one_line=True): return text.strip()
def fold(text): return text.casefold()
def slugify(text, max_length=60): return ""
def like_escape(text): return text
