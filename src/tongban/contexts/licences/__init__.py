"""E-licences 电子证照: issued once, recognised everywhere, checked by anyone.

Owns: licence types, licences and their states, the signed PDF, the references that QR codes carry, verification.
Does not own: the case that led to a licence (cases), which materials a service asks for (services).
Invariants: one licence of a type for a case, however often issuing is tried; a licence's PDF is made and signed once
and never changes; verification says "valid" only when reference, record, file, issuer and dates all agree; a QR code
carries no personal data.
"""
