"""Search for short official texts by plain words: tokens, query parsing and ranking.

Pure: no database, no clock, no I/O. Chinese is cut into characters and character pairs (no dictionary decides what a
word is), Chinese is also found by its pinyin and by pinyin initials, other scripts by word. Storage is the caller's.
"""
