"""Pure rules of forms: definitions, answers, prefill, materials, declarations."""
