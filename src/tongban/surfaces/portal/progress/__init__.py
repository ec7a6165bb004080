"""我的办件: how far each case is, what is waited for, and what the applicant can do."""
