"""What portal and counter share of mandates: the form, and the words for what was done."""
