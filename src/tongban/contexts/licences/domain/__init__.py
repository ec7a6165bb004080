"""Pure rules of e-licences."""
