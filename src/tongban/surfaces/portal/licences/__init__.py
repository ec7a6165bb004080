"""我的证照 and the public check of a licence."""
