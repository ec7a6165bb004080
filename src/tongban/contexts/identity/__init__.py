"""Who people are, and how they prove it.

Owns: accounts with their password and second factor, persons with their verified identity number, organisations of
the city and the staff who act for them, enterprises with their representatives and operators, the levels at which an
identity was proven, sign-in sessions and devices.
Does not own: what an identity may see of data (exchange), what a case allows its applicant (cases), the delivery of
messages (notices).

Invariants:
- One person per identity number; the number is stored encrypted and found only through a keyed hash.
- A person is bound to an account only after the police source said that name and number belong together.
- Residents and staff are separate realms: an account is of one realm, and each realm has its own sign-in.
- Staff have a second factor, everywhere; what the demo publishes opens nothing in production.
- A sign-in allowed from another device serves once and is worth no more than the session that allowed it.
- Nobody acts for an enterprise unless the market register confirmed its representative within the last seven days.
- No page, message or timing tells a stranger whether an account exists.
- A guess is counted, for all processes, before it is evaluated; the count stays whatever becomes of the request.
"""
