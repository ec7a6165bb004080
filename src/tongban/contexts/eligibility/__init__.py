"""Benefits that find the people entitled to them (免申即享).

Owns: policies as DMN, determinations with their explanation, population runs, awards without application.
Does not own: paying out.
Invariants: every determination names the rule, the version and the values it rests on.
"""
