"""The demo city: everything of an installation, the departments' own systems included, from one command.

Owns: the order of the start, the processes, the demo's data folder and what was put into it.
Does not own: what the processes do; how a pack is loaded (assembly.packs); the departments' systems.
Invariants: data is kept unless ``--fresh``; what is done is not done again; nothing outlives the command.
"""
