"""What the demo publishes: nobody has its staff's telephone, so everybody may know what their authenticator shows."""

from __future__ import annotations

TOTP_SECRET = "YUNZHOU2DEMO2YUNZHOU2DEMO2STAFF7"  # noqa: S105  published: it protects nothing, and production refuses it
"""The secret of the authenticator that all demo staff share (base32, RFC 6238 with its usual 30 s and 6 digits)."""
