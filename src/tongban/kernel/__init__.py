"""Ground floor: pure values every other floor shares. No I/O, no Django.

Owns: identifiers, time, periods, money, national codes and their check characters, canonical JSON, the error base.
Does not own: anything that knows a context, a table or a process.
"""
