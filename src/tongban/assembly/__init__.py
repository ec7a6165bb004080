"""Where the parts are put together: Django settings, addresses, processes, ports, city packs, the command line.

Owns: wiring. Does not own: any rule.
"""
