"""Pages about the enterprises that somebody represents or acts for: adding one, its operators, what they did."""
