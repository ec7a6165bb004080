"""我的数据: who looked at a person's data, why, and what is still allowed."""
