"""The OpenID provider: what departments' sites speak with. Private to identity; its addresses are in ``urls``."""
