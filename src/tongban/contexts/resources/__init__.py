"""What data the departments hold, and how each resource is reached.

Owns: data elements, the catalogue of data resources with their fields, sharing class and legal basis, and the
interfaces over which gateways read them.
Does not own: who may read what (exchange), the data itself (the departments), how a read is carried out (gateway).

Invariants:
- A resource is withheld only with a legal basis, and conditional only with its condition written down.
- An interface about persons says which parameter or column names the person.
- A pack's resources are loaded whole or not at all; a resource that a pack no longer names is retired, not deleted.
"""
