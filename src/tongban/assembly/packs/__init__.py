"""City packs: a city's public services as data, read, checked, loaded and tried.

Owns: the file layout and formats of a pack, their JSON Schemas, errors that name file, line, element and remedy,
the order in which a pack's parts are loaded. Does not own: what a part means once loaded (the contexts).
Invariants: a pack with one error loads nothing; every error of a pack is reported at once; a file is read only inside
the pack's own folder; loading the same pack twice changes nothing.
"""
