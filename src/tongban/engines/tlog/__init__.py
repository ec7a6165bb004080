"""Transparency log (C2SP tlog-tiles): tiles, checkpoints, proofs, witnesses. Pure."""
