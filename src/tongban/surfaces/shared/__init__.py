"""What every surface shows in the same way: page frame, components, icons, preferences, problem pages.

Owns: templates, tags, static files. Does not own: any page of a surface.
"""
