"""Pure rules of halls: what a calendar or hall row must look like."""
